import type { ReactNode } from 'react'
import { READINGS } from './readings'

const KANJI = /\p{Script=Han}/u
const words = [...READINGS.keys()].sort((a, b) => b.length - a.length)
const WORD = new RegExp(words.join('|'), 'gu')

/** A piece of text, with the reading of its kanji where the dictionary has one. */
export type Annotated = { text: string; reading?: string }

type Hit = { word: string; from: number; to: number }

/**
 * Longest word first, from left to right; words that the dictionary does not know stay bare. A kanji alone is
 * read only where it touches no unknown kanji: inside an unknown compound its reading would be a guess.
 */
function readable(text: string): Hit[] {
  const hits = Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    word,
    from: index,
    to: index + word.length,
  }))
  return hits.filter(({ word, from, to }, at) => {
    const unknownBefore = hits[at - 1]?.to !== from && KANJI.test(text.charAt(from - 1))
    const unknownAfter = hits[at + 1]?.from !== to && KANJI.test(text.charAt(to))
    return word.length > 1 || !(unknownBefore || unknownAfter)
  })
}

export function annotated(text: string): Annotated[] {
  const found: Annotated[] = []
  let at = 0
  for (const { word, from, to } of readable(text)) {
    if (from > at) found.push({ text: text.slice(at, from) })
    found.push({ text: word, reading: READINGS.get(word) ?? '' })
    at = to
  }
  if (at < text.length) found.push({ text: text.slice(at) })
  return found
}

/** Kanji that would stand without a reading. */
export const bareKanji = (text: string) =>
  annotated(text).filter(({ text, reading }) => reading === undefined && KANJI.test(text))

export const annotate = (text: string): ReactNode =>
  KANJI.test(text)
    ? annotated(text).map(({ text, reading }, at) =>
        reading === undefined ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their order
          <ruby key={at}>
            {text}
            <rp>（</rp>
            <rt>{reading}</rt>
            <rp>）</rp>
          </ruby>
        ),
      )
    : text
