import { saveFile } from '../../../frame/save-file'
import type { CaseCard } from '../model'

const escaped = (text: string) => text.replace(/[\\;,]/g, (char) => `\\${char}`).replace(/\r?\n/g, '\\n')

/** RFC 5545: lines of at most 75 octets, folded between characters. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const char of line) {
    const size = new TextEncoder().encode(char).length
    if (octets + size > 74) {
      parts.push(part)
      part = ' '
      octets = 1
    }
    part += char
    octets += size
  }
  return [...parts, part].join('\r\n')
}

/** The deadline as an all-day entry with a reminder three days before. */
export function calendarEntry(card: CaseCard, title: string, address: string): string {
  const day = (card.closesOn ?? '').replaceAll('-', '')
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Hiroba//JA',
    'BEGIN:VEVENT',
    `UID:${card.id}@hiroba`,
    `DTSTAMP:${(card.opensOn ?? card.closesOn ?? '').replaceAll('-', '')}T000000Z`,
    `DTSTART;VALUE=DATE:${day}`,
    `SUMMARY:${escaped(title)}`,
    `URL:${address}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escaped(title)}`,
    'TRIGGER:-P3D',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
    .map(folded)
    .join('\r\n')
}

export const saveCalendar = (card: CaseCard, title: string) =>
  saveFile('hiroba.ics', 'text/calendar;charset=utf-8', calendarEntry(card, title, window.location.href))
