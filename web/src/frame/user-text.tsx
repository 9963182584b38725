import { Fragment, type ReactNode } from 'react'

/** A letter keeps at most this many marks above and below it; written languages need no more. */
const MARKS_KEPT = 4

/** Controls that reorder text (bidi) or do not print. Tab and line feed are harmless. */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/gu
const STACKED = new RegExp(`(\\p{M}{${MARKS_KEPT}})\\p{M}+`, 'gu')

/** `text` without the marks that would climb out of their line. */
export const clampMarks = (text: string) => text.replace(STACKED, '$1')

/** The pieces of a text: what prints, and controls by name, so that nobody is misled by what does not show. */
export function pieces(text: string): ({ text: string } | { control: string })[] {
  const clean = clampMarks(text.replace(/\r\n?/g, '\n'))
  const found: ({ text: string } | { control: string })[] = []
  let from = 0
  for (const hit of clean.matchAll(CONTROLS)) {
    if (hit.index > from) found.push({ text: clean.slice(from, hit.index) })
    const code = hit[0].codePointAt(0) ?? 0
    found.push({ control: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` })
    from = hit.index + hit[0].length
  }
  if (from < clean.length) found.push({ text: clean.slice(from) })
  return found
}

/** The pieces as they are shown; `annotate` may add to what prints. */
export function printable(text: string, annotate: (text: string) => ReactNode = (plain) => plain): ReactNode {
  const found = pieces(text)
  const [only] = found
  if (found.length === 1 && only && 'text' in only) return annotate(only.text)
  return found.map((piece, at) =>
    'text' in piece ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their order
      <Fragment key={at}>{annotate(piece.text)}</Fragment>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their order
      <span key={at} className="control-mark">
        {piece.control}
      </span>
    ),
  )
}

/** The same where only text fits, such as the options of a list. */
export const printableText = (text: string) =>
  pieces(text)
    .map((piece) => ('text' in piece ? piece.text : `[${piece.control}]`))
    .join('')

/** Words that somebody else wrote, as a block: text only, isolated, inside its box. */
export function UserText({ children, lang }: { children: string; lang?: string }) {
  return (
    <div className="user-text" dir="auto" lang={lang}>
      {printable(children)}
    </div>
  )
}

/** The same inside a line: a name, a title, a file name. */
export function UserWords({ children, lang }: { children: string; lang?: string }) {
  return (
    <bdi dir="auto" lang={lang}>
      {printable(children)}
    </bdi>
  )
}
