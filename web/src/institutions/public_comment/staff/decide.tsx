import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  Checkboxes,
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
import type { ChangeDraft, Decision, ReflectedItem } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type DecideProps = {
  reflected: readonly ReflectedItem[]
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
  reflected: readonly ReflectedItem[],
  m: StaffMessages,
): FieldErrors {
  const { missing } = m.decide
  const changed = changedPassages(decision, passages)
  const errors: FieldErrors = {}
  if (decision.outcome === '') errors.outcome = missing.outcome
  if (decision.outcome === 'ADOPTED_WITH_CHANGES' && changed.length === 0) errors['after-0'] = missing.changes
  if (decision.outcome === 'ADOPTED_AS_DRAFTED' && changed.length > 0) errors['after-0'] = missing.changed
  // Every opinion that is said to have changed the policy leads to a change (CATEGORY_DIFF_MISMATCH otherwise).
  const linked = new Set(changed.flatMap(({ items }) => items))
  const loose = reflected.filter(({ id }) => !linked.has(id))
  const [first] = changed
  if (first && loose.length > 0)
    errors[`items-${first.passage}`] = missing.items(loose.map(({ number }) => number).join('、'))
  return errors
}

/** What the implementing body decided, passage by passage, and which opinions led to each change. */
export function DecideScreen({ passages, reflected, unanswered, initial, onDecide }: DecideProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const d = m.decide
  const [decision, setDecision] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [outcome, setOutcome] = useState<Outcome>()
  const edit = (part: Partial<Decision>) => setDecision({ ...decision, ...part })
  const changeOf = ({ passage, text }: Passage): ChangeDraft =>
    decision.changes.find((one) => one.passage === passage) ?? { passage, after: text, items: [] }
  const change = (passage: Passage, part: Partial<ChangeDraft>) =>
    edit({
      changes: [
        ...decision.changes.filter((one) => one.passage !== passage.passage),
        { ...changeOf(passage), ...part },
      ],
    })
  const send = async () => {
    const found = decisionErrors(decision, passages, reflected, m)
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
        {passages.map((passage, at) => {
          const { after, items } = changeOf(passage)
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
                  <h2>{d.difference}</h2>
                  <Difference before={passage.text} after={after} />
                  {reflected.length > 0 && (
                    <Checkboxes
                      label={d.items}
                      name={`items-${passage.passage}`}
                      error={errors[`items-${passage.passage}`]}
                      values={items}
                      onChange={(chosen) => change(passage, { items: chosen })}
                      options={reflected.map(({ id, number, summary }) => ({
                        value: id,
                        label: `${number} ${summary}`,
                      }))}
                    />
                  )}
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
