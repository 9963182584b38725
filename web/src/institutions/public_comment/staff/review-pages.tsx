import { useEffect, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { answerOf, client } from '../../../frame/api'
import { useToday } from '../../../frame/city'
import type { Params } from '../../../frame/router'
import { signIn } from '../../../frame/session'
import { Loaded } from '../../../frame/states'
import { ulid } from '../../../frame/ulid'
import {
  AssignResponseDocument,
  DecidePolicyDocument,
  EnterOpinionDocument,
  GroupItemsDocument,
  HideOpinionDocument,
  ItemizeSubmissionDocument,
  PublishResultsDocument,
  QueueDocument,
  type QueueQuery,
  ReflectedItemsDocument,
  type ReflectedItemsQuery,
  type ReflectedItemsQueryVariables,
  ReverseHidingDocument,
  RevokeResponseDocument,
  ScreenOpinionsDocument,
  UpholdHidingDocument,
} from '../../../generated/graphql'
import { useCitizenMessages } from '../messages'
import type { Passage } from '../model'
import { act } from './act'
import { DecideScreen } from './decide'
import type { ImportRow } from './import'
import { type ImportProgress, ImportScreen } from './import-screen'
import { isDecided, type KeptDecision, keepDecision, keptDecision } from './kept-decision'
import type { Decision, ReflectedItem } from './model'
import { OfCase, paperInput, refreshing } from './pages'
import { PublishResultScreen } from './publish-result'
import { QueueScreen } from './queue'
import { categoriesOf, previewOf, readQueue } from './read'

const LONGEST_OPINION = 20_000

type CaseNode = NonNullable<QueueQuery['publicCommentCase']>

/** The submissions of a case, page after page, and a way to look again. */
function useQueue(id: string) {
  const [after, setAfter] = useState<string | null>(null)
  const [earlier, setEarlier] = useState<CaseNode['submissions']['nodes']>([])
  const [result, ask] = useQuery({
    query: QueueDocument,
    variables: { id, after },
    requestPolicy: 'cache-and-network',
  })
  const answer = answerOf(result, ({ publicCommentCase: node }) =>
    node
      ? { ...node, submissions: { ...node.submissions, nodes: [...earlier, ...node.submissions.nodes] } }
      : null,
  )
  const reload = () => {
    setEarlier([])
    setAfter(null)
    ask({ requestPolicy: 'network-only' })
  }
  const more = (node: CaseNode) => {
    const next = node.submissions.pageInfo.endCursor
    if (!node.submissions.pageInfo.hasNextPage || !next) return undefined
    return () => {
      setEarlier(node.submissions.nodes)
      setAfter(next)
    }
  }
  return { answer, reload, more }
}

export function QueuePage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const c = useCitizenMessages()
  const { answer, reload, more } = useQueue(id)
  const done = (acting: Parameters<typeof refreshing>[0]) => refreshing(acting, reload)
  return (
    <Loaded answer={answer} onRetry={reload} onSignIn={() => void signIn()}>
      {(node) => (
        <QueueScreen
          entries={readQueue(node, (code) => c.hidingReasons[code] ?? code)}
          categories={categoriesOf(node)}
          answered={node.counts.answeredItemCount}
          total={node.counts.itemCount}
          onMore={more(node)}
          onItemize={({ submission, items }) =>
            done(
              act(ItemizeSubmissionDocument, {
                submission,
                items: items.map(({ summary, from, to }) => ({ summary, spans: [{ from, to }] })),
              }),
            )
          }
          onAnswer={({ items, category, response, changedPolicy }) =>
            done(
              act(AssignResponseDocument, {
                case: id,
                target: { items },
                category,
                response,
                changedPolicy,
                changes: [],
              }),
            )
          }
          onRevoke={({ items }) => done(act(RevokeResponseDocument, { case: id, target: { items } }))}
          onGroup={({ items, title }) => done(act(GroupItemsDocument, { case: id, items, title }))}
          onScreen={({ submissions, redacted }) =>
            done(
              act(ScreenOpinionsDocument, {
                case: id,
                screenings: submissions.map((submission) => ({
                  submission,
                  redactedText: redacted ?? null,
                  reasons: redacted === undefined ? [] : ['PERSONAL_DATA'],
                })),
              }),
            )
          }
          onHide={({ submission, reason, note }) =>
            done(act(HideOpinionDocument, { submission, reason, note: note || null }))
          }
          onAppeal={({ submission, restore, reason }) =>
            done(
              restore
                ? act(ReverseHidingDocument, { submission, reason })
                : act(UpholdHidingDocument, { submission, reason }),
            )
          }
        />
      )}
    </Loaded>
  )
}

