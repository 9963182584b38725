// Draws the seven wards as a scheme: neighbours lie beside each other, nothing more. The points are ours; no
// boundary of a real map is in it. Run by hand when a ward is added: `node scripts/wards.mjs`.
import { writeFileSync } from 'node:fs'
import { Delaunay } from 'd3-delaunay'

const WIDTH = 400
const HEIGHT = 220
const WARDS = [
  ['141313', '川崎区', 356, 172],
  ['141321', '幸区', 306, 132],
  ['141330', '中原区', 250, 110],
  ['141348', '高津区', 196, 96],
  ['141364', '宮前区', 150, 150],
  ['141356', '多摩区', 124, 70],
  ['141372', '麻生区', 56, 110],
]
// The city's outline, clockwise.
const OUTLINE = [
  [12, 40],
  [60, 18],
  [118, 44],
  [176, 38],
  [236, 52],
  [300, 92],
  [352, 120],
  [392, 150],
  [386, 200],
  [330, 208],
  [262, 178],
  [214, 198],
  [150, 180],
  [96, 200],
  [44, 172],
  [30, 118],
]

/** Sutherland–Hodgman: what of `subject` lies inside the convex cell `clip`. The cells are convex, the city is not. */
function clip(subject, cell) {
  let area = 0
  for (let at = 0; at < cell.length; at += 1) {
    const [x1, y1] = cell[at]
    const [x2, y2] = cell[(at + 1) % cell.length]
    area += x1 * y2 - x2 * y1
  }
  const sign = Math.sign(area)
  return cell.reduce((polygon, from, at) => {
    const to = cell[(at + 1) % cell.length]
    const side = ([x, y]) => sign * ((to[0] - from[0]) * (y - from[1]) - (to[1] - from[1]) * (x - from[0]))
    const meet = (a, b) => {
      const t = side(a) / (side(a) - side(b))
      return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
    }
    return polygon.flatMap((point, i) => {
      const before = polygon.at(i - 1)
      const here = side(point) >= 0
      if (here !== side(before) >= 0) return here ? [meet(before, point), point] : [meet(before, point)]
      return here ? [point] : []
    })
  }, subject)
}

const voronoi = Delaunay.from(WARDS.map(([, , x, y]) => [x, y])).voronoi([0, 0, WIDTH, HEIGHT])
const wards = WARDS.map(([code, name, x, y], at) => {
  const shape = clip(OUTLINE, voronoi.cellPolygon(at).slice(0, -1))
  return { code, name, x, y, path: `M${shape.map((point) => point.map(Math.round).join(' ')).join('L')}Z` }
})

writeFileSync(
  new URL('../src/frame/chart/wards.ts', import.meta.url),
  `/** Written by scripts/wards.mjs: the wards with their codes (five digits and a check digit), as a scheme. */
export type Ward = { code: string; name: string; x: number; y: number; path: string }

export const MAP_SIZE = { width: ${WIDTH}, height: ${HEIGHT} }

export const WARDS: readonly Ward[] = ${JSON.stringify(wards, null, 2)}
`,
)
