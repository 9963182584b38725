import { useState } from 'react'
import {
  Actions,
  Badge,
  Button,
  CityWords,
  P,
  Screen,
  Section,
  useBilingual,
} from '../../../frame/components'
import type { LocalDate } from '../../../frame/dates'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { CaseState } from '../model'
import { AbandonDialog, ExemptDialog, ExtendDialog, PublishExemptionDialog } from './case-dialogs'
import type { ExemptionReason, StaffCase } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

export type CaseActs = {
  onStartReview: Act<void>
  onExtend: Act<{ closesOn: LocalDate; reason: string }>
  onAbandon: Act<{ reason: string; newProcedure: boolean }>
  onExempt: Act<{ code: ExemptionReason; reason: string }>
  onPublishExemption: Act<{ reason: string; policyFixedOn: LocalDate }>
}

type StaffCaseProps = CaseActs & {
  data: StaffCase
  today: LocalDate
  /** The reasons for which the ordinance lets a public comment be left out. */
  exemptions: readonly ExemptionReason[]
}

type TaskName =
  | 'draft'
  | 'materials'
  | 'publish'
  | 'paper'
  | 'counter'
  | 'import'
  | 'queue'
  | 'decide'
  | 'result'

/** What can be done in which state; everything else would be refused, so it is not offered. */
const TASKS: Record<CaseState, readonly TaskName[]> = {
  DRAFTING: ['draft', 'materials', 'publish'],
  OPEN: ['materials', 'paper', 'import', 'counter'],
  CLOSED: ['paper', 'import', 'counter'],
  UNDER_REVIEW: ['queue', 'decide', 'counter'],
  DECIDED: ['queue', 'result', 'counter'],
  RESULT_PUBLISHED: ['queue', 'counter'],
  EXEMPTED: [],
  ABANDONED: ['counter'],
}

const ABANDONABLE: readonly CaseState[] = ['DRAFTING', 'OPEN', 'CLOSED', 'UNDER_REVIEW']

type Question = 'extend' | 'abandon' | 'exempt' | 'publishExemption'

function questionsOf({ card: { state }, exemption }: StaffCase): Question[] {
  const questions: [Question, boolean][] = [
    ['extend', state === 'OPEN'],
    ['exempt', state === 'DRAFTING'],
    ['publishExemption', state === 'EXEMPTED' && exemption?.published === false],
    ['abandon', ABANDONABLE.includes(state)],
  ]
  return questions.flatMap(([question, fits]) => (fits ? [question] : []))
}

/** One case, and the tasks that its state allows. */
export function StaffCaseScreen(props: StaffCaseProps) {
  const { data, today, exemptions, onStartReview } = props
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const title = useBilingual()(data.card.title)
  const [asking, ask] = useState<Question>()
  const [outcome, setOutcome] = useState<Outcome>()
  const close = () => ask(undefined)
  const run = async (act: Promise<Outcome>) => {
    close()
    setOutcome(await act)
  }
  const { id, state, closesOn } = data.card
  const published = state !== 'DRAFTING' && closesOn !== undefined
  const names: Record<Question, string> = {
    extend: m.case.extend,
    abandon: m.case.abandon,
    exempt: m.exemption.declare,
    publishExemption: m.exemption.publish,
  }
  return (
    <Screen title={title.text} shown={<CityWords text={data.card.title} />}>
      <Badge>{c.states[state]}</Badge>
      <OutcomeNotice outcome={outcome} />
      <P>{`${m.home.submissions} ${c.result.submissionUnit(data.submissionCount)}、${m.home.unanswered} ${c.result.itemUnit(data.unansweredCount)}`}</P>
      <Section heading={m.case.tasks}>
        <ul className="inline-list gap-y-3!">
          {TASKS[state].map((task) => (
            <li key={task}>
              <Link className="button button-outline" href={`/staff/cases/${id}/${task}`}>
                {m.case[task]}
              </Link>
            </li>
          ))}
          {state !== 'DRAFTING' && (
            <li>
              <Link className="button button-outline" href={`/cases/${id}`}>
                {m.case.public}
              </Link>
            </li>
          )}
          {published && (
            <li>
              <a className="button button-outline" href={`/public-comment/${id}/announcement`}>
                <R>{m.case.announcement}</R>
              </a>
            </li>
          )}
        </ul>
        <Actions>
          {state === 'CLOSED' && (
            <Button onClick={() => void run(onStartReview())}>{m.case.startReview}</Button>
          )}
          {questionsOf(data).map((question) => (
            <Button key={question} look="outline" onClick={() => ask(question)}>
              {names[question]}
            </Button>
          ))}
        </Actions>
      </Section>
      {asking === 'extend' && (
        <ExtendDialog
          closesOn={closesOn ?? today}
          onClose={close}
          onSend={(input) => void run(props.onExtend(input))}
        />
      )}
      {asking === 'abandon' && (
        <AbandonDialog onClose={close} onSend={(input) => void run(props.onAbandon(input))} />
      )}
      {asking === 'exempt' && (
        <ExemptDialog
          reasons={exemptions}
          onClose={close}
          onSend={(input) => void run(props.onExempt(input))}
        />
      )}
      {asking === 'publishExemption' && (
        <PublishExemptionDialog
          today={today}
          onClose={close}
          onSend={(input) => void run(props.onPublishExemption(input))}
        />
      )}
    </Screen>
  )
}
