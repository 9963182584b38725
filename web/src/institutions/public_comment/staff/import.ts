import { CHANNELS, type Channel } from '../model'

/** A row that can be sent, or why not. Line numbers count from 1 and include the heading. */
export type ImportRow = { line: number; body: string; channel: Channel; receivedOn: string; name: string }
export type ImportFault = { line: number; column: string; reason: ImportReason }
export type ImportReason =
  | 'BODY_EMPTY'
  | 'CHANNEL_UNKNOWN'
  | 'DATE_MALFORMED'
  | 'BODY_TOO_LONG'
  | 'COLUMNS_MISSING'
  | 'NOT_READABLE'
export type Plan = { rows: ImportRow[]; faults: ImportFault[]; encoding: string }

/** UTF-8 if the bytes are UTF-8, else CP932 as Windows in town halls writes it. */
export function decode(bytes: Uint8Array): { text: string; encoding: string } | undefined {
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      return { text, encoding: encoding === 'utf-8' ? 'UTF-8' : 'CP932' }
    } catch {
      // The next encoding may fit.
    }
  }
  return undefined
}

type Record = { line: number; fields: string[] }

/** RFC 4180: quoted fields may hold commas, quotes (doubled) and line ends. */
export function parseCsv(text: string): Record[] {
  const records: Record[] = []
  let fields: string[] = []
  let field = ''
  let quoted = false
  let line = 1
  let begun = 1
  const endRecord = () => {
    if (fields.length > 0 || field !== '') records.push({ line: begun, fields: [...fields, field] })
    fields = []
    field = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '\n') line += 1
    if (quoted) {
      if (char !== '"') field += char
      else if (text.charAt(at + 1) === '"') {
        field += '"'
        at += 1
      } else quoted = false
    } else if (char === '"' && field === '') quoted = true
    else if (char === ',') {
      fields.push(field)
      field = ''
    } else if (char === '\n') {
      endRecord()
      begun = line
    } else if (char !== '\r') field += char
  }
  endRecord()
  return records
}

/** Which heading holds what; the first that is there wins. */
const COLUMNS = {
  body: ['comment-body', 'body', '意見', '本文'],
  channel: ['channel', 'source', '提出方法'],
  receivedOn: ['received_on', 'attribute_received_on', '受付日'],
  name: ['name', 'attribute_name', '氏名'],
} as const

const CHANNEL_WORDS: { [word: string]: Channel } = {
  郵送: 'POST',
  ファックス: 'FAX',
  FAX: 'FAX',
  電子メール: 'EMAIL',
  メール: 'EMAIL',
  持参: 'IN_PERSON',
}

function channelOf(word: string): Channel | undefined {
  const plain = word.normalize('NFKC').trim()
  return CHANNEL_WORDS[plain] ?? CHANNELS.find((channel) => channel === plain.toUpperCase())
}

const isDate = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))

/** The dry run: what would be sent, and every row that would not, with its reason. Nothing leaves the device. */
export function planImport(bytes: Uint8Array, today: string, limit: number): Plan {
  const decoded = decode(bytes)
  if (!decoded) return { rows: [], faults: [{ line: 1, column: '', reason: 'NOT_READABLE' }], encoding: '' }
  const [heading, ...records] = parseCsv(decoded.text.replace(/^\ufeff/, ''))
  const names = (heading?.fields ?? []).map((name) => name.trim())
  const indexOf = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name))
  const at = {
    body: indexOf(COLUMNS.body),
    channel: indexOf(COLUMNS.channel),
    receivedOn: indexOf(COLUMNS.receivedOn),
    name: indexOf(COLUMNS.name),
  }
  const plan: Plan = { rows: [], faults: [], encoding: decoded.encoding }
  if (at.body < 0)
    return { ...plan, faults: [{ line: 1, column: COLUMNS.body[0], reason: 'COLUMNS_MISSING' }] }
  for (const { line, fields } of records) {
    const body = fields[at.body] ?? ''
    const channel = at.channel < 0 || !fields[at.channel] ? 'POST' : channelOf(fields[at.channel] ?? '')
    const receivedOn = (at.receivedOn < 0 ? '' : (fields[at.receivedOn] ?? '')).replaceAll('/', '-') || today
    const fault = (column: string, reason: ImportReason) => plan.faults.push({ line, column, reason })
    if (body.trim() === '') fault(names[at.body] ?? '', 'BODY_EMPTY')
    else if ([...body].length > limit) fault(names[at.body] ?? '', 'BODY_TOO_LONG')
    else if (!channel || channel === 'WEB') fault(names[at.channel] ?? '', 'CHANNEL_UNKNOWN')
    else if (!isDate(receivedOn)) fault(names[at.receivedOn] ?? '', 'DATE_MALFORMED')
    else plan.rows.push({ line, body, channel, receivedOn, name: fields[at.name] ?? '' })
  }
  return plan
}
