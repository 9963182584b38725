import { type ReactNode, useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { textOf } from '../../../audit/log-entry'
import { logReader } from '../../../audit/log-reader'
import { client, lineBroke, troubleOf } from '../../../frame/api'
import { useToday } from '../../../frame/city'
import { subscribeOutbox, takeBack, useWaiting } from '../../../frame/outbox'
import { navigate, type Params } from '../../../frame/router'
import { saveFile } from '../../../frame/save-file'
import { saveServedFile } from '../../../frame/served-file'
import { currentSession, subscribeSession } from '../../../frame/session'
import { type Answer, Loaded, TroubleNotice } from '../../../frame/states'
import { ulid } from '../../../frame/ulid'
import {
  AppealHidingDocument,
  KeptByReceiptDocument,
  KeptOfOwnDocument,
  LooksAtDocument,
  type MySubmissionFragment,
  OwnSubmissionsDocument,
  ReplaceOpinionDocument,
  RequestErasureDocument,
  SubmissionByReceiptDocument,
  type SubmissionRef,
  WithdrawOpinionDocument,
} from '../../../generated/graphql'
import { useCitizenMessages } from '../messages'
import type { Look, Refusal } from '../model'
import { readRefusal, readSubmission } from '../read'
import { type KeptContent, saveKept } from './kept-file'
import { keepReceipt, keptReceipts, parseClaim } from './kept-receipts'
import { MineScreen } from './mine'
import { MySubmissionScreen } from './my-submission'
import { sendAllWaiting, type WaitingOpinion } from './send'

const LONGEST_OPINION = 20_000

type Mine = { node: MySubmissionFragment; ref: SubmissionRef }

const network = { requestPolicy: 'network-only' } as const

/** Everything that this person can show to be theirs: by their account, and by the receipts on this device. */
async function loadMine(): Promise<Answer<Mine[]>> {
  const found = new Map<string, Mine>()
  if (currentSession()) {
    const result = await client.query(OwnSubmissionsDocument, {}, network).toPromise()
    if (result.error) return { state: 'trouble', trouble: troubleOf(result.error) }
    for (const node of result.data?.ownSubmissions ?? []) found.set(node.id, { node, ref: { id: node.id } })
  }
  for (const { submission, secret } of await keptReceipts()) {
    if (found.has(submission)) continue
    const receipt = { submission, secret }
    const result = await client.query(SubmissionByReceiptDocument, { receipt }, network).toPromise()
    if (lineBroke(result)) return { state: 'trouble', trouble: { kind: 'offline' } }
    const node = result.data?.submissionByReceipt
    if (node) found.set(submission, { node, ref: { receipt } })
  }
  return { state: 'ready', data: [...found.values()] }
}

function useMine() {
  const session = useSyncExternalStore(subscribeSession, currentSession)
  const [answer, setAnswer] = useState<Answer<Mine[]>>({ state: 'loading' })
  const reload = useCallback(() => void loadMine().then(setAnswer), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another session has other submissions
  useEffect(reload, [reload, session])
  return { answer, reload }
}

export function MinePage() {
  const m = useCitizenMessages()
  const { answer, reload } = useMine()
  const entries = useWaiting<WaitingOpinion>()
  // What has just been sent is among the submissions.
  useEffect(() => subscribeOutbox(reload), [reload])
  const find = async (claim: string) => {
    const receipt = parseClaim(claim)
    if (!receipt) return false
    const result = await client.query(SubmissionByReceiptDocument, { receipt }, network).toPromise()
    const node = result.data?.submissionByReceipt
    if (!node) return false
    await keepReceipt({ ...receipt, receiptNumber: node.receiptNumber ?? '', position: node.position })
    reload()
    return true
  }
  const screen = (mine: readonly Mine[], trouble?: ReactNode) => (
    <MineScreen
      submissions={mine.map(({ node }) => readSubmission(node, (code) => m.hidingReasons[code] ?? code))}
      waiting={entries}
      onSendNow={() => void sendAllWaiting()}
      onTakeBack={(id) => void takeBack(id)}
      onFind={find}
      trouble={trouble}
    />
  )
  if (answer.state === 'trouble')
    return screen([], <TroubleNotice trouble={answer.trouble} onRetry={reload} />)
  return (
    <Loaded answer={answer} onRetry={reload}>
      {(mine) => screen(mine)}
    </Loaded>
  )
}

/**
 * Who looked at the data behind a submission. The pseudonym stands in the log, and only the submitter knows
 * which entry is theirs.
 */
async function looksAt(position: number): Promise<Look[]> {
  const reader = logReader()
  const size = Number((await reader.checkpoint()).size)
  const [entry] = await reader.entries(position, position + 1, size)
  const subject = entry?.leaf && textOf(entry.leaf, 'subject')
  if (!subject) return []
  const { data } = await client.query(LooksAtDocument, { subject }, network).toPromise()
  return (data?.looksAt ?? []).map(({ role, fields, reason, recordedAt, position: at }) => ({
    at: recordedAt,
    role,
    reason,
    fields: [...fields],
    position: at,
  }))
}

export function MySubmissionPage({ params }: { params: Params }) {
  const m = useCitizenMessages()
  const [looks, setLooks] = useState<Look[]>([])
  const [fileLate, setFileLate] = useState(false)
  const today = useToday()
  const { answer, reload } = useMine()
  const position =
    answer.state === 'ready'
      ? answer.data.find(({ node }) => node.id === params.id)?.node.position
      : undefined
  useEffect(() => {
    if (position === undefined) return
    looksAt(position).then(setLooks, () => setLooks([]))
  }, [position])
  return (
    <Loaded answer={answer} onRetry={reload}>
      {(all) => {
        const mine = all.find(({ node }) => node.id === params.id)
        if (!mine) {
          navigate('/me', { replace: true })
          return null
        }
        const data = readSubmission(mine.node, (code) => m.hidingReasons[code] ?? code)
        const done = (refusal: Refusal | undefined) => {
          if (!refusal) reload()
          return refusal
        }
        return (
          <MySubmissionScreen
            data={data}
            looks={looks}
            today={today}
            limit={LONGEST_OPINION}
            onReplace={async (body) => done(await replace(mine, body))}
            onWithdraw={async () => done(await withdraw(mine.ref))}
            onErase={async () => done(await requestErasure(mine.ref))}
            onAppeal={async (statement) => done(await appeal(mine.ref, statement))}
            onKeep={(replacements) =>
              void keptOf(mine.ref).then((kept) => {
                const one = kept[replacements]
                if (one) saveKept(one, data.case.title, m.receipt.about)
                else setFileLate(true)
              })
            }
            fileLate={fileLate}
            onFile={(path) => saveServedFile(path, mine.ref.receipt?.secret)}
            onExport={() =>
              saveFile(`${data.receiptNumber}.json`, 'application/json', JSON.stringify(mine.node, null, 2))
            }
          />
        )
      }}
    </Loaded>
  )
}

/** What is kept of a submission, by how often it was replaced; without those that no checkpoint covers yet. */
async function keptOf(ref: SubmissionRef): Promise<((KeptContent & { proof: string }) | undefined)[]> {
  const { receipt, id } = ref
  const submission = receipt
    ? (await client.query(KeptByReceiptDocument, { receipt }, network).toPromise()).data?.submissionByReceipt
    : (await client.query(KeptOfOwnDocument, { id: id ?? '' }, network).toPromise()).data?.submission
  return (submission?.kept ?? []).map(({ proof, ...kept }) => (proof ? { ...kept, proof } : undefined))
}

type RefusalNode = { __typename: 'Refusal'; code: string; messageJa: string; messageEn: string }

function refusalOf(
  outcome: { __typename?: string } | undefined,
  message: string | undefined,
): Refusal | undefined {
  if (!outcome) return { code: '', message: { ja: message ?? '', en: message } }
  return outcome.__typename === 'Refusal' ? readRefusal(outcome as RefusalNode) : undefined
}

/** Another text about the same passage, with the same files. */
async function replace({ ref: submission, node }: Mine, body: string) {
  const attachments = node.attachments.map(({ id }) => id)
  const opinion = { body, passage: node.passage.text || null, attachments }
  const input = { commandId: ulid(), submission, opinion }
  const { data, error } = await client.mutation(ReplaceOpinionDocument, { input }).toPromise()
  return refusalOf(data?.replaceOpinion, error?.message)
}

async function withdraw(submission: SubmissionRef) {
  const { data, error } = await client
    .mutation(WithdrawOpinionDocument, { input: { commandId: ulid(), submission } })
    .toPromise()
  return refusalOf(data?.withdrawOpinion, error?.message)
}

async function requestErasure(submission: SubmissionRef) {
  const { data, error } = await client
    .mutation(RequestErasureDocument, { input: { commandId: ulid(), submission } })
    .toPromise()
  return refusalOf(data?.requestErasure, error?.message)
}

async function appeal(submission: SubmissionRef, statement: string) {
  const input = { commandId: ulid(), submission, statement }
  const { data, error } = await client.mutation(AppealHidingDocument, { input }).toPromise()
  return refusalOf(data?.appealHiding, error?.message)
}
