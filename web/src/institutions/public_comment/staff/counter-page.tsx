import { useState } from 'react'
import { client, troubleOf } from '../../../frame/api'
import { useToday } from '../../../frame/city'
import type { Params } from '../../../frame/router'
import { type Trouble, TroubleNotice } from '../../../frame/states'
import {
  AppealAtCounterDocument,
  CounterSubmissionDocument,
  CounterSubmissionsDocument,
  EraseAtCounterDocument,
  ReplaceAtCounterDocument,
  WithdrawAtCounterDocument,
} from '../../../generated/staff/graphql'
import { useAttaching } from '../citizen/submit/attach'
import type { Attachment } from '../citizen/submit/draft'
import { useCitizenMessages } from '../messages'
import { receiptNumberOf } from '../receipt-number'
import { act } from './act'
import { CounterScreen } from './counter'
import type { CounterSubmission, StaffCase } from './model'
import { OfCase, refreshing } from './pages'

const network = { requestPolicy: 'network-only' } as const

type Found =
  | { kind: 'found'; id: string }
  | { kind: 'missing' | 'several' }
  | { kind: 'trouble'; trouble: Trouble }

/** Whose submission it is, the operator is not told. */
async function findByNumber(id: string, receiptNumber: string): Promise<Found> {
  const { data, error } = await client
    .query(CounterSubmissionsDocument, { id, receiptNumber }, network)
    .toPromise()
  if (error) return { kind: 'trouble', trouble: troubleOf(error) }
  const [one, another] = data?.publicCommentCase?.submissionsByReceiptNumber ?? []
  if (another) return { kind: 'several' }
  return one ? { kind: 'found', id: one.id } : { kind: 'missing' }
}

export function CounterPage({ params }: { params: Params }) {
  return <OfCase id={params.id ?? ''}>{(data) => <Counter data={data} />}</OfCase>
}

function Counter({ data }: { data: StaffCase }) {
  const today = useToday()
  const { hidingReasons } = useCitizenMessages()
  const [submission, setSubmission] = useState<CounterSubmission>()
  const [unfound, setUnfound] = useState<'missing' | 'several'>()
  const [trouble, setTrouble] = useState<Trouble>()
  const [files, setFiles] = useState<readonly Attachment[]>([])
  const id = submission?.id ?? ''
  const purpose = { for: 'replacement', submission: id }
  const attaching = useAttaching(files, { purpose, account: true }, setFiles)
  const look = async (one: string) => {
    const result = await client.query(CounterSubmissionDocument, { id: one }, network).toPromise()
    setTrouble(result.error && troubleOf(result.error))
    const node = result.data?.submission
    if (!node) return
    const { channel, receivedOn, position, replacements, late, withdrawnAt, hiding } = node
    setSubmission({
      id: one,
      receiptNumber: receiptNumberOf(one),
      ...{ channel, receivedOn, position, replacements },
      late: Boolean(late),
      withdrawn: Boolean(withdrawnAt),
      hidden: hiding?.stays
        ? {
            reason: hiding.note ?? hidingReasons[hiding.reason] ?? hiding.reason,
            underAppeal: hiding.appealed,
          }
        : undefined,
    })
  }
  const find = async (receiptNumber: string) => {
    setSubmission(undefined)
    setFiles([])
    const found = await findByNumber(data.card.id, receiptNumber)
    setUnfound(found.kind === 'missing' || found.kind === 'several' ? found.kind : undefined)
    setTrouble(found.kind === 'trouble' ? found.trouble : undefined)
    if (found.kind === 'found') await look(found.id)
  }
  const then = (acting: Parameters<typeof refreshing>[0]) => refreshing(acting, () => void look(id))
  return (
    <>
      {trouble && <TroubleNotice trouble={trouble} />}
      <CounterScreen
        card={data.card}
        passages={data.draft.passages}
        today={today}
        found={submission}
        unfound={unfound}
        files={files}
        attaching={attaching}
        onFind={(receiptNumber) => void find(receiptNumber)}
        onReplace={async ({ passage, body }) => {
          const opinion = { passage: passage || null, body, attachments: files.map((one) => one.id) }
          const outcome = await then(act(ReplaceAtCounterDocument, { submission: { id }, opinion }))
          if (outcome.kind === 'recorded') setFiles([])
          return outcome
        }}
        onWithdraw={() => then(act(WithdrawAtCounterDocument, { submission: { id } }))}
        onAppeal={(statement) => then(act(AppealAtCounterDocument, { submission: { id }, statement }))}
        onErase={() => then(act(EraseAtCounterDocument, { submission: { id } }))}
      />
    </>
  )
}
