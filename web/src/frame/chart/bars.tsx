import { Table } from '../components'
import { useFrameMessages } from '../messages'
import { R } from '../ruby'

export type Bar = { key: string; name: string; count: number }

/** Horizontal bars with the numbers written out, and the same numbers as a table beside them. */
export function Bars({
  caption,
  bars,
  unit,
}: {
  caption: string
  bars: readonly Bar[]
  unit: (n: number) => string
}) {
  const m = useFrameMessages()
  const most = Math.max(1, ...bars.map(({ count }) => count))
  const total = bars.reduce((sum, { count }) => sum + count, 0)
  return (
    <figure className="my-6">
      <figcaption className="font-700">
        <R>{caption}</R>
      </figcaption>
      <ul className="bars" aria-hidden>
        {bars.map(({ key, name, count }) => (
          <li key={key}>
            <span className="bar-name">{name}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
              <rect className="bar" width={(count / most) * 100} height={1} />
            </svg>
            <span>{count.toLocaleString()}</span>
          </li>
        ))}
      </ul>
      <details>
        <summary className="tap">
          <R>{m.chart.table}</R>
        </summary>
        <Table
          caption={caption}
          rows={bars}
          keyOf={(bar) => bar.key}
          columns={[
            { name: caption, cell: (bar) => bar.name, head: true },
            { name: m.chart.count, cell: (bar) => unit(bar.count), number: true },
            {
              name: m.chart.share,
              cell: (bar) => (total === 0 ? '–' : `${((bar.count / total) * 100).toFixed(1)}%`),
              number: true,
            },
          ]}
        />
      </details>
    </figure>
  )
}
