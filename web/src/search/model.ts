import type { Bilingual } from '../frame/components'
import type { HitsFragment, SearchKind } from '../generated/graphql'

/** What words can be found in, in the order in which it is offered. */
export const KINDS = [
  'CASE',
  'PASSAGE',
  'MATERIAL',
  'RESULT',
  'OPINION',
  'ITEM',
  'ANSWER',
] as const satisfies readonly SearchKind[]

/** A part of a text; `marked` where a word stands. */
export type Piece = { text: string; marked: boolean }

export type Hit = {
  key: string
  kind: SearchKind
  title: Bilingual
  /** Where the text can be read. */
  href: string
  pieces: readonly Piece[]
  passage?: { heading: string; final: boolean } | undefined
}

/** More letters or words than the server looks for. */
export function tooLong(words: string): boolean {
  const folded = words.normalize('NFKC').split(/\s+/u).filter(Boolean)
  return [...folded.join('')].length > 100 || folded.length > 10
}

/** The pieces of an excerpt. Marks count characters, not the units of a JavaScript string. */
export function pieces(text: string, marks: readonly { from: number; to: number }[]): Piece[] {
  const letters = [...text]
  const found: Piece[] = []
  let at = 0
  const add = (to: number, marked: boolean) => {
    if (to > at) found.push({ text: letters.slice(at, to).join(''), marked })
    at = Math.max(at, to)
  }
  for (const { from, to } of marks) {
    add(from, false)
    add(to, true)
  }
  add(letters.length, false)
  return found
}

/** A hit of the server as the screen shows it. */
export function readHit({ cursor, node }: HitsFragment['edges'][number]): Hit {
  const page = `/cases/${node.case.id}`
  const passage = node.__typename === 'PassageHit' ? node : undefined
  const inResult = passage ? passage.inFinalText : !['CASE', 'MATERIAL'].includes(node.kind)
  const anchor = passage && !inResult ? `#passage-${encodeURIComponent(passage.passage.key)}` : ''
  return {
    key: cursor,
    kind: node.kind,
    title: node.case.title ?? { ja: node.case.id },
    href: inResult ? `${page}/result` : `${page}${anchor}`,
    pieces: pieces(node.excerpt.text, node.excerpt.marks),
    passage: passage && {
      heading: passage.passage.heading ?? passage.passage.key,
      final: passage.inFinalText,
    },
  }
}
