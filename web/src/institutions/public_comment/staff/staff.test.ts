// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCsv } from './csv'
import { commandIdOf, type ImportDefaults, planImport } from './import'
import { type PreviewNode, previewOf } from './read'
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
  const defaults = { channel: 'POST', receivedOn: '2026-11-23' } as const
  const plan = (text: string, given: ImportDefaults = defaults) =>
    planImport(new TextEncoder().encode(text), given)

  it('reads rows as people write them', () => {
    const { rows, faults } = plan(
      '意見,氏名,区,提出方法,受付日,提出者区分\r\n"一行目\n二行目",川崎　花子,幸区,ＦＡＸ,2026/5/7,\r\n,,,,,\r\n\r\n道が狭い,株式会社,中原,メール,2026年5月7日,法人\r\n',
    )
    expect(faults).toEqual([])
    expect(rows).toMatchObject([
      {
        row: 2,
        body: '一行目\n二行目',
        ward: '141321',
        channel: 'FAX',
        receivedOn: '2026-05-07',
        kind: 'INDIVIDUAL',
      },
      { row: 4, ward: '141330', channel: 'EMAIL', receivedOn: '2026-05-07', kind: 'CORPORATION' },
    ])
  })

  it('names each bad row with its number and reason, and keeps the good ones', () => {
    const { rows, faults } = plan(
      `意見,提出方法,受付日,区,提出者区分,氏名\n歩道を広く,郵送,,,,\n,郵送,,,,\n短い,電話,,,,\n短い,,令和8年,,,\n短い,,2026-13-01,,,\n短い,,,なし,,\n短い,,,,何か,\n短い,,,,,${'あ'.repeat(201)}\n短い\n${'長'.repeat(20_001)},,,,,\n`,
      { channel: '', receivedOn: '2026-11-23' },
    )
    expect(rows.map(({ row }) => row)).toEqual([2])
    expect(faults.map(({ row, reason }) => [row, reason])).toEqual([
      [3, 'OPINION_EMPTY'],
      [4, 'CHANNEL_UNKNOWN'],
      [5, 'CHANNEL_UNKNOWN'],
      [6, 'CHANNEL_UNKNOWN'],
      [7, 'CHANNEL_UNKNOWN'],
      [8, 'CHANNEL_UNKNOWN'],
      [9, 'CHANNEL_UNKNOWN'],
      [10, 'COLUMN_COUNT'],
      [11, 'OPINION_TOO_LONG'],
    ])
    const usual = plan(
      `意見,提出方法,受付日,区,提出者区分,氏名\n短い,,令和8年,,,\n短い,,2026-13-01,,,\n短い,,,なし,,\n短い,,,,何か,\n短い,,,,,${'あ'.repeat(201)}\n`,
    )
    expect(usual.faults).toEqual([
      { row: 2, column: '受付日', reason: 'DAY_UNREADABLE' },
      { row: 3, column: '受付日', reason: 'DAY_UNREADABLE' },
      { row: 4, column: '区', reason: 'WARD_UNKNOWN' },
      { row: 5, column: '提出者区分', reason: 'KIND_UNKNOWN' },
      { row: 6, column: '氏名', reason: 'LINE_TOO_LONG' },
    ])
    expect(plan('意見\nよい\n', { channel: 'POST', receivedOn: '' }).faults).toMatchObject([
      { reason: 'DAY_MISSING' },
    ])
  })

  it('reads CP932 when the bytes are not UTF-8', () => {
    // 意見 LF 道 LF in CP932.
    const bytes = Uint8Array.of(0x88, 0xd3, 0x8c, 0xa9, 0x0a, 0x93, 0xb9, 0x0a)
    expect(planImport(bytes, defaults)).toMatchObject({ encoding: 'CP932', rows: [{ body: '道' }] })
  })

  it('refuses a file as a whole where its columns or its quotes are not clear', () => {
    for (const [text, reason] of [
      ['a,b\n1,2\n', 'COLUMNS_MISSING'],
      ['意見,本文\nよい,よい\n', 'COLUMN_TWICE'],
      ['意見\n"開いたまま\nよい\n', 'UNCLOSED'],
    ] as const)
      expect(plan(text)).toMatchObject({ rows: [], faults: [{ row: 1, reason }] })
  })

  it('reads quotes, and ends lines as anybody ends them', () => {
    expect(parseCsv('"a ""b"", c",d\r\n\r\ne\rf,""')).toEqual([
      { row: 1, fields: ['a "b", c', 'd'] },
      { row: 2, fields: ['e'] },
      { row: 3, fields: ['f', ''] },
    ])
  })

  it('says what the program says of the same files, and gives each row the same command', async () => {
    const url = new URL('../../../../../crates/server/src/import/vectors.json', import.meta.url)
    const vectors = JSON.parse(readFileSync(url, 'utf8'))
    const orNull = (text: string) => (text === '' ? null : text)
    for (const file of vectors.files) {
      const given = { channel: file.channel ?? '', receivedOn: file.receivedOn ?? '' }
      const { rows, faults, text } = plan(file.text, given)
      if (file.refused) {
        expect([rows.length, faults.length, file.what]).toEqual([0, 1, file.what])
        continue
      }
      const read = rows.map(async (row) => ({
        row: row.row,
        command: await commandIdOf(vectors.case, text, row.row),
        body: row.body,
        passage: orNull(row.passage),
        channel: row.channel,
        receivedOn: row.receivedOn,
        postmarkedOn: orNull(row.postmarkedOn),
        kind: row.kind,
        name: orNull(row.name),
        kana: orNull(row.kana),
        address: orNull(row.address),
        contact: orNull(row.contact),
        ward: orNull(row.ward),
      }))
      expect(await Promise.all(read)).toEqual(file.rows)
      expect(faults.map(({ row, reason }) => [row, reason])).toEqual(file.bad)
    }
  })
})

