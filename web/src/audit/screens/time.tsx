import { useId, useState } from 'react'
import { Actions, Button, P, Screen, Section, Table, TextField } from '../../frame/components'
import { dayInTokyo, daysBetween, formatDate, type LocalDate } from '../../frame/dates'
import { Link } from '../../frame/router'
import { R } from '../../frame/ruby'
import { useLocale } from '../../frame/settings'
import { countBy, type LogEntry } from '../log-entry'
import { useAuditMessages } from '../messages'
import { useNames } from '../names'
import { EntryTable } from './explorer'

type TimeProps = { entries: readonly LogEntry[]; today: LocalDate }

const DAY_MS = 86_400_000
const MOST_LISTED = 200

const addDays = (day: LocalDate, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

const recordedOn = ({ leaf }: LogEntry) => (leaf ? dayInTokyo(new Date(leaf.recorded_at)) : '')

/** Any day since the log began: what was public then, and what happened between two days. */
export function TimeScreen({ entries, today }: TimeProps) {
  const m = useAuditMessages()
  const locale = useLocale()
  const slider = useId()
  const first = entries.map(recordedOn).find(Boolean) ?? today
  const [day, setDay] = useState(today)
  const span = Math.max(0, daysBetween(first, today))
  const move = (to: LocalDate) => setDay(to < first ? first : to > today ? today : to)
  return (
    <Screen title={m.time.title}>
      <P>{m.time.lead}</P>
      <TextField
        label={m.time.day}
        name="day"
        type="date"
        short
        min={first}
        max={today}
        value={day}
        onChange={move}
      />
      <div className="field">
        <label htmlFor={slider}>
          <R>{m.time.slider}</R>
        </label>
        <input
          id={slider}
          type="range"
          className="w-full min-h-[44px]"
          min={0}
          max={span}
          value={daysBetween(first, day)}
          aria-valuetext={formatDate(day, locale)}
          onChange={(event) => setDay(addDays(first, Number(event.target.value)))}
        />
        <output htmlFor={slider}>
          <R>{formatDate(day, locale)}</R>
        </output>
      </div>
      <Actions>
        <Button look="outline" onClick={() => move(addDays(day, -1))}>
          {m.time.previous}
        </Button>
        <Button look="outline" onClick={() => move(addDays(day, 1))}>
          {m.time.next}
        </Button>
        <Link
          className="button button-solid"
          href={`/?at=${encodeURIComponent(`${day}T23:59:59.999+09:00`)}`}
        >
          {m.time.go}
        </Link>
      </Actions>
      <Difference entries={entries} first={first} today={today} />
    </Screen>
  )
}

function Difference({
  entries,
  first,
  today,
}: {
  entries: readonly LogEntry[]
  first: LocalDate
  today: LocalDate
}) {
  const m = useAuditMessages()
  const names = useNames()
  const [from, setFrom] = useState(first)
  const [to, setTo] = useState(today)
  const between = entries.filter((entry) => recordedOn(entry) > from && recordedOn(entry) <= to)
  return (
    <Section heading={m.time.compare}>
      <div className="flex flex-wrap gap-x-6">
        <TextField
          label={m.time.from}
          name="from"
          type="date"
          short
          max={to}
          value={from}
          onChange={setFrom}
        />
        <TextField label={m.time.to} name="to" type="date" short min={from} value={to} onChange={setTo} />
      </div>
      <p role="status">
        <R>{between.length === 0 ? m.time.nothing : m.time.happened(between.length)}</R>
      </p>
      {to < first && <P>{m.time.beforeFirst}</P>}
      {between.length > 0 && (
        <>
          <Table
            caption={m.statistics.kinds}
            rows={countBy(between, ({ kind }) => kind)}
            keyOf={({ name }) => name}
            columns={[
              { name: m.explorer.kind, cell: ({ name }) => names.kind(name), head: true },
              { name: m.time.count, cell: ({ count }) => count.toLocaleString(), number: true },
            ]}
          />
          <EntryTable caption={m.time.list} entries={between.slice(0, MOST_LISTED)} />
        </>
      )}
    </Section>
  )
}
