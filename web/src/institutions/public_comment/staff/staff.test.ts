import { describe, expect, it } from 'vitest'
import { parseCsv, planImport } from './import'
import { covers, itemsOf, sentences } from './split'

describe('splitting a submission', () => {
  const text = '歩道を広く。自転車が多い！\n「危ない」と思う。あとはよい'

  it('loses nothing, whatever is cut', () => {
    const parts = sentences(text)
    expect(parts.join('')).toBe(text)
    expect(parts).toHaveLength(4)
    for (const cuts of [new Set<number>(), new Set([0]), new Set([0, 1, 2]), new Set([3])]) {
      const items = itemsOf(parts, cuts)
      expect(items.map(({ excerpt }) => excerpt).join('')).toBe(text)
      expect(covers(items, [...text].length)).toBe(true)
    }
  })

  it('counts characters outside the basic plane once', () => {
    expect(itemsOf(sentences('𠮷野家。𩸽。'), new Set([0]))).toMatchObject([
      { from: 0, to: 4 },
      { from: 4, to: 6 },
    ])
  })

  it('sees a hole and an overlap', () => {
    expect(
      covers(
        [
          { from: 0, to: 3 },
          { from: 4, to: 6 },
        ],
        6,
      ),
    ).toBe(false)
    expect(
      covers(
        [
          { from: 0, to: 3 },
          { from: 2, to: 6 },
        ],
        6,
      ),
    ).toBe(false)
    expect(covers([{ from: 0, to: 3 }], 6)).toBe(false)
  })
})

describe('the dry run of an import', () => {
  const plan = (text: string) => planImport(new TextEncoder().encode(text), '2026-11-23', 20)

  it('names each bad row with its line and reason, and keeps the good ones', () => {
    const result = plan(
      '意見,提出方法,受付日\n歩道を広く,郵送,2026/11/20\n,郵送,\n"長い\n意見",ファックス,\n短い,電話,\n短い,,2026-13-01\n',
    )
    expect(result.rows).toEqual([
      { line: 2, body: '歩道を広く', channel: 'POST', receivedOn: '2026-11-20', name: '' },
      { line: 4, body: '長い\n意見', channel: 'FAX', receivedOn: '2026-11-23', name: '' },
    ])
    expect(result.faults).toEqual([
      { line: 3, column: '意見', reason: 'BODY_EMPTY' },
      { line: 6, column: '提出方法', reason: 'CHANNEL_UNKNOWN' },
      { line: 7, column: '受付日', reason: 'DATE_MALFORMED' },
    ])
  })

  it('reads CP932 when the bytes are not UTF-8', () => {
    // 意見 LF 道 LF in CP932.
    const bytes = Uint8Array.of(0x88, 0xd3, 0x8c, 0xa9, 0x0a, 0x93, 0xb9, 0x0a)
    expect(planImport(bytes, '2026-11-23', 20)).toMatchObject({ encoding: 'CP932', rows: [{ body: '道' }] })
  })

  it('says which column is missing', () => {
    expect(plan('a,b\n1,2\n').faults).toEqual([
      { line: 1, column: 'comment-body', reason: 'COLUMNS_MISSING' },
    ])
  })

  it('reads doubled quotes', () => {
    expect(parseCsv('"a ""b"", c",d\r\n')).toEqual([{ line: 1, fields: ['a "b", c', 'd'] }])
  })
})
