import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  ErrorSummary,
  type FieldErrors,
  Radios,
  Screen,
  TextArea,
  TextField,
} from '../../../frame/components'
import { Difference } from '../../../frame/diff'
import { useCitizenMessages } from '../messages'
import { type StaffMessages, useStaffMessages } from '../messages/staff-index'
import { OUTCOMES, type Passage } from '../model'
import type { ChangeDraft, Decision } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type DecideProps = {
  passages: readonly Passage[]
  unanswered: number
  initial: Decision
  onDecide: Act<Decision>
}

const changedPassages = (decision: Decision, passages: readonly Passage[]) =>
  decision.changes.filter(
    ({ passage, after }) => passages.find((one) => one.passage === passage)?.text !== after,
  )

export function decisionErrors(
  decision: Decision,
  passages: readonly Passage[],
  m: StaffMessages,
): FieldErrors {
  const { missing } = m.decide
  const changed = changedPassages(decision, passages)
  const errors: FieldErrors = {}
  if (decision.outcome === '') errors.outcome = missing.outcome
  if (decision.reasons.trim() === '') errors.reasons = missing.reasons
  if (decision.outcome === 'ADOPTED_WITH_CHANGES' && changed.length === 0) errors['after-0'] = missing.changes
  if (decision.outcome === 'ADOPTED_AS_DRAFTED' && changed.length > 0) errors['after-0'] = missing.changed
  for (const { passage, reason } of changed)
    if (reason.trim() === '') errors[`reason-${passage}`] = missing.changeReason
  return errors
}

/** What the implementing body decided, passage by passage, and which opinions led to each change. */
export function DecideScreen({ passages, unanswered, initial, onDecide }: DecideProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const d = m.decide
  const [decision, setDecision] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [outcome, setOutcome] = useState<Outcome>()
  const edit = (part: Partial<Decision>) => setDecision({ ...decision, ...part })
  const changeOf = ({ passage, text }: Passage): ChangeDraft =>
    decision.changes.find((one) => one.passage === passage) ?? { passage, after: text, reason: '', items: [] }
  const change = (passage: Passage, part: Partial<ChangeDraft>) =>
    edit({
      changes: [
        ...decision.changes.filter((one) => one.passage !== passage.passage),
        { ...changeOf(passage), ...part },
      ],
    })
  const send = async () => {
    const found = decisionErrors(decision, passages, m)
    setErrors(found)
    if (Object.keys(found).length === 0)
      setOutcome(await onDecide({ ...decision, changes: changedPassages(decision, passages) }))
  }
  return (
    <Screen title={d.title}>
      {unanswered > 0 && <Banner kind="warning" title={`${d.blocked}（${c.result.itemUnit(unanswered)}）`} />}
      <OutcomeNotice outcome={outcome} />
      <form
        noValidate
        className="prose"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <ErrorSummary errors={errors} />
        <Radios
          label={d.outcome}
          name="outcome"
          required
          error={errors.outcome}
          value={decision.outcome || undefined}
          onChange={(next) => edit({ outcome: next })}
          options={OUTCOMES.map((one) => ({ value: one, label: c.outcomes[one] }))}
        />
        <TextField
          label={d.decidedOn}
          name="decidedOn"
          type="date"
          short
          required
          value={decision.decidedOn}
          onChange={(decidedOn) => edit({ decidedOn })}
        />
        <TextArea
          label={d.reasons}
          name="reasons"
          required
          rows={5}
          error={errors.reasons}
          value={decision.reasons}
          onChange={(reasons) => edit({ reasons })}
        />
        {passages.map((passage, at) => {
          const { after, reason, items } = changeOf(passage)
          return (
            <div key={passage.passage}>
              <TextArea
                label={d.passage(passage.passage)}
                name={`after-${at}`}
                rows={5}
                error={errors[`after-${at}`]}
                value={after}
                onChange={(text) => change(passage, { after: text })}
              />
              {after !== passage.text && (
                <>
                  <h3>{d.difference}</h3>
                  <Difference before={passage.text} after={after} />
                  <TextField
                    label={d.changeReason}
                    name={`reason-${passage.passage}`}
                    required
                    error={errors[`reason-${passage.passage}`]}
                    value={reason}
                    onChange={(text) => change(passage, { reason: text })}
                  />
                  <TextField
                    label={d.items}
                    name={`items-${passage.passage}`}
                    value={items.join(' ')}
                    onChange={(text) => change(passage, { items: text.split(/\s+/) })}
                  />
                </>
              )}
            </div>
          )
        })}
        <Actions>
          <Button type="submit" unavailable={unanswered > 0 ? d.blocked : undefined}>
            {d.send}
          </Button>
        </Actions>
      </form>
    </Screen>
  )
}
