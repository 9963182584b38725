import { sha256, utf8 } from '../../../audit/proof/bytes'
import { WARDS } from '../../../frame/chart/wards'
import { ulid } from '../../../frame/ulid'
import type { Channel, SubmitterKind } from '../model'
import { isClosed, parseCsv } from './csv'
import { columnsOf, type ImportField } from './import-columns'

/** A row that can be sent; its number is the one that a spreadsheet shows. */
export type ImportRow = {
  row: number
  body: string
  passage: string
  channel: Channel
  receivedOn: string
  postmarkedOn: string
  kind: SubmitterKind
  name: string
  kana: string
  address: string
  contact: string
  ward: string
}
export type ImportReason =
  | 'CHANNEL_UNKNOWN'
  | 'COLUMNS_MISSING'
  | 'COLUMN_COUNT'
  | 'COLUMN_TWICE'
  | 'DAY_MISSING'
  | 'DAY_UNREADABLE'
  | 'KIND_UNKNOWN'
  | 'LINE_TOO_LONG'
  | 'NOT_READABLE'
  | 'OPINION_EMPTY'
  | 'OPINION_TOO_LONG'
  | 'UNCLOSED'
  | 'WARD_UNKNOWN'
export type ImportFault = { row: number; column: string; reason: ImportReason }
export type Plan = { rows: ImportRow[]; faults: ImportFault[]; encoding: string; text: string }

/** What holds for rows that do not say it themselves. */
export type ImportDefaults = { channel: Channel | ''; receivedOn: string }

const LONGEST_OPINION = 20_000
const LONGEST_LINE = 200

const MARK = [0xef, 0xbb, 0xbf]

/** UTF-8 if the bytes are UTF-8 or say so, else CP932 as Windows writes it. */
export function decode(bytes: Uint8Array): { text: string; encoding: string } | undefined {
  const marked = MARK.every((byte, at) => bytes[at] === byte)
  for (const encoding of marked ? ['utf-8'] : ['utf-8', 'shift_jis']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      return { text, encoding: encoding === 'utf-8' ? 'UTF-8' : 'CP932' }
    } catch {
      // The next encoding may fit.
    }
  }
  return undefined
}

const CHANNEL_WORDS: Record<Channel, readonly string[]> = {
  EMAIL: ['email', 'e-mail', 'mail', 'メール', '電子メール'],
  FAX: ['fax', 'ファクス', 'ファックス', 'ファクシミリ'],
  POST: ['post', '郵送', '郵便', 'はがき', '手紙'],
  IN_PERSON: ['in_person', '持参', '窓口', 'counter'],
  WEB: ['web', 'ウェブ', 'フォーム', '専用フォーム', '電子申請', 'インターネット'],
}
const KIND_WORDS: Record<SubmitterKind, readonly string[]> = {
  INDIVIDUAL: ['', '個人', 'individual'],
  CORPORATION: ['法人', '企業', '事業者', 'corporation'],
  GROUP: ['団体', 'group'],
}

/** What Unicode calls white space, unlike `trim`, which has its own idea of it. */
const trimmed = (text: string) => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '')
const normal = (text: string) => trimmed(text.normalize('NFKC')).toLowerCase()
const named = <T extends string>(words: Record<T, readonly string[]>, text: string) =>
  (Object.keys(words) as T[]).find((one) => words[one].includes(normal(text)))

/** 2026-04-01 from how people write days; a time after it does not matter. */
function dayOf(text: string): string | undefined {
  const plain = normal(text)
    .replace(/[/.年月]/g, '-')
    .replace(/日+$/, '')
  const [, year = '', month = '', day = ''] = /^(\d+)-(\d{1,2})-(\d{1,2})(?:[t ].*)?$/.exec(plain) ?? []
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const instant = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date) ? date : undefined
}

/** 11 less the weighted sum modulo 11; of two digits, the last. */
function isMunicipality(code: string): boolean {
  if (!/^\d{6}$/.test(code)) return false
  const [a = 0, b = 0, c = 0, d = 0, e = 0, check] = Array.from(code, Number)
  return (11 - ((a * 6 + b * 5 + c * 4 + d * 3 + e * 2) % 11)) % 10 === check
}

function wardOf(text: string): string | undefined {
  const plain = normal(text)
  const ward = WARDS.find(({ name }) => [name, name.replace(/区$/, '')].includes(plain))
  if (ward) return ward.code
  return plain === '' || isMunicipality(plain) ? plain : undefined
}

