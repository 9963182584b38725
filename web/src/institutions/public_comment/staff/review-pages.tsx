import { useEffect, useState } from 'react'
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
  DuplicatesDocument,
  GroupItemsDocument,
  HideOpinionDocument,
  ItemizeSubmissionDocument,
  PublishResultsDocument,
  QueueDocument,
  type QueueQuery,
  ReflectedItemsDocument,
  type ReflectedItemsQuery,
  type ReflectedItemsQueryVariables,
  ResultPreviewDocument,
  ReverseHidingDocument,
  RevokeResponseDocument,
  ScreenOpinionsDocument,
  UngroupItemsDocument,
  UpholdHidingDocument,
} from '../../../generated/staff/graphql'
import { useCitizenMessages } from '../messages'
import type { Passage, PublishedItem } from '../model'
import { act } from './act'
import { DecideScreen } from './decide'
import type { Decision, QueueEntry, ReflectedItem } from './model'
import type { Outcome } from './notice'
import { OfCase, refreshing } from './pages'
import { PublishResultScreen } from './publish-result'
import { QueueScreen } from './queue'
import { categoriesOf, type PreviewNode, previewItems, previewOf, readQueue } from './read'
import { itemsOf, sentences } from './split'

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

/** Which submissions say the same, or nearly; the city compares all of them, not only those on the screen. */
function useDuplicates(id: string): string[][] {
  const [{ data }] = useQuery({
    query: DuplicatesDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  })
  const groups = data?.publicCommentCase?.duplicateGroups ?? []
  return groups.map(({ submissions }) => submissions.map((one) => one.id))
}

/** Makes one item of each, in turn; the first refusal ends it. */
async function splitWhole(entries: readonly QueueEntry[]): Promise<{ outcome: Outcome }> {
  let outcome: Outcome = { kind: 'recorded' }
  for (const { submission, body } of entries) {
    const items = itemsOf(sentences(body), new Set())
    const done = await act(ItemizeSubmissionDocument, {
      submission,
      items: items.map(({ summary, from, to }) => ({ summary, spans: [{ from, to }] })),
    })
    outcome = done.outcome
    if (outcome.kind === 'refused') break
  }
  return { outcome }
}

export function QueuePage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const c = useCitizenMessages()
  const { answer, reload, more } = useQueue(id)
  const groups = useDuplicates(id)
  const done = (acting: Parameters<typeof refreshing>[0]) => refreshing(acting, reload)
  return (
    <Loaded answer={answer} onRetry={reload} onSignIn={() => void signIn()}>
      {(node) => (
        <QueueScreen
          entries={readQueue(node, groups, (code) => c.hidingReasons[code] ?? code)}
          categories={categoriesOf(node)}
          answered={node.counts.answeredItemCount}
          total={node.counts.itemCount}
          onMore={more(node)}
          personalHref={(submission) => `/staff/cases/${id}/submissions/${submission}`}
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
          onUngroup={({ group }) => done(act(UngroupItemsDocument, { case: id, group }))}
          onSplitWhole={(entries) => done(splitWhole(entries))}
          onGroup={({ items, title }) => done(act(GroupItemsDocument, { case: id, items, title }))}
          onScreen={({ submissions, redacted }) =>
            done(
              act(ScreenOpinionsDocument, {
                case: id,
                screenings: submissions.map((submission) => ({
                  submission,
                  redactedText: redacted?.text ?? null,
                  reasons: redacted?.reasons ?? [],
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
            initial={{ outcome: '', decidedOn: today, changes: [] }}
            onDecide={(decision) => {
              const { outcome } = decision
              if (outcome === '') throw new Error('the form let an empty decision pass')
              return refreshing(
                act(DecidePolicyDocument, {
                  case: id,
                  outcome,
                  decidedOn: decision.decidedOn,
                  finalPassages: finalPassages(decision, passages),
                  changes: decision.changes.map(({ passage, after, items }) => ({
                    id: `change_${ulid()}`,
                    passage,
                    text: after,
                    items,
                    groups: [],
                  })),
                }),
                reload,
              )
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

type More = { items: readonly PublishedItem[]; pageInfo: PreviewNode['items']['pageInfo'] }

export function ResultPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const c = useCitizenMessages()
  const today = useToday()
  const hidingReason = (code: string) => c.hidingReasons[code] ?? code
  const [more, setMore] = useState<More>()
  const [result, ask] = useQuery({
    query: ResultPreviewDocument,
    variables: { id, after: null },
    requestPolicy: 'cache-and-network',
  })
  const reload = () => {
    setMore(undefined)
    ask({ requestPolicy: 'network-only' })
  }
  // Asked for beside the first page: no answer that fails takes away what the approver has typed.
  const askMore = async (after: string) => {
    const { data } = await client.query(ResultPreviewDocument, { id, after }).toPromise()
    const node = data?.publicCommentCase
    if (!node) return
    const items = [...(more?.items ?? []), ...previewItems(node, hidingReason)]
    setMore({ items, pageInfo: node.items.pageInfo })
  }
  return (
    <Loaded
      answer={answerOf(result, ({ publicCommentCase }) => publicCommentCase)}
      onRetry={reload}
      onSignIn={() => void signIn()}
    >
      {(node) => {
        const preview = previewOf(node, today, hidingReason)
        const { hasNextPage, endCursor } = more?.pageInfo ?? node.items.pageInfo
        return (
          <PublishResultScreen
            preview={{ ...preview, items: [...preview.items, ...(more?.items ?? [])] }}
            onMore={hasNextPage && endCursor ? () => void askMore(endCursor) : undefined}
            unscreened={node.counts.submissionCount - node.counts.screenedSubmissionCount}
            onPublish={(given) =>
              refreshing(
                act(PublishResultsDocument, {
                  case: id,
                  ...given,
                  fullOpinionsAt: given.fullOpinionsAt || null,
                }),
                reload,
              )
            }
          />
        )
      }}
    </Loaded>
  )
}
