import { Button, P, Screen, Select } from '../../../frame/components'
import type { LocalDate } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import { R } from '../../../frame/ruby'
import { useCitizenMessages } from '../messages'
import { CASE_STATES, type CaseCard as Card, type CaseState } from '../model'
import { CaseCard } from './case-card'
import { SearchForm } from './home'

type CaseListProps = {
  state: CaseState | ''
  cards: readonly Card[]
  total: number
  today: LocalDate
  onState: (state: CaseState | '') => void
  onMore?: (() => void) | undefined
}

/** All cases, narrowed by state, and the way to search in them. */
export function CaseListScreen({ state, cards, total, today, onState, onMore }: CaseListProps) {
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  return (
    <Screen title={m.search.title}>
      <SearchForm />
      <Select
        label={m.search.state}
        name="state"
        empty={m.search.any}
        value={state}
        onChange={onState}
        options={CASE_STATES.filter((one) => one !== 'DRAFTING').map((one) => ({
          value: one,
          label: m.states[one],
        }))}
      />
      <p role="status">
        <R>{total === 0 ? m.search.nothing : m.search.found(total)}</R>
      </p>
      <ul className="card-list">
        {cards.map((card) => (
          <CaseCard key={card.id} card={card} today={today} headingLevel={2} />
        ))}
      </ul>
      {onMore && (
        <>
          <P>{frame.states.shown(cards.length, total)}</P>
          <Button look="outline" onClick={onMore}>
            {frame.states.more}
          </Button>
        </>
      )}
    </Screen>
  )
}
