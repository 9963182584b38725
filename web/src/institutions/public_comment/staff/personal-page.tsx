import { useState } from 'react'
import { useQuery } from 'urql'
import { answerOf } from '../../../frame/api'
import { wardName } from '../../../frame/chart/ward-codes'
import type { Params } from '../../../frame/router'
import { saveServedFile } from '../../../frame/served-file'
import { signIn } from '../../../frame/session'
import { Loaded } from '../../../frame/states'
import { OpenPersonalDataDocument, StaffSubmissionDocument } from '../../../generated/staff/graphql'
import { readFile } from '../read'
import { act } from './act'
import { type Opened, PERSONAL_FIELDS, type PersonalField, PersonalScreen } from './personal'

/** Where the gateway says that nothing is left to open. */
const ERASED = 'ERASED'

async function open(submission: string, reason: string, fields: PersonalField[]): Promise<Opened> {
  const { outcome, data } = await act(OpenPersonalDataDocument, { submission, reason, fields })
  if (outcome.kind === 'refused')
    return outcome.refusal.code === ERASED
      ? { kind: 'erased' }
      : { kind: 'refused', refusal: outcome.refusal }
  const found = data?.openPersonalData
  if (found?.__typename !== 'OpenPersonalDataPayload')
    throw new Error('a look was recorded, and nothing came')
  const all = {
    NAME: found.name,
    KANA: found.kana,
    ADDRESS: found.address,
    WARD: found.wardCode && wardName(found.wardCode),
    CONTACT: found.contact,
    BODY: found.body,
    ATTACHMENTS: String(found.attachments.length),
  }
  const values = PERSONAL_FIELDS.flatMap((field) =>
    fields.includes(field) ? [[field, all[field] ?? '–'] as const] : [],
  )
  return {
    kind: 'opened',
    values: Object.fromEntries(values),
    statement: found.statement ?? undefined,
    files: found.attachments.map(readFile),
  }
}

/** The data is shown as long as this page is open, and is kept nowhere. */
export function PersonalPage({ params }: { params: Params }) {
  const id = params.submission ?? ''
  const [opened, setOpened] = useState<Opened>()
  const [result, ask] = useQuery({ query: StaffSubmissionDocument, variables: { id } })
  return (
    <Loaded
      answer={answerOf(result, ({ submission }) => submission)}
      onRetry={() => ask({ requestPolicy: 'network-only' })}
      onSignIn={() => void signIn()}
    >
      {({ receiptNumber }) => (
        <PersonalScreen
          receiptNumber={receiptNumber ?? ''}
          opened={opened}
          onOpen={({ reason, fields }) => void open(id, reason, fields).then(setOpened)}
          onSave={saveServedFile}
        />
      )}
    </Loaded>
  )
}
