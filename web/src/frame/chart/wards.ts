/** Written by scripts/wards.mjs: the wards of the demonstration city, invented for it. */
export type Ward = { name: string; x: number; y: number; path: string }

export const MAP_SIZE = { width: 400, height: 220 }

export const WARDS: readonly Ward[] = [
  {
    "name": "港区",
    "x": 356,
    "y": 168,
    "path": "M349 118L352 120L392 150L386 200L330 208L296 193Z"
  },
  {
    "name": "本町区",
    "x": 300,
    "y": 128,
    "path": "M252 134L289 85L300 92L349 118L296 193L263 178Z"
  },
  {
    "name": "川辺区",
    "x": 244,
    "y": 86,
    "path": "M196 102L192 42L236 52L289 85L252 134Z"
  },
  {
    "name": "中原区",
    "x": 206,
    "y": 152,
    "path": "M147 151L196 102L252 134L263 178L262 178L214 198L150 180L146 182Z"
  },
  {
    "name": "桜丘区",
    "x": 146,
    "y": 92,
    "path": "M92 94L106 39L118 44L176 38L192 42L196 102L147 151Z"
  },
  {
    "name": "緑野区",
    "x": 88,
    "y": 148,
    "path": "M92 94L147 151L146 182L96 200L44 172L32 125Z"
  },
  {
    "name": "山手区",
    "x": 46,
    "y": 66,
    "path": "M12 40L60 18L106 39L92 94L32 125L30 118Z"
  }
]
