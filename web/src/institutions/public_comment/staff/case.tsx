import { useState } from 'react'
import {
  Actions,
  Badge,
  Button,
  Checkbox,
  CityWords,
  Dialog,
  P,
  Screen,
  Section,
  TextArea,
  TextField,
  useBilingual,
} from '../../../frame/components'
import { Link } from '../../../frame/router'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { CaseState } from '../model'
import type { StaffCase } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type StaffCaseProps = {
  data: StaffCase
  onStartReview: Act<void>
  onExtend: Act<{ closesOn: string; reason: string }>
  onAbandon: Act<{ reason: string; newProcedure: boolean }>
}

type TaskName = 'draft' | 'publish' | 'paper' | 'import' | 'queue' | 'decide' | 'result'

/** What can be done in which state; everything else would be refused, so it is not offered. */
const TASKS: Record<CaseState, readonly TaskName[]> = {
  DRAFTING: ['draft', 'publish'],
  OPEN: ['paper', 'import'],
  CLOSED: ['paper', 'import'],
  UNDER_REVIEW: ['queue', 'decide'],
  DECIDED: ['queue', 'result'],
  RESULT_PUBLISHED: ['queue'],
  EXEMPTED: [],
  ABANDONED: [],
}

const EXTENDABLE: readonly CaseState[] = ['OPEN']
const ABANDONABLE: readonly CaseState[] = ['DRAFTING', 'OPEN', 'CLOSED', 'UNDER_REVIEW']

/** One case, and the tasks that its state allows. */
export function StaffCaseScreen({ data, onStartReview, onExtend, onAbandon }: StaffCaseProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const title = useBilingual()(data.card.title)
  const [asking, ask] = useState<'extend' | 'abandon'>()
  const [reason, setReason] = useState('')
  const [closesOn, setClosesOn] = useState(data.card.closesOn ?? '')
  const [newProcedure, setNewProcedure] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const run = async (act: Promise<Outcome>) => {
    ask(undefined)
    setOutcome(await act)
  }
  const { id, state } = data.card
  return (
    <Screen title={title.text} shown={<CityWords text={data.card.title} />}>
      <Badge>{c.states[state]}</Badge>
      <OutcomeNotice outcome={outcome} />
      <P>{`${m.home.submissions} ${c.result.submissionUnit(data.submissionCount)}、${m.home.unanswered} ${c.result.itemUnit(data.unansweredCount)}`}</P>
      <Section heading={m.case.tasks}>
        <ul className="inline-list">
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
        </ul>
        <Actions>
          {state === 'CLOSED' && (
            <Button onClick={() => void run(onStartReview())}>{m.case.startReview}</Button>
          )}
          {EXTENDABLE.includes(state) && (
            <Button look="outline" onClick={() => ask('extend')}>
              {m.case.extend}
            </Button>
          )}
          {ABANDONABLE.includes(state) && (
            <Button look="outline" onClick={() => ask('abandon')}>
              {m.case.abandon}
            </Button>
          )}
        </Actions>
      </Section>
      {asking === 'extend' && (
        <Dialog
          title={m.case.extend}
          confirm={m.case.extend}
          onClose={() => ask(undefined)}
          onConfirm={() => void run(onExtend({ closesOn, reason }))}
        >
          <TextField
            label={m.case.extendTo}
            name="closes-on"
            type="date"
            short
            value={closesOn}
            onChange={setClosesOn}
          />
          <TextArea label={m.case.reason} name="reason" rows={3} value={reason} onChange={setReason} />
        </Dialog>
      )}
      {asking === 'abandon' && (
        <Dialog
          title={m.case.abandon}
          confirm={m.case.abandon}
          danger
          onClose={() => ask(undefined)}
          onConfirm={() => void run(onAbandon({ reason, newProcedure }))}
        >
          <P>{m.case.abandonNote}</P>
          <TextArea label={m.case.reason} name="reason" rows={3} value={reason} onChange={setReason} />
          <Checkbox
            label={m.case.newProcedure}
            name="new-procedure"
            checked={newProcedure}
            onChange={setNewProcedure}
          />
        </Dialog>
      )}
    </Screen>
  )
}
