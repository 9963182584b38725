import { useState } from 'react'
import { toBase64Url } from '../../../frame/base64url'
import { WARDS } from '../../../frame/chart/wards'
import { useToday } from '../../../frame/city'
import type { Params } from '../../../frame/router'
import { ulid } from '../../../frame/ulid'
import { EnterOpinionDocument, type EnterOpinionInput } from '../../../generated/staff/graphql'
import { claimText } from '../citizen/kept-receipts'
import { useAttaching } from '../citizen/submit/attach'
import type { Attachment } from '../citizen/submit/draft'
import { useStaffMessages } from '../messages/staff-index'
import { receiptNumberOf } from '../receipt-number'
import { act } from './act'
import type { PaperEntry, StaffCase } from './model'
import { OfCase } from './pages'
import { PaperScreen } from './paper'
import type { PaperReceipt } from './paper-receipt'

/** Of one letter, until it is recorded: sent again after a broken connection, it is the same. */
type Letter = { command: string; secret: string }
const letter = (): Letter => ({
  command: ulid(),
  secret: toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
})

/** A letter as the gateway takes it. */
export const paperInput = (
  caseId: string,
  entry: PaperEntry,
  scans: readonly string[],
  secret: string,
): Omit<EnterOpinionInput, 'commandId'> => ({
  case: caseId,
  channel: entry.channel,
  receivedOn: entry.receivedOn,
  postmarkedOn: entry.channel === 'POST' ? entry.postmarkedOn || null : null,
  opinion: { passage: entry.passage || null, body: entry.body, attachments: [...scans] },
  submitter: {
    kind: entry.kind,
    name: entry.name || null,
    kana: entry.kana || null,
    address: entry.address || null,
    contact: entry.contact || null,
    wardCode: entry.ward || null,
    declaresCitizen: entry.declaresCitizen,
  },
  secret,
})

export function PaperPage({ params }: { params: Params }) {
  return <OfCase id={params.id ?? ''}>{(data) => <Paper data={data} />}</OfCase>
}

function Paper({ data }: { data: StaffCase }) {
  const today = useToday()
  const m = useStaffMessages()
  const { id, title } = data.card
  const [{ command, secret }, begin] = useState(letter)
  const [scans, setScans] = useState<readonly Attachment[]>([])
  const [receipt, setReceipt] = useState<PaperReceipt>()
  const purpose = { for: 'entry', case: id, command }
  const attaching = useAttaching(scans, { purpose, secret, account: true }, setScans)
  return (
    <PaperScreen
      today={today}
      passages={data.draft.passages}
      wards={WARDS}
      scans={scans}
      attaching={attaching}
      receipt={receipt}
      onSend={async (entry) => {
        const files = scans.map((one) => one.id)
        const { outcome, data } = await act(
          EnterOpinionDocument,
          paperInput(id, entry, files, secret),
          command,
        )
        const entered = data?.enterOpinion
        if (entered?.__typename !== 'EnterOpinionPayload') return outcome
        const submission = entered.submission.id
        const receiptNumber = receiptNumberOf(submission)
        const claim = claimText({ submission, secret })
        setReceipt({ receiptNumber, caseTitle: title, position: entered.submission.position, claim })
        begin(letter())
        setScans([])
        return { ...outcome, words: m.paper.done(receiptNumber) }
      }}
    />
  )
}
