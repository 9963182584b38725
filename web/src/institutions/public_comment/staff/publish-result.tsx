import { useState } from 'react'
import { Actions, Banner, Button, Dialog, P, Screen } from '../../../frame/components'
import { ResultBody } from '../citizen/result'
import { useStaffMessages } from '../messages/staff-index'
import type { ResultView } from '../model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type PublishResultProps = { preview?: ResultView | undefined; unscreened: number; onPublish: Act<void> }

/** The approver sees exactly what everybody will see, and lets it go. */
export function PublishResultScreen({ preview, unscreened, onPublish }: PublishResultProps) {
  const m = useStaffMessages()
  const p = m.publishResult
  const [asking, ask] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const publish = async () => {
    ask(false)
    setOutcome(await onPublish())
  }
  return (
    <Screen title={p.title}>
      <OutcomeNotice outcome={outcome} />
      {unscreened > 0 && <Banner kind="warning" title={p.unscreened(unscreened)} />}
      <Actions>
        <Button onClick={() => ask(true)} unavailable={unscreened > 0 ? p.unscreened(unscreened) : undefined}>
          {p.send}
        </Button>
      </Actions>
      {preview && (
        <section aria-label={p.preview} className="card">
          <P>{p.preview}</P>
          <ResultBody data={preview} />
        </section>
      )}
      {asking && (
        <Dialog title={p.question} confirm={p.send} onClose={() => ask(false)} onConfirm={() => void publish()}>
          <P>{p.note}</P>
        </Dialog>
      )}
    </Screen>
  )
}
