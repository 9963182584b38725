import { scaleLinear } from 'd3-scale'
import { Table } from '../components'
import { useFrameMessages } from '../messages'
import { R } from '../ruby'

export type Bar = { key: string; name: string; count: number }

// No wider than a phone, on which the letters keep their size.
const WIDTH = 360
const ROW = 34
const NAME = 168
const NUMBER = 56

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
  const length = scaleLinear([0, most], [0, WIDTH - NAME - NUMBER])
  return (
    <figure className="my-6">
      <figcaption className="font-700">
        <R>{caption}</R>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`} className="chart w-full max-w-lg" aria-hidden>
        {bars.map(({ key, name, count }, at) => (
          <g key={key} transform={`translate(0 ${at * ROW})`}>
            <text x={NAME - 10} y={21} textAnchor="end">
              {[...name].length > 11 ? `${[...name].slice(0, 10).join('')}…` : name}
            </text>
            <rect className="bar" x={NAME} y={6} width={length(count)} height={ROW - 12} />
            <text x={NAME + length(count) + 8} y={21}>
              {count.toLocaleString()}
            </text>
          </g>
        ))}
      </svg>
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
