import type { ReactNode } from 'react'
import { useQuery } from 'urql'
import { answerOf } from '../../../frame/api'
import { useToday } from '../../../frame/city'
import { navigate, type Params } from '../../../frame/router'
import { signIn } from '../../../frame/session'
import { Loaded } from '../../../frame/states'
import {
  AbandonCaseDocument,
  DeclareExemptionDocument,
  DraftCaseDocument,
  ExtendPeriodDocument,
  PublishCaseDocument,
  PublishExemptionDocument,
  ReviseDraftDocument,
  StaffCaseDocument,
  type StaffCaseFragment,
  StaffCasesDocument,
  StartReviewDocument,
} from '../../../generated/staff/graphql'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import { CHANNELS } from '../model'
import { act } from './act'
import { StaffCaseScreen } from './case'
import { DraftScreen } from './draft'
import { StaffHome } from './home'
import type { CaseDraft, StaffCase } from './model'
import type { Outcome } from './notice'
import { useOrdinance } from './ordinance'
import { PublishScreen } from './publish'
import { dutiesOf, EMPTY_DRAFT, readRow, readStaffCase } from './read'

export function StaffHomePage() {
  const c = useCitizenMessages()
  const today = useToday()
  const [result, ask] = useQuery({
    query: StaffCasesDocument,
    variables: { after: null },
    requestPolicy: 'cache-and-network',
  })
  const answer = answerOf(result, ({ publicCommentCases }) => publicCommentCases.nodes.map(readRow))
  return (
    <Loaded
      answer={answer}
      onRetry={() => ask({ requestPolicy: 'network-only' })}
      onSignIn={() => void signIn()}
    >
      {(cases) => <StaffHome cases={cases} duties={dutiesOf(cases, today, c.events)} />}
    </Loaded>
  )
}

type CaseProps = {
  id: string
  children: (data: StaffCase, node: StaffCaseFragment, reload: () => void) => ReactNode
}

/** A case as the office sees it; every act is followed by a fresh look. */
export function OfCase({ id, children }: CaseProps) {
  const [result, ask] = useQuery({
    query: StaffCaseDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const answer = answerOf(result, ({ publicCommentCase }) => publicCommentCase)
  return (
    <Loaded answer={answer} onRetry={reload} onSignIn={() => void signIn()}>
      {(node) => children(readStaffCase(node), node, reload)}
    </Loaded>
  )
}

/** Looks again after an act that was recorded. */
export async function refreshing(
  acting: Promise<{ outcome: Outcome }>,
  reload: () => void,
): Promise<Outcome> {
  const { outcome } = await acting
  if (outcome.kind === 'recorded') reload()
  return outcome
}

export function StaffCasePage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const { exemptions } = useOrdinance()
  return (
    <OfCase id={id}>
      {(data, _, reload) => (
        <StaffCaseScreen
          data={data}
          today={today}
          exemptions={exemptions}
          onStartReview={() => refreshing(act(StartReviewDocument, { case: id }), reload)}
          onExtend={(input) => refreshing(act(ExtendPeriodDocument, { case: id, ...input }), reload)}
          onAbandon={(input) => {
            const { title, draftedOn } = data.draft
            return refreshing(
              act(AbandonCaseDocument, { case: id, title: bilingual(title), draftedOn, ...input }),
              reload,
            )
          }}
          onExempt={(input) => refreshing(act(DeclareExemptionDocument, { case: id, ...input }), reload)}
          onPublishExemption={(input) => {
            const title = bilingual(data.draft.title)
            return refreshing(act(PublishExemptionDocument, { case: id, title, ...input }), reload)
          }}
        />
      )}
    </OfCase>
  )
}

export const bilingual = ({ ja, en }: CaseDraft['title']) => ({ ja, en: en?.trim() ? en : null })

const contentOf = ({
  number,
  title,
  objectKind,
  legalBasis,
  bureau,
  contact,
  summary,
  passages,
  draftedOn,
}: CaseDraft) => ({
  number,
  title: bilingual(title),
  objectKind,
  legalBasis,
  bureau,
  contact,
  summary: bilingual(summary),
  passages: passages.map(({ passage, heading, text }) => ({ key: passage, heading: heading || null, text })),
  draftedOn,
})

export function NewDraftPage() {
  const today = useToday()
  const m = useStaffMessages()
  return (
    <DraftScreen
      draft={{ ...EMPTY_DRAFT, draftedOn: today }}
      materials={[]}
      today={today}
      onSave={async (draft) => {
        const { outcome, data } = await act(DraftCaseDocument, { content: contentOf(draft) })
        const begun = data?.draftCase.__typename === 'DraftCasePayload' ? data.draftCase.case.id : undefined
        if (begun) navigate(`/staff/cases/${begun}/draft`, { replace: true })
        return outcome.kind === 'recorded' ? { ...outcome, words: m.draft.saved(1) } : outcome
      }}
    />
  )
}

export function DraftPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const m = useStaffMessages()
  return (
    <OfCase id={id}>
      {(data, _, reload) => (
        <DraftScreen
          key={id}
          draft={data.draft}
          materials={data.materials}
          materialsHref={`/staff/cases/${id}/materials`}
          today={today}
          onSave={async (draft) => {
            const revised = act(ReviseDraftDocument, {
              case: id,
              revision: data.revision,
              content: contentOf(draft),
            })
            const outcome = await refreshing(revised, reload)
            return outcome.kind === 'recorded'
              ? { ...outcome, words: m.draft.saved(data.revision + 1) }
              : outcome
          }}
        />
      )}
    </OfCase>
  )
}

const DAY_MS = 86_400_000
const daysAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

export function PublishPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const { minPeriodDays, rollsOver } = useOrdinance()
  return (
    <OfCase id={id}>
      {(data, _, reload) => (
        <PublishScreen
          // The ordinance may come after the case; the dates proposed follow from it.
          key={minPeriodDays}
          data={data}
          minPeriodDays={minPeriodDays}
          rollsOver={rollsOver}
          initial={{
            opensOn: today,
            closesOn: daysAfter(today, minPeriodDays - 1),
            channels: [...CHANNELS],
            readingPlaces: [],
            publicity: [],
            resultMethod: '',
            shorteningReason: '',
          }}
          onPublish={({ shorteningReason, ...publication }) =>
            refreshing(
              act(PublishCaseDocument, {
                case: id,
                revision: data.revision,
                ...publication,
                shortenedBecause: shorteningReason.trim() || null,
              }),
              reload,
            )
          }
        />
      )}
    </OfCase>
  )
}
