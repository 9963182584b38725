import { useState } from 'react'
import { Banner, Button, P, Screen, Section, TextField } from '../../../frame/components'
import type { LocalDate } from '../../../frame/dates'
import { Link, navigate } from '../../../frame/router'
import { useCitizenMessages } from '../messages'
import type { CaseCard as Card } from '../model'
import { CaseCard, closesSoon } from './case-card'

type HomeProps = {
  open: readonly Card[]
  decided: readonly Card[]
  today: LocalDate
  outage?: string | undefined
  offlineCopy?: boolean | undefined
}

/** What a citizen sees first: what can be commented now, what closes soon, what was decided. */
export function Home({ open, decided, today, outage, offlineCopy }: HomeProps) {
  const m = useCitizenMessages()
  const soon = open.filter((card) => closesSoon(card, today))
  const later = open.filter((card) => !closesSoon(card, today))
  return (
    <Screen title={m.home.title}>
      {outage && (
        <Banner kind="warning" title={m.home.outage}>
          <P>{outage}</P>
        </Banner>
      )}
      {offlineCopy && <Banner kind="info" title={m.home.offlineCopy} />}
      <P>{m.home.lead}</P>
      <SearchForm />
      {soon.length > 0 && <CaseList heading={m.home.soon} cards={soon} today={today} />}
      {(later.length > 0 || soon.length === 0) && (
        <CaseList heading={m.home.open} cards={later} today={today} nothing={m.home.nothingOpen} />
      )}
      <CaseList heading={m.home.decided} cards={decided} today={today} nothing={m.home.nothingDecided} />
      <p>
        <Link href="/cases" className="tap">
          {m.home.all}
        </Link>{' '}
        <Link href="/statistics" className="tap">
          {m.home.statistics}
        </Link>
      </p>
    </Screen>
  )
}

type CaseListProps = { heading: string; cards: readonly Card[]; today: LocalDate; nothing?: string }

function CaseList({ heading, cards, today, nothing }: CaseListProps) {
  return (
    <Section heading={heading}>
      {cards.length === 0 && nothing ? (
        <P>{nothing}</P>
      ) : (
        <ul className="card-list">
          {cards.map((card) => (
            <CaseCard key={card.id} card={card} today={today} />
          ))}
        </ul>
      )}
    </Section>
  )
}

/** Leads to the list; without JavaScript the form does the same by itself. */
export function SearchForm({ initial = '' }: { initial?: string }) {
  const m = useCitizenMessages()
  const [words, setWords] = useState(initial)
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is younger than the oldest browser we serve
    <form
      role="search"
      action="/cases"
      className="prose no-print"
      onSubmit={(event) => {
        event.preventDefault()
        navigate(words.trim() ? `/cases?q=${encodeURIComponent(words.trim())}` : '/cases')
      }}
    >
      <TextField
        label={m.search.label}
        name="q"
        hint={m.search.hint}
        value={words}
        onChange={setWords}
        type="search"
      />
      <Button type="submit" look="outline">
        {m.search.button}
      </Button>
    </form>
  )
}
