import { MAP_SIZE, WARDS } from './wards'

type Props = { label: string; chosen?: string | undefined; counts?: ReadonlyMap<string, number> }

/** The wards at a glance. What it shows also stands in a table or a list beside it. */
export function WardMap({ label, chosen, counts }: Props) {
  return (
    <svg
      viewBox={`0 0 ${MAP_SIZE.width} ${MAP_SIZE.height}`}
      role="img"
      aria-label={label}
      className="chart w-full max-w-xl"
    >
      {WARDS.map(({ name, x, y, path }) => (
        <g key={name}>
          <path d={path} className={name === chosen ? 'ward ward-chosen' : 'ward'} />
          <text x={x} y={y} className="ward-label" lang="ja">
            {name}
            {counts && (
              <tspan x={x} dy="1.3em">
                {counts.get(name) ?? '–'}
              </tspan>
            )}
          </text>
        </g>
      ))}
    </svg>
  )
}
