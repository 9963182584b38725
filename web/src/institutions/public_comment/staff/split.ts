import type { NewItem, Span } from './model'

/** Sentences of a text: up to 。！？ or the end of a line, white space included, so that nothing is lost. */
export function sentences(text: string): string[] {
  return (
    text.match(/[^。！？!?\n]*[。！？!?\n]+[」』）)\s]*|[^。！？!?\n]+$/gu) ?? (text === '' ? [] : [text])
  )
}

const length = (text: string) => [...text].length

/**
 * The items that arise when the text is cut after the sentences with these numbers. They cover the whole
 * text by construction: each begins where the one before ends.
 */
export function itemsOf(parts: readonly string[], cuts: ReadonlySet<number>): NewItem[] {
  const items: NewItem[] = []
  let excerpt = ''
  let from = 0
  parts.forEach((part, at) => {
    excerpt += part
    if (!cuts.has(at) && at < parts.length - 1) return
    const to = from + length(excerpt)
    items.push({ from, to, excerpt, summary: excerpt.trim() })
    from = to
    excerpt = ''
  })
  return items
}

/** Do the spans cover a text of this length without hole or overlap? */
export const covers = (spans: readonly Span[], textLength: number) =>
  spans.reduce((at, { from, to }) => (from === at && to > from ? to : Number.NaN), 0) === textLength
