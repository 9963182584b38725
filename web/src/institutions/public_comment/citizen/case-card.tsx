import { Badge, type BadgeLook, CityWords, Facts } from '../../../frame/components'
import { daysBetween, formatDate, type LocalDate } from '../../../frame/dates'
import { Link } from '../../../frame/router'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import type { CaseCard as Card } from '../model'

/** From this many days before the deadline a case is said to close soon. */
export const SOON_DAYS = 7

export const closesSoon = (card: Card, today: LocalDate) =>
  card.state === 'OPEN' && card.closesOn !== undefined && daysBetween(today, card.closesOn) <= SOON_DAYS

/** The state in words, with the days left until the case opens and while it is open. */
export function StateBadge({ card, today }: { card: Card; today: LocalDate }) {
  const m = useCitizenMessages()
  const opensIn = card.opensOn === undefined ? 0 : daysBetween(today, card.opensOn)
  const look: Partial<Record<Card['state'], BadgeLook>> = { OPEN: 'open', RESULT_PUBLISHED: 'done' }
  const left = card.closesOn === undefined ? undefined : daysBetween(today, card.closesOn)
  const open = card.state === 'OPEN' && left !== undefined && left >= 0
  return (
    <span className="mb-2 inline-flex flex-wrap gap-2">
      {card.state === 'OPEN' && opensIn > 0 ? (
        <Badge look="plain">{m.case.opensIn(opensIn)}</Badge>
      ) : (
        <>
          <Badge look={look[card.state] ?? 'plain'}>{m.states[card.state]}</Badge>
          {open && <Badge look={left <= SOON_DAYS ? 'soon' : 'plain'}>{m.case.daysLeft(left)}</Badge>}
        </>
      )}
    </span>
  )
}

export function CaseCard({
  card,
  today,
  headingLevel = 3,
}: {
  card: Card
  today: LocalDate
  headingLevel?: 2 | 3
}) {
  const m = useCitizenMessages()
  const locale = useLocale()
  const Heading = `h${headingLevel}` as const
  return (
    <li className="card">
      <StateBadge card={card} today={today} />
      <Heading className="text-[1.125rem]! my-1!">
        <Link href={`/cases/${card.id}`} className="tap">
          <CityWords text={card.title} />
        </Link>
      </Heading>
      <Facts
        rows={[
          [m.case.kind, m.objectKinds[card.objectKind]],
          [m.case.bureau, <CityWords key="bureau" text={{ ja: card.bureau }} />],
          ...(card.closesOn && card.state === 'OPEN'
            ? [[m.case.deadline, m.case.deadlineAt(formatDate(card.closesOn, locale))] as const]
            : []),
        ]}
      />
    </li>
  )
}
