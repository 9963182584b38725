import { useCity, useToday } from '../../../frame/city'
import type { LocalDate } from '../../../frame/dates'
import { navigate, useAddress } from '../../../frame/router'
import { Loaded } from '../../../frame/states'
import { YearsAsOfDocument, YearsDocument } from '../../../generated/graphql'
import { StatisticsScreen } from './statistics'

/** The fiscal year (年度) of a day, which begins on 1 April. */
export const fiscalYearOf = (day: LocalDate) => Number(day.slice(0, 4)) - (day.slice(5) < '04-01' ? 1 : 0)

export default function StatisticsPage() {
  const today = useToday()
  const address = useAddress()
  const asked = address.searchParams.get('year') ?? ''
  const year = /^[12]\d{3}$/.test(asked) ? Number(asked) : fiscalYearOf(today)
  const variables = { first: year - 4, second: year - 3, third: year - 2, fourth: year - 1, fifth: year }
  const { answer, retry } = useCity(
    YearsDocument,
    YearsAsOfDocument,
    variables,
    ({ first, second, third, fourth, fifth }) => [first, second, third, fourth, fifth],
  )
  return (
    <Loaded answer={answer} onRetry={retry}>
      {(years) => <StatisticsScreen years={years} onYear={(next) => navigate(`/statistics?year=${next}`)} />}
    </Loaded>
  )
}
