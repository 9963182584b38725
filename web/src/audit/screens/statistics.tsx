import { Bars } from '../../frame/chart/bars'
import { P, Screen, Section } from '../../frame/components'
import { countBy, type Leaf, type LogEntry, textOf } from '../log-entry'
import { useAuditMessages } from '../messages'
import { useNames } from '../names'

/** How often personal data was erased and looked at, counted from the log itself. */
export function StatisticsScreen({ entries }: { entries: readonly LogEntry[] }) {
  const m = useAuditMessages()
  const s = m.statistics
  const names = useNames()
  const of = (kind: string, key: (leaf: Leaf) => string | undefined) =>
    countBy(
      entries.filter(({ leaf }) => leaf?.kind === kind),
      key,
    )
  return (
    <Screen title={s.title}>
      <P>{s.lead}</P>
      <Counts
        heading={s.erasures}
        counts={of('personal_data_erased', (leaf) => {
          const basis = textOf(leaf, 'legal_basis')
          return basis && s.erasedBecause(basis, leaf.data.requested_by_person === true)
        })}
      />
      <Counts heading={s.looks} counts={of('personal_data_opened', ({ actor }) => names.role(actor.role))} />
      <Counts heading={s.reasons} counts={of('personal_data_opened', (leaf) => textOf(leaf, 'reason'))} />
      <Counts heading={s.kinds} counts={countBy(entries, ({ kind }) => names.kind(kind))} />
    </Screen>
  )
}

function Counts({ heading, counts }: { heading: string; counts: { name: string; count: number }[] }) {
  const { statistics } = useAuditMessages()
  return (
    <Section heading={heading}>
      {counts.length === 0 ? (
        <P>{statistics.none}</P>
      ) : (
        <Bars
          caption={heading}
          bars={counts.map((bar) => ({ key: bar.name, ...bar }))}
          unit={statistics.times}
        />
      )}
    </Section>
  )
}
