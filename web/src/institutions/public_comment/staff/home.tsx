import { Actions, Badge, CityWords, P, Screen, Section, Table } from '../../../frame/components'
import { formatDate } from '../../../frame/dates'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { CaseCard } from '../model'
import type { Duty } from './model'

export type StaffRow = CaseCard & { submissionCount: number; unansweredCount: number }

/** What is due, and all cases of the office. */
export function StaffHome({ duties, cases }: { duties: readonly Duty[]; cases: readonly StaffRow[] }) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const locale = useLocale()
  return (
    <Screen title={m.home.title}>
      <Section heading={m.home.duties}>
        {duties.length === 0 && <P>{m.home.noDuties}</P>}
        <ul className="card-list">
          {duties.map((duty) => (
            <li key={duty.id} className="card">
              {duty.overdue && <Badge look="soon">{m.home.overdue}</Badge>}{' '}
              <Link className="tap" href={`/staff/cases/${duty.caseId}`}>
                <CityWords text={duty.title} />
              </Link>
              <p>
                <R>{`${duty.what}　${m.home.due(formatDate(duty.dueOn, locale))}`}</R>
              </p>
            </li>
          ))}
        </ul>
      </Section>
      <Actions>
        <Link href="/staff/cases/new" className="button button-solid">
          {m.home.newCase}
        </Link>
        <Link href="/staff/records" className="button button-outline">
          {m.home.records}
        </Link>
      </Actions>
      <Table
        caption={m.home.cases}
        rows={cases}
        keyOf={({ id }) => id}
        empty={m.home.noCases}
        columns={[
          {
            name: m.home.case,
            head: true,
            cell: ({ id, title }) => (
              <Link className="tap" href={`/staff/cases/${id}`}>
                <CityWords text={title} />
              </Link>
            ),
          },
          { name: m.home.state, cell: ({ state }) => <Badge>{c.states[state]}</Badge> },
          { name: m.home.closes, cell: ({ closesOn }) => closesOn && formatDate(closesOn, locale) },
          {
            name: m.home.submissions,
            cell: ({ submissionCount }) => submissionCount.toLocaleString(),
            number: true,
          },
          {
            name: m.home.unanswered,
            cell: ({ unansweredCount }) => unansweredCount.toLocaleString(),
            number: true,
          },
        ]}
      />
    </Screen>
  )
}
