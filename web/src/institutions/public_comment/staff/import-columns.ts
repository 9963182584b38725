/**
 * The headings that are taken for each field, as `hiroba import opinions` takes them: a file that one of the two
 * reads, the other reads in the same way.
 */
const FIELDS = {
  body: ['意見', 'ご意見', '御意見', '意見内容', '意見の内容', '意見本文', '本文', 'comment-body', 'body'],
  name: ['氏名', 'お名前', '名前', '氏名・団体名', '団体名', 'name'],
  kana: ['ふりがな', 'フリガナ', 'kana'],
  address: ['住所', '所在地', 'address'],
  contact: ['連絡先', '電話番号', 'メールアドレス', 'contact', 'email'],
  ward: ['区', '区名', '区コード', 'ward'],
  kind: ['提出者区分', '個人・法人・団体', '個人・団体', 'kind'],
  channel: ['提出方法', '受付方法', 'source', 'channel'],
  receivedOn: ['受付日', '到着日', '受理日', 'received_on', 'received'],
  postmarkedOn: ['消印日', '消印', 'postmarked_on'],
  passage: ['該当箇所', '意見の箇所', '箇所', 'passage'],
} as const

export type ImportField = keyof typeof FIELDS

/** Which column holds which field, or what is wrong with the headings. */
export type Columns =
  | { ok: true; width: number; at: Partial<Record<ImportField, number>> }
  | { ok: false; reason: 'COLUMNS_MISSING' | 'COLUMN_TWICE'; column: string }

const normal = (heading: string) =>
  heading
    .normalize('NFKC')
    .replace(/\p{White_Space}/gu, '')
    .toLowerCase()

export function columnsOf(headings: readonly string[]): Columns {
  const at: Partial<Record<ImportField, number>> = {}
  for (const field of Object.keys(FIELDS) as ImportField[]) {
    const known = FIELDS[field].map(normal)
    const found = headings.flatMap((heading, place) => (known.includes(normal(heading)) ? [place] : []))
    if (found.length > 1)
      return { ok: false, reason: 'COLUMN_TWICE', column: found.map((place) => headings[place]).join('、') }
    if (found[0] !== undefined) at[field] = found[0]
  }
  if (at.body === undefined) return { ok: false, reason: 'COLUMNS_MISSING', column: FIELDS.body[0] }
  return { ok: true, width: headings.length, at }
}
