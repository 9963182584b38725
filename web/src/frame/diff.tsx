import { useMemo } from 'react'
import { useFrameMessages } from './messages'
import { UserWords } from './user-text'

export type DiffPart = { kind: 'same' | 'added' | 'removed'; text: string }

/** Beyond this many words on both sides the table of the comparison would not fit a phone; the texts are then shown whole. */
const MOST_CELLS = 4_000_000

const words = (text: string) =>
  Array.from(new Intl.Segmenter('ja', { granularity: 'word' }).segment(text), ({ segment }) => segment)

function push(parts: DiffPart[], kind: DiffPart['kind'], text: string) {
  const last = parts.at(-1)
  if (last?.kind === kind) last.text += text
  else parts.push({ kind, text })
}

/** Longest common subsequence of words; what is common stays, the rest is added or removed. */
export function diff(before: string, after: string): DiffPart[] {
  const [old, young] = [words(before), words(after)]
  const width = young.length + 1
  if ((old.length + 1) * width > MOST_CELLS)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]
  const common = new Uint32Array((old.length + 1) * width)
  const at = (row: number, column: number) => common[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = young.length - 1; column >= 0; column -= 1)
      common[row * width + column] =
        old[row] === young[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
  const parts: DiffPart[] = []
  let row = 0
  let column = 0
  while (row < old.length || column < young.length) {
    const removed = old[row]
    const added = young[column]
    if (removed !== undefined && removed === added) {
      push(parts, 'same', removed)
      row += 1
      column += 1
    } else if (removed !== undefined && (added === undefined || at(row + 1, column) >= at(row, column + 1))) {
      push(parts, 'removed', removed)
      row += 1
    } else if (added !== undefined) {
      push(parts, 'added', added)
      column += 1
    }
  }
  return parts
}

/** Two texts as one: `ins` and `del`, underlined and struck through, so that colour is not needed. */
export function Difference({ before, after }: { before: string; after: string }) {
  const m = useFrameMessages()
  const parts = useMemo(() => diff(before, after), [before, after])
  return (
    <div className="user-text" lang="ja">
      {parts.map(({ kind, text }, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their order
        if (kind === 'same') return <UserWords key={at}>{text}</UserWords>
        const Mark = kind === 'added' ? 'ins' : 'del'
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their order
          <Mark key={at}>
            <span className="visually-hidden">{m.diff[kind]}</span>
            <UserWords>{text}</UserWords>
            <span className="visually-hidden">{m.diff.end}</span>
          </Mark>
        )
      })}
    </div>
  )
}
