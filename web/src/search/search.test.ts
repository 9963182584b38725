import { expect, it } from 'vitest'
import { pieces, readHit, tooLong } from './model'

it('marks count characters, whatever JavaScript makes of them', () => {
  expect(
    pieces('𠮷野家の𠮷', [
      { from: 0, to: 1 },
      { from: 4, to: 5 },
    ]),
  ).toEqual([
    { text: '𠮷', marked: true },
    { text: '野家の', marked: false },
    { text: '𠮷', marked: true },
  ])
  expect(pieces('道', [])).toEqual([{ text: '道', marked: false }])
  expect(pieces('', [])).toEqual([])
})

it('words are too long when the server would refuse them', () => {
  expect(tooLong('道'.repeat(100))).toBe(false)
  expect(tooLong('道'.repeat(101))).toBe(true)
  expect(tooLong('a b c d e f g h i j')).toBe(false)
  expect(tooLong('a　b c d e f g h i j k')).toBe(true)
})

it('a hit leads to where its text can be read', () => {
  const hit = (__typename: string, kind: string, more = {}) =>
    readHit({
      cursor: '1',
      node: {
        __typename,
        kind,
        case: { id: 'case-1', title: { ja: '案' } },
        excerpt: { text: '道', marks: [] },
        ...more,
      },
    } as unknown as Parameters<typeof readHit>[0]).href
  expect(hit('CaseHit', 'CASE')).toBe('/cases/case-1')
  expect(hit('CaseHit', 'RESULT')).toBe('/cases/case-1/result')
  expect(hit('MaterialHit', 'MATERIAL')).toBe('/cases/case-1')
  expect(hit('OpinionHit', 'OPINION')).toBe('/cases/case-1/result')
  const passage = { key: '2-1', heading: null }
  expect(hit('PassageHit', 'PASSAGE', { passage, inFinalText: false })).toBe('/cases/case-1#passage-2-1')
  expect(hit('PassageHit', 'PASSAGE', { passage, inFinalText: true })).toBe('/cases/case-1/result')
})
