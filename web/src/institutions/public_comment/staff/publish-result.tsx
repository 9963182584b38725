import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  Dialog,
  ErrorSummary,
  type FieldErrors,
  P,
  Radios,
  Screen,
  TextArea,
  TextField,
} from '../../../frame/components'
import { ResultBody } from '../citizen/result'
import { type StaffMessages, useStaffMessages } from '../messages/staff-index'
import type { ResultView } from '../model'
import type { ResultPublication } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type PublishResultProps = {
  preview: ResultView
  /** Shows more of the opinions, if there are more. */
  onMore?: (() => void) | undefined
  unscreened: number
  onPublish: Act<ResultPublication>
}

/** The reasons, for every change to the draft why it was made, and where the opinions are if summaries stand in their place. */
export function resultErrors(given: ResultPublication, m: StaffMessages): FieldErrors {
  const { reasons, changeReasons, summariesOnly, fullOpinionsAt } = given
  const { missing } = m.publishResult
  const errors: FieldErrors = {}
  if (reasons.trim() === '') errors.reasons = missing.reasons
  for (const { id, reason } of changeReasons)
    if (reason.trim() === '') errors[`reason-${id}`] = missing.changeReason
  if (summariesOnly && fullOpinionsAt.trim() === '') errors.fullOpinionsAt = missing.fullOpinionsAt
  return errors
}

/** The approver gives the reasons, sees exactly what everybody will see, and lets it go. */
export function PublishResultScreen({ preview, onMore, unscreened, onPublish }: PublishResultProps) {
  const m = useStaffMessages()
  const p = m.publishResult
  const [reasons, setReasons] = useState(preview.reasons)
  const [because, setBecause] = useState<Record<string, string>>({})
  const [summariesOnly, setSummariesOnly] = useState(preview.summariesOnly)
  const [fullOpinionsAt, setFullOpinionsAt] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const [asking, ask] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const changes = preview.changes.map((change) => ({
    ...change,
    reason: because[change.id] ?? change.reason,
  }))
  const given: ResultPublication = {
    reasons,
    changeReasons: changes.map(({ id, reason }) => ({ id, reason })),
    summariesOnly,
    fullOpinionsAt: summariesOnly ? fullOpinionsAt : '',
  }
  const publish = async () => {
    ask(false)
    setOutcome(await onPublish(given))
  }
  const check = () => {
    const found = resultErrors(given, m)
    setErrors(found)
    ask(Object.keys(found).length === 0)
  }
  return (
    <Screen title={p.title}>
      <OutcomeNotice outcome={outcome} />
      {unscreened > 0 && <Banner kind="warning" title={p.unscreened(unscreened)} />}
      <ErrorSummary errors={errors} />
      <TextArea
        label={p.reasons}
        name="reasons"
        required
        rows={5}
        error={errors.reasons}
        value={reasons}
        onChange={setReasons}
      />
      {changes.map(({ id, passage, reason }) => (
        <TextField
          key={id}
          label={p.changeReason(passage)}
          name={`reason-${id}`}
          required
          error={errors[`reason-${id}`]}
          value={reason}
          onChange={(text) => setBecause({ ...because, [id]: text })}
        />
      ))}
      <Radios
        label={p.opinions}
        name="opinions"
        value={summariesOnly ? 'SUMMARIES' : 'WHOLE'}
        onChange={(shown) => setSummariesOnly(shown === 'SUMMARIES')}
        options={[
          { value: 'WHOLE', label: p.whole, hint: p.wholeMeans },
          { value: 'SUMMARIES', label: p.summaries, hint: p.summariesMean },
        ]}
      />
      {summariesOnly && (
        <TextField
          label={p.fullOpinionsAt}
          name="fullOpinionsAt"
          required
          hint={p.fullOpinionsAtHint}
          error={errors.fullOpinionsAt}
          value={fullOpinionsAt}
          onChange={setFullOpinionsAt}
        />
      )}
      <Actions>
        <Button onClick={check} unavailable={unscreened > 0 ? p.unscreened(unscreened) : undefined}>
          {p.send}
        </Button>
      </Actions>
      <section aria-label={p.preview} className="card">
        <P>{p.preview}</P>
        <ResultBody data={{ ...preview, reasons, changes, summariesOnly, fullOpinionsAt }} onMore={onMore} />
      </section>
      {asking && (
        <Dialog
          title={p.question}
          confirm={p.send}
          onClose={() => ask(false)}
          onConfirm={() => void publish()}
        >
          <P>{p.note}</P>
        </Dialog>
      )}
    </Screen>
  )
}
