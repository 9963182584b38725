/** Of Crockford's alphabet, in which ids are written. */
const LETTERS = /^[0-9A-HJKMNP-TV-Z]{8}$/

/** The number on the receipt: the end of the submission's id. */
export const receiptNumberOf = (submission: string) => `${submission.slice(-8, -4)}-${submission.slice(-4)}`

/** What somebody typed from a paper, as it is printed; nothing if it is no receipt number. */
export function readReceiptNumber(typed: string): string | undefined {
  const letters = typed
    .normalize('NFKC')
    .replace(/[\s\-‐−ー]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return LETTERS.test(letters) ? receiptNumberOf(letters) : undefined
}
