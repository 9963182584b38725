import type { ReactNode } from 'react'
import { READINGS } from './readings'

const KANJI = /\p{Script=Han}/u
const words = [...READINGS.keys()].sort((a, b) => b.length - a.length)
const WORD = new RegExp(words.join('|'), 'gu')

/** A piece of text, with the reading of its kanji where the dictionary has one. */
export type Annotated = { text: string; reading?: string }

/** Longest word first, from left to right; words that the dictionary does not know stay bare. */
export function annotated(text: string): Annotated[] {
  const found: Annotated[] = []
  let from = 0
  for (const hit of text.matchAll(WORD)) {
    if (hit.index > from) found.push({ text: text.slice(from, hit.index) })
    found.push({ text: hit[0], reading: READINGS.get(hit[0]) ?? '' })
    from = hit.index + hit[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from) })
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