describe('the preview of a result', () => {
  const node = {
    id: 'case_1',
    phase: 'DECIDED',
    passages: [{ key: '1', text: '前' }],
    decision: {
      outcome: 'ADOPTED_WITH_CHANGES',
      decidedOn: '2026-11-01',
      changes: [{ id: 'change_1', passage: '1', text: '後', items: ['item_1', 'item_2'] }],
    },
    counts: {
      submissionCount: 130,
      screenedSubmissionCount: 130,
      withdrawnCount: 3,
      lateCount: 2,
      hiddenCount: 1,
      itemCount: 240,
      byChannel: [{ channel: 'POST', submissionCount: 130 }],
      byCategory: [{ category: 'A', itemCount: 240 }],
    },
    items: {
      nodes: [
        ['item_1', []],
        ['item_2', ['PERSONAL_DATA']],
      ].map(([id, redactions]) => ({
        id,
        category: 'A',
        changedPolicy: true,
        summary: { text: '狭い' },
        response: { text: { text: '広げます' } },
        submission: {
          id: 'sub',
          screened: true,
          redactions,
          attachments: [{ id: 'file', path: '/files/1', fileName: '添付1.txt', size: '18' }],
        },
      })),
      pageInfo: { hasNextPage: true, endCursor: 'c' },
    },
  } as unknown as PreviewNode

  it('counts the whole case, not the page that was read', () => {
    expect(previewOf(node, '2026-11-23', String)).toMatchObject({
      withdrawnCount: 3,
      lateCount: 2,
      hiddenCount: 1,
      byChannel: [{ key: 'POST', count: 130 }],
      byCategory: [{ key: 'A', count: 240 }],
      moreItems: true,
    })
  })

  it('says how many opinions led to a change', () => {
    const { changes } = previewOf(node, '2026-11-23', String)
    expect(changes).toMatchObject([{ before: '前', after: '後', itemCount: 2 }])
  })

  it('names the files of opinions that are published as submitted, and only those', () => {
    const { items } = previewOf(node, '2026-11-23', String)
    expect(items.map(({ files }) => files)).toEqual([[{ about: { name: '添付1.txt', size: 18 } }], []])
  })
})
