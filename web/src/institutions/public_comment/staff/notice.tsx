import { Banner, CityWords, P } from '../../../frame/components'
import { useStaffMessages } from '../messages/staff-index'
import type { Refusal } from '../model'

/** What became of an act: recorded at a position, or refused with what to do. */
export type Outcome =
  | { kind: 'recorded'; position: number; words?: string }
  | { kind: 'refused'; refusal: Refusal }

/** Every act of the staff's screens answers in this form. */
export type Act<T> = (input: T) => Promise<Outcome>

export function OutcomeNotice({ outcome }: { outcome: Outcome | undefined }) {
  const m = useStaffMessages()
  if (!outcome) return null
  if (outcome.kind === 'recorded')
    return (
      <Banner kind="success" title={outcome.words ?? m.recorded(outcome.position)} live>
        {outcome.words && <P>{m.recorded(outcome.position)}</P>}
      </Banner>
    )
  return (
    <Banner kind="error" title={m.refused} live>
      <P>
        <CityWords text={outcome.refusal.message} />
      </P>
      <p>
        <code>{outcome.refusal.code}</code>
      </p>
    </Banner>
  )
}
