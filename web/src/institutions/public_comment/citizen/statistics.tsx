import { useState } from 'react'
import { Bars } from '../../../frame/chart/bars'
import { Button, ErrorSummary, Facts, P, Screen, Section, TextField } from '../../../frame/components'
import { useStatisticsMessages } from '../messages/statistics-index'

/** What happened in a fiscal year (年度). */
export type YearView = {
  fiscalYear: number
  caseCount: number
  abandonedCount: number
  resultCount: number
  changedResultCount: number
  submissionCount: number
  itemCount: number
  changedPolicyItemCount: number
  exemptions: readonly { reason: string; count: number }[]
}

type StatisticsProps = {
  /** The year that was asked for, and those before it, the oldest first. */
  years: readonly YearView[]
  onYear: (year: number) => void
}

/** Counts of a fiscal year, and how they went in the years before. */
export function StatisticsScreen({ years, onYear }: StatisticsProps) {
  const m = useStatisticsMessages()
  const year = years.at(-1)
  const bars = (count: (one: YearView) => number) =>
    years.map((one) => ({
      key: String(one.fiscalYear),
      name: m.yearName(one.fiscalYear),
      count: count(one),
    }))
  if (!year) return null
  const { caseCount, resultCount, changedResultCount, abandonedCount, changedPolicyItemCount } = year
  const empty = caseCount + resultCount + abandonedCount + year.exemptions.length === 0
  return (
    <Screen title={m.title}>
      <P>{m.lead}</P>
      <YearForm key={year.fiscalYear} year={year.fiscalYear} onYear={onYear} />
      <Section heading={m.yearName(year.fiscalYear)}>
        {empty ? (
          <P>{m.nothing}</P>
        ) : (
          <Facts
            rows={[
              [m.cases, m.caseUnit(caseCount)],
              [m.results, m.caseUnit(resultCount)],
              [m.changed, m.caseUnit(changedResultCount)],
              [m.abandoned, m.caseUnit(abandonedCount)],
              [m.changedItems, m.caseUnit(changedPolicyItemCount)],
            ]}
          />
        )}
        {year.exemptions.length === 0 ? (
          <P>{m.noExemptions}</P>
        ) : (
          <Bars
            caption={m.exemptions}
            bars={year.exemptions.map(({ reason, count }) => ({
              key: reason,
              name: m.reasons[reason] ?? reason,
              count,
            }))}
            unit={m.caseUnit}
          />
        )}
      </Section>
      <Bars caption={m.cases} bars={bars((one) => one.caseCount)} unit={m.caseUnit} />
      <Bars caption={m.submissions} bars={bars((one) => one.submissionCount)} unit={m.submissionUnit} />
      <Bars caption={m.items} bars={bars((one) => one.itemCount)} unit={m.caseUnit} />
    </Screen>
  )
}

function YearForm({ year, onYear }: { year: number; onYear: (year: number) => void }) {
  const m = useStatisticsMessages()
  const [text, setText] = useState(String(year))
  const [error, setError] = useState<string>()
  return (
    <form
      noValidate
      className="prose no-print"
      onSubmit={(event) => {
        event.preventDefault()
        const digits = text.normalize('NFKC').trim()
        const good = /^[12]\d{3}$/.test(digits)
        setError(good ? undefined : m.badYear)
        if (good) onYear(Number(digits))
      }}
    >
      <ErrorSummary errors={error ? { year: error } : {}} />
      <TextField
        label={m.year}
        name="year"
        short
        inputMode="numeric"
        error={error}
        value={text}
        onChange={setText}
      />
      <Button type="submit" look="outline">
        {m.show}
      </Button>
    </form>
  )
}
