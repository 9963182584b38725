import { describe, expect, it } from 'vitest'
import { dayInTokyo, daysBetween, endOfDayInTokyo, eraYear, formatDate, formatInstant } from './dates'
import { enqueue, sendWaiting, takenLately, waiting } from './outbox'
import { match, withAsOf } from './router'
import { readSettings } from './settings'
import { ulid } from './ulid'
import { clampMarks, pieces } from './user-text'

describe('dates', () => {
  it('are told in both calendars', () => {
    expect(formatDate('2026-11-22', 'ja')).toBe('2026年11月22日（令和8年）日曜日')
    expect(formatDate('2019-05-01', 'ja')).toContain('令和元年')
    expect(eraYear('2019-04-30', 'ja')).toBe('平成31年')
    expect(formatDate('2026-11-22', 'en')).toMatch(/^Sunday,? 22 November 2026 \(Reiwa 8\)$/)
  })

  it('fall on the day of Tokyo, whatever the clock of the device', () => {
    expect(dayInTokyo(new Date('2026-11-22T15:00:00Z'))).toBe('2026-11-23')
    expect(formatInstant('2026-11-22T14:59:59Z', 'ja')).toContain('22日')
    expect(endOfDayInTokyo('2026-11-22').toISOString()).toBe('2026-11-22T15:00:00.000Z')
  })

  it('count days across a month', () => {
    expect(daysBetween('2026-11-22', '2026-12-21')).toBe(29)
  })
})

describe('addresses', () => {
  it('fit their pattern or nothing', () => {
    expect(match('/cases/:id/submit', '/cases/a%2Fb/submit')).toEqual({ id: 'a/b' })
    expect(match('/cases/:id', '/cases/a/b')).toBeUndefined()
    expect(match('/cases/:id', '/cases/%E0%A4%A')).toBeUndefined()
    expect(match('/', '/')).toEqual({})
  })

  it('keep the day that the reader travelled to', () => {
    expect(withAsOf('/cases/1#x', '2026-03-31')).toBe('/cases/1?at=2026-03-31#x')
    expect(withAsOf('/cases?q=a', '12')).toBe('/cases?q=a&at=12')
    expect(withAsOf('/?at=3', '12')).toBe('/?at=3')
    expect(withAsOf('/cases/1', undefined)).toBe('/cases/1')
  })
})

describe('settings', () => {
  it('survive a damaged store, and a link may carry the language', () => {
    expect(readSettings('{{', '').locale).toBe('ja')
    expect(readSettings('{"locale":"xx","textSize":"large"}', '')).toMatchObject({
      locale: 'ja',
      textSize: 'large',
    })
    expect(readSettings(null, '?lang=en').locale).toBe('en')
  })
})

describe('words of strangers', () => {
  it('show controls by name instead of obeying them', () => {
    expect(pieces('a\u202Eb\u0000')).toEqual([
      { text: 'a' },
      { control: 'U+202E' },
      { text: 'b' },
      { control: 'U+0000' },
    ])
    expect(pieces('一行\r\n二行')).toEqual([{ text: '一行\n二行' }])
  })

  it('keep four marks a letter and no more', () => {
    expect(clampMarks(`Z${'\u0301'.repeat(40)}x`)).toBe(`Z${'\u0301'.repeat(4)}x`)
    expect(clampMarks('か\u3099')).toBe('か\u3099')
  })
})

describe('a command id', () => {
  it('is a ULID of its moment', () => {
    expect(ulid(1_469_918_176_385, new Uint8Array(10))).toBe('01ARYZ6S410000000000000000')
    expect(ulid()).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  })
})

describe('the outbox', () => {
  it('keeps what could not be sent, drops what the city has, and shows what was refused', async () => {
    for (const id of ['1', '2', '3']) await enqueue({ id, writtenAt: '2026-11-22', command: id })
    expect(await sendWaiting(async () => ({ kind: 'noLine' }))).toHaveLength(3)
    const left = await sendWaiting<string>(async ({ command }) =>
      command === '2'
        ? { kind: 'refused', because: { ja: '終わりました' } }
        : { kind: 'taken', number: `K-${command}` },
    )
    expect(left).toEqual([
      { id: '2', writtenAt: '2026-11-22', command: '2', refusedBecause: { ja: '終わりました' } },
    ])
    const sent: string[] = []
    await sendWaiting<string>(async ({ id }) => {
      sent.push(id)
      return { kind: 'taken', number: id }
    })
    expect(sent).toEqual([])
    expect(await waiting()).toHaveLength(1)
    expect(takenLately()).toEqual(['K-1', 'K-3'])
  })
})
