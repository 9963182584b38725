import { useEffect, useState } from 'react'
import { Actions, Banner, Button, Dialog, P, Screen, TextArea } from '../../../frame/components'
import { ResultBody } from '../citizen/result'
import { useStaffMessages } from '../messages/staff-index'
import type { ResultView } from '../model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type PublishResultProps = { preview: ResultView; reasons: string; unscreened: number; onPublish: Act<string> }

/** The approver sees exactly what everybody will see, and lets it go. */
export function PublishResultScreen({
  preview,
  reasons: initial,
  unscreened,
  onPublish,
}: PublishResultProps) {
  const m = useStaffMessages()
  const p = m.publishResult
  const [reasons, setReasons] = useState(initial)
  const [error, setError] = useState<string>()
  const [asking, ask] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  useEffect(() => setReasons(initial), [initial])
  const publish = async () => {
    ask(false)
    setOutcome(await onPublish(reasons))
  }
  const check = () => {
    const missing = reasons.trim() === ''
    setError(missing ? m.decide.missing.reasons : undefined)
    ask(!missing)
  }
  return (
    <Screen title={p.title}>
      <OutcomeNotice outcome={outcome} />
      {unscreened > 0 && <Banner kind="warning" title={p.unscreened(unscreened)} />}
      <TextArea
        label={m.decide.reasons}
        name="reasons"
        required
        rows={5}
        error={error}
        value={reasons}
        onChange={setReasons}
      />
      <Actions>
        <Button onClick={check} unavailable={unscreened > 0 ? p.unscreened(unscreened) : undefined}>
          {p.send}
        </Button>
      </Actions>
      <section aria-label={p.preview} className="card">
        <P>{p.preview}</P>
        <ResultBody data={{ ...preview, reasons }} />
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
