import { type ReactNode, useState } from 'react'
import { Badge, Banner, Button, CityWords, P, Screen, Section, TextField } from '../../../frame/components'
import { formatInstant } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import type { Waiting } from '../../../frame/outbox'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import type { MySubmission } from '../model'

type MineProps = {
  submissions: readonly MySubmission[]
  waiting: readonly Waiting<unknown>[]
  onSendNow: () => void
  onTakeBack: (id: string) => void
  /** Finds a submission made without an account. */
  onFind?: ((claim: string) => Promise<boolean>) | undefined
  /** Why what was handed in cannot be shown now; what waits on the device can. */
  trouble?: ReactNode
}

/** What I handed in, and what still waits on this device. */
export function MineScreen(props: MineProps) {
  const { submissions, waiting, onSendNow, onTakeBack, onFind, trouble } = props
  const { colon } = useFrameMessages()
  const m = useCitizenMessages()
  const locale = useLocale()
  return (
    <Screen title={m.mine.title}>
      {waiting.length > 0 && (
        <Banner kind="warning" title={m.submit.queued.waiting(waiting.length)}>
          <ul>
            {waiting.map((entry) => (
              <li key={entry.id}>
                <Badge look="soon">{m.submit.queued.badge}</Badge>{' '}
                <R>{formatInstant(entry.writtenAt, locale)}</R>{' '}
                {entry.refusedBecause && (
                  <>
                    <R>{colon(m.submit.queued.refused)}</R>
                    <CityWords text={entry.refusedBecause} />
                  </>
                )}{' '}
                <Button look="text" small onClick={() => onTakeBack(entry.id)}>
                  {m.submit.queued.takeBack}
                </Button>
              </li>
            ))}
          </ul>
          <Button small onClick={onSendNow}>
            {m.submit.queued.sendNow}
          </Button>
        </Banner>
      )}
      {trouble ??
        (submissions.length === 0 ? (
          <P>{m.mine.none}</P>
        ) : (
          <ul className="card-list">
            {submissions.map((one) => (
              <li key={one.id} className="card">
                <Badge look={one.state === 'ANSWERED' ? 'done' : 'plain'}>
                  {m.submissionStates[one.state]}
                </Badge>
                <h2 className="text-[1.125rem]! my-1!">
                  <Link href={`/me/submissions/${encodeURIComponent(one.id)}`} className="tap">
                    {`${m.receipt.number} ${one.receiptNumber}`}
                  </Link>
                </h2>
                <p>
                  <CityWords text={one.case.title} />
                </p>
                <P>{formatInstant(one.submittedAt, locale)}</P>
              </li>
            ))}
          </ul>
        ))}
      {onFind && <Find onFind={onFind} />}
    </Screen>
  )
}

function Find({ onFind }: { onFind: (claim: string) => Promise<boolean> }) {
  const m = useCitizenMessages()
  const [secret, setSecret] = useState('')
  const [missing, setMissing] = useState(false)
  return (
    <Section heading={m.mine.find}>
      <form
        className="prose"
        onSubmit={(event) => {
          event.preventDefault()
          void onFind(secret.trim()).then((found) => setMissing(!found))
        }}
      >
        {missing && <Banner kind="error" title={m.mine.notFound} live />}
        <TextField
          label={m.mine.findSecret}
          name="claim"
          value={secret}
          onChange={setSecret}
          autoComplete="off"
        />
        <Button type="submit">{m.mine.findButton}</Button>
      </form>
    </Section>
  )
}
