/** Written by scripts/wards.mjs: the wards with their codes (five digits and a check digit), as a scheme. */
export type Ward = { code: string; name: string; x: number; y: number; path: string }

export const MAP_SIZE = { width: 400, height: 220 }

export const WARDS: readonly Ward[] = [
  {
    code: '141313',
    name: '川崎区',
    x: 356,
    y: 172,
    path: 'M355 122L392 150L386 200L330 208L298 194Z',
  },
  {
    code: '141321',
    name: '幸区',
    x: 306,
    y: 132,
    path: 'M291 87L300 92L352 120L355 122L298 194L262 178L254 181Z',
  },
  {
    code: '141330',
    name: '中原区',
    x: 250,
    y: 110,
    path: 'M210 154L236 52L291 87L254 181L225 193Z',
  },
  {
    code: '141348',
    name: '高津区',
    x: 196,
    y: 96,
    path: 'M152 105L176 38L236 52L236 52L210 154Z',
  },
  {
    code: '141364',
    name: '宮前区',
    x: 150,
    y: 150,
    path: 'M107 120L152 105L210 154L225 193L214 198L150 180L96 200L77 190Z',
  },
  {
    code: '141356',
    name: '多摩区',
    x: 124,
    y: 70,
    path: 'M50 22L60 18L118 44L176 38L176 38L152 105L107 120Z',
  },
  {
    code: '141372',
    name: '麻生区',
    x: 56,
    y: 110,
    path: 'M12 40L50 22L107 120L77 190L44 172L30 118Z',
  },
]
