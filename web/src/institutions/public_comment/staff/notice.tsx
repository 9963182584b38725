import { Banner, CityWords, P } from '../../../frame/components'
import { useStaffMessages } from '../messages/staff-index'
import type { Refusal } from '../model'

/** What became of an act: recorded at a position, or without one as nothing new was asked for, or refused. */
export type Outcome =
  | { kind: 'recorded'; position?: number | undefined; words?: string }
  | { kind: 'refused'; refusal: Refusal }

/** Every act of the staff's screens answers in this form. */
export type Act<T> = (input: T) => Promise<Outcome>

/** Why something was not taken; that nobody has answered, if nobody has. */
export function RefusalWords({ refusal: { message } }: { refusal: Refusal }) {
  const m = useStaffMessages()
  return message.ja || message.en ? <CityWords text={message} /> : m.unanswered
}

export function OutcomeNotice({ outcome }: { outcome: Outcome | undefined }) {
  const m = useStaffMessages()
  if (!outcome) return null
  if (outcome.kind === 'recorded') {
    const where = outcome.position === undefined ? m.nothingNew : m.recorded(outcome.position)
    return (
      <Banner kind="success" title={outcome.words ?? where} live>
        {outcome.words && <P>{where}</P>}
      </Banner>
    )
  }
  return (
    <Banner kind="error" title={m.refused} live>
      <P>
        <RefusalWords refusal={outcome.refusal} />
      </P>
      {outcome.refusal.code && (
        <p>
          <small>
            <code>{outcome.refusal.code}</code>
          </small>
        </p>
      )}
    </Banner>
  )
}