export function ImportPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const [progress, setProgress] = useState<ImportProgress>()
  const send = async (rows: readonly ImportRow[], fileHash: string) => {
    for (const [done, row] of rows.entries()) {
      setProgress({ done, of: rows.length, state: 'running' })
      const entry = { ...row, postmarkedOn: '', address: '', contact: '' } as const
      const { outcome } = await act(
        EnterOpinionDocument,
        paperInput(id, entry),
        await commandIdOf(fileHash, row.line),
      )
      if (outcome.kind === 'refused') return setProgress({ done, of: rows.length, state: 'stopped' })
    }
    setProgress({ done: rows.length, of: rows.length, state: 'finished' })
  }
  return (
    <ImportScreen
      today={today}
      limit={LONGEST_OPINION}
      progress={progress}
      onSend={(rows, fileHash) => void send(rows, fileHash)}
    />
  )
}

/** The same file and line are the same command, however often and wherever they are imported. */
async function commandIdOf(fileHash: string, line: number): Promise<string> {
  const bytes = new TextEncoder().encode(`${fileHash}/${line}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return ulid(Number.parseInt(fileHash.slice(0, 11), 16), digest.slice(0, 10))
}

/** All opinions whose answer says that they changed the policy. */
async function reflectedItems(id: string): Promise<ReflectedItem[]> {
  const found: ReflectedItem[] = []
  for (let after: string | null = null; ; ) {
    const variables: ReflectedItemsQueryVariables = { id, after }
    const { data } = await client
      .query(ReflectedItemsDocument, variables, { requestPolicy: 'network-only' })
      .toPromise()
    const page: NonNullable<ReflectedItemsQuery['publicCommentCase']>['items'] | undefined =
      data?.publicCommentCase?.items
    if (!page) return found
    for (const { id: item, number, changedPolicy, summary } of page.nodes)
      if (changedPolicy) found.push({ id: item, number, summary: summary.text ?? '' })
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null
    if (after === null) return found
  }
}

export function DecidePage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const [reflected, setReflected] = useState<ReflectedItem[]>([])
  useEffect(() => void reflectedItems(id).then(setReflected), [id])
  return (
    <OfCase id={id}>
      {(data, node, reload) => {
        const passages = node.passages.map(({ key, heading, text }) => ({
          passage: key,
          heading: heading ?? undefined,
          text,
        }))
        return (
          <DecideScreen
            reflected={reflected}
            passages={passages}
            unanswered={data.unansweredCount}
            initial={{ outcome: '', decidedOn: today, reasons: '', changes: [] }}
            onDecide={async (decision) => {
              const kept = keptOf(decision, passages)
              if (!kept || !isDecided(decision)) throw new Error('the form let an empty decision pass')
              const outcome = await refreshing(
                act(DecidePolicyDocument, {
                  case: id,
                  outcome: decision.outcome,
                  decidedOn: decision.decidedOn,
                  finalPassages: finalPassages(decision, passages),
                  changes: kept.changes.map(({ id: change, passage, after }) => ({
                    id: change,
                    passage,
                    text: after,
                    items:
                      decision.changes.find((one) => one.passage === passage)?.items.filter(Boolean) ?? [],
                    groups: [],
                  })),
                }),
                reload,
              )
              if (outcome.kind === 'recorded') await keepDecision(id, kept)
              return outcome
            }}
          />
        )
      }}
    </OfCase>
  )
}

function finalPassages(decision: Decision, passages: readonly Passage[]) {
  return passages.map(({ passage, heading, text }) => ({
    key: passage,
    heading: heading ?? null,
    text: decision.changes.find((one) => one.passage === passage)?.after ?? text,
  }))
}

function keptOf(decision: Decision, passages: readonly Passage[]): KeptDecision | undefined {
  if (!isDecided(decision)) return undefined
  const before = (key: string) => passages.find(({ passage }) => passage === key)?.text ?? ''
  return {
    outcome: decision.outcome,
    reasons: decision.reasons,
    changes: decision.changes.map(({ passage, after, reason }) => ({
      id: `change_${ulid()}`,
      passage,
      before: before(passage),
      after,
      reason,
    })),
  }
}

export function ResultPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const { answer, reload } = useQueue(id)
  const [decision, setDecision] = useState<KeptDecision>()
  useEffect(() => void keptDecision(id).then(setDecision), [id])
  const shown = useMemo(
    () => ({
      outcome: decision?.outcome ?? ('ADOPTED_AS_DRAFTED' as const),
      reasons: decision?.reasons ?? '',
      changes: (decision?.changes ?? []).map((change) => ({ ...change, itemCount: 0 })),
    }),
    [decision],
  )
  return (
    <Loaded answer={answer} onRetry={reload} onSignIn={() => void signIn()}>
      {(node) => (
        <PublishResultScreen
          preview={previewOf(node, shown, today)}
          reasons={shown.reasons}
          unscreened={node.counts.submissionCount - node.counts.screenedSubmissionCount}
          onPublish={(reasons) =>
            refreshing(
              act(PublishResultsDocument, {
                case: id,
                reasons,
                changeReasons: shown.changes.map(({ id: change, reason }) => ({ id: change, reason })),
                summariesOnly: false,
                fullOpinionsAt: null,
              }),
              reload,
            )
          }
        />
      )}
    </Loaded>
  )
}