/** One row, or what is wrong with it; in the order in which the program checks. */
function readRow(
  row: number,
  cell: (field: ImportField) => string,
  defaults: ImportDefaults,
): ImportRow | { field: ImportField; reason: ImportReason } {
  const body = cell('body')
  if (body === '') return { field: 'body', reason: 'OPINION_EMPTY' }
  if ([...body].length > LONGEST_OPINION) return { field: 'body', reason: 'OPINION_TOO_LONG' }
  // A source that is no channel says where the text comes from.
  const channel = named(CHANNEL_WORDS, cell('channel')) ?? defaults.channel
  if (channel === '') return { field: 'channel', reason: 'CHANNEL_UNKNOWN' }
  const days = { receivedOn: defaults.receivedOn, postmarkedOn: '' }
  const wrong = (field: 'receivedOn' | 'postmarkedOn') => {
    if (cell(field) === '') return false
    days[field] = dayOf(cell(field)) ?? ''
    return days[field] === ''
  }
  const long = (field: ImportField) => [...cell(field)].length > LONGEST_LINE
  if (wrong('receivedOn')) return { field: 'receivedOn', reason: 'DAY_UNREADABLE' }
  if (days.receivedOn === '') return { field: 'receivedOn', reason: 'DAY_MISSING' }
  if (long('passage')) return { field: 'passage', reason: 'LINE_TOO_LONG' }
  if (wrong('postmarkedOn')) return { field: 'postmarkedOn', reason: 'DAY_UNREADABLE' }
  const kind = named(KIND_WORDS, cell('kind'))
  if (kind === undefined) return { field: 'kind', reason: 'KIND_UNKNOWN' }
  const longLine = (['name', 'kana', 'address', 'contact'] as const).find(long)
  if (longLine) return { field: longLine, reason: 'LINE_TOO_LONG' }
  const ward = wardOf(cell('ward'))
  if (ward === undefined) return { field: 'ward', reason: 'WARD_UNKNOWN' }
  const [passage, name, kana] = [cell('passage'), cell('name'), cell('kana')]
  const [address, contact] = [cell('address'), cell('contact')]
  return { row, body, passage, channel, ...days, kind, name, kana, address, contact, ward }
}

/** The dry run: what would be sent, and every row that would not, with its reason. Nothing leaves the device. */
export function planImport(bytes: Uint8Array, defaults: ImportDefaults): Plan {
  const decoded = decode(bytes)
  const refused = (column: string, reason: ImportReason): Plan => ({
    rows: [],
    faults: [{ row: 1, column, reason }],
    encoding: decoded?.encoding ?? '',
    text: '',
  })
  if (!decoded) return refused('', 'NOT_READABLE')
  const { text, encoding } = decoded
  if (!isClosed(text)) return refused('', 'UNCLOSED')
  const [heading, ...records] = parseCsv(text)
  const headings = (heading?.fields ?? []).map((name) => name.trim())
  const columns = columnsOf(headings)
  if (!columns.ok) return refused(columns.column, columns.reason)
  const plan: Plan = { rows: [], faults: [], encoding, text }
  for (const { row, fields } of records) {
    if (fields.every((field) => trimmed(field) === '')) continue
    if (fields.length !== columns.width) {
      plan.faults.push({ row, column: '', reason: 'COLUMN_COUNT' })
      continue
    }
    const cell = (field: ImportField) => trimmed(fields[columns.at[field] ?? -1] ?? '')
    const read = readRow(row, cell, defaults)
    if ('reason' in read)
      plan.faults.push({
        row,
        column: headings[columns.at[read.field] ?? -1] ?? read.field,
        reason: read.reason,
      })
    else plan.rows.push(read)
  }
  return plan
}

const DOMAIN = 'hiroba/import/v1\n'

/**
 * The id of the command that enters a row: the same however often, in whichever encoding and by whichever of our
 * programs the file is imported, so each row is entered once.
 */
export async function commandIdOf(caseId: string, text: string, row: number): Promise<string> {
  const number = new Uint8Array(8)
  new DataView(number.buffer).setBigUint64(0, BigInt(row))
  const hash = await sha256(utf8(`${DOMAIN}${caseId}\n`), await sha256(utf8(text)), number)
  const time = hash.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0)
  return ulid(time, hash.slice(6, 16))
}
