/** A record, and its number as a spreadsheet shows it: the headings are row 1, empty lines do not count. */
export type CsvRecord = { row: number; fields: string[] }

/** RFC 4180: quoted fields may hold commas, quotes (doubled) and line ends; lines end as anybody ends them. */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let fields: string[] = []
  let field = ''
  let quoted = false
  /** Whether the record has anything in it, and whether the field was begun by a quote. */
  let begun = false
  let opened = false
  const endField = () => {
    fields.push(field)
    field = ''
    opened = false
  }
  const endRecord = () => {
    if (begun) {
      endField()
      records.push({ row: records.length + 1, fields })
    }
    fields = []
    begun = false
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (quoted) {
      if (char !== '"') field += char
      else if (text.charAt(at + 1) === '"') {
        field += '"'
        at += 1
      } else quoted = false
      continue
    }
    if (char === '\n' || char === '\r') {
      endRecord()
      continue
    }
    begun = true
    if (char === '"' && field === '' && !opened) {
      quoted = true
      opened = true
    } else if (char === ',') endField()
    else field += char
  }
  endRecord()
  return records
}

/** A quotation mark that is not closed would swallow all rows after it. */
export const isClosed = (text: string) => text.split('"').length % 2 === 1
