import { Actions, Button, H3, P } from '../../../frame/components'
import { useStaffMessages } from '../messages/staff-index'
import type { QueueEntry } from './model'

type SimilarProps = {
  of: readonly QueueEntry[]
  onSelect: () => void
  onSplit: (entries: readonly QueueEntry[]) => void
}

/** Submissions that say the same: each still counts, and one answer serves them all. */
export function Similar({ of, onSelect, onSplit }: SimilarProps) {
  const m = useStaffMessages()
  const whole = of.filter(({ items, late, withdrawn }) => items.length === 0 && !late && !withdrawn)
  return (
    <section className="card" aria-label={m.queue.similar(of.length)}>
      <H3>{m.queue.similar(of.length)}</H3>
      <P>{of.map(({ receiptNumber }) => receiptNumber).join('、')}</P>
      <Actions>
        {whole.length > 0 && (
          <Button look="outline" small onClick={() => onSplit(whole)}>
            {m.queue.splitWhole(whole.length)}
          </Button>
        )}
        <Button look="outline" small keyShortcuts="g" onClick={onSelect}>
          {m.queue.selectSimilar}
        </Button>
      </Actions>
    </section>
  )
}
