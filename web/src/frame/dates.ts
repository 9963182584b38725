import type { Locale } from './settings'

/** A legal date, `YYYY-MM-DD`, as the city counts it in Asia/Tokyo. */
export type LocalDate = string

const TOKYO = 'Asia/Tokyo'
const DAY_MS = 86_400_000

/** First day of each era that a living person may meet. */
const ERAS = [
  { from: '2019-05-01', ja: '令和', en: 'Reiwa' },
  { from: '1989-01-08', ja: '平成', en: 'Heisei' },
  { from: '1926-12-25', ja: '昭和', en: 'Showa' },
  { from: '1912-07-30', ja: '大正', en: 'Taisho' },
] as const

/** The day on which `instant` falls in Tokyo. */
export function dayInTokyo(instant: Date): LocalDate {
  return new Intl.DateTimeFormat('en-CA', { timeZone: TOKYO, dateStyle: 'short' }).format(instant)
}

/** The year in the Japanese calendar: 令和8年, 令和元年; English "Reiwa 8". Empty before 1912. */
export function eraYear(date: LocalDate, locale: Locale): string {
  const era = ERAS.find(({ from }) => date >= from)
  if (!era) return ''
  const year = Number(date.slice(0, 4)) - Number(era.from.slice(0, 4)) + 1
  return locale === 'en' ? `${era.en} ${year}` : `${era.ja}${year === 1 ? '元' : year}年`
}

/** Both calendars: 2026年11月22日（令和8年）日曜日. */
export function formatDate(date: LocalDate, locale: Locale): string {
  const instant = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(instant.getTime())) return date
  const era = eraYear(date, locale)
  if (locale === 'en') {
    const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'full' }).format(instant)
    return era ? `${day} (${era})` : day
  }
  const [year, month, day] = date.split('-').map(Number)
  const weekday = new Intl.DateTimeFormat('ja-JP', { timeZone: 'UTC', weekday: 'long' }).format(instant)
  return `${year}年${month}月${day}日${era ? `（${era}）` : ''}${weekday}`
}

/** A moment, to the second, in Tokyo's time and said so. */
export function formatInstant(instant: string, locale: Locale): string {
  const moment = new Date(instant)
  if (Number.isNaN(moment.getTime())) return instant
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: TOKYO, timeStyle: 'medium' }).format(moment)
  const day = formatDate(dayInTokyo(moment), locale)
  return locale === 'en' ? `${day}, ${time} (Japan time)` : `${day} ${time}（日本時間）`
}

/** Days from `from` to `to`; 0 on the same day. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** The instant at which `date` is over in Tokyo (24:00 Japan time). Japan keeps UTC+9 all year. */
export function endOfDayInTokyo(date: LocalDate): Date {
  return new Date(Date.parse(`${date}T00:00:00+09:00`) + DAY_MS)
}
