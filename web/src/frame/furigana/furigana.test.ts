import { describe, expect, it } from 'vitest'
import receiptsEasy from '../../audit/messages/receipts-easy'
import { receiptsJa } from '../../audit/messages/receipts-ja'
import helpEasy from '../../help/messages/easy'
import { ja as helpJa } from '../../help/messages/ja'
import citizenEasy from '../../institutions/public_comment/messages/easy'
import { ja as citizenJa } from '../../institutions/public_comment/messages/ja'
import statisticsEasy from '../../institutions/public_comment/messages/statistics-easy'
import { statisticsJa } from '../../institutions/public_comment/messages/statistics-ja'
import easy from '../messages/easy'
import { ja } from '../messages/ja'
import { annotated, bareKanji } from './annotate'

/** Every sentence of a catalogue; those with parameters are called with a number. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function') return [String(value('1', '1', '1'))]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentences) : []
}

describe('furigana', () => {
  it('leave no kanji bare on the citizen’s path', () => {
    const all = [
      ...[ja, easy, citizenJa, citizenEasy, receiptsJa, receiptsEasy, helpJa, helpEasy],
      ...[statisticsJa, statisticsEasy],
    ].flatMap(sentences)
    expect(all.length).toBeGreaterThan(300)
    expect(all.flatMap(bareKanji)).toEqual([])
  })

  it('prefer the longer word and leave the rest of the text alone', () => {
    expect(annotated('意見募集は今日まで')).toEqual([
      { text: '意見募集', reading: 'いけんぼしゅう' },
      { text: 'は' },
      { text: '今日', reading: 'きょう' },
      { text: 'まで' },
    ])
  })

  it('do not guess inside a compound that they do not know', () => {
    expect(annotated('市鸞と市')).toEqual([{ text: '市鸞と' }, { text: '市', reading: 'し' }])
  })

  it('say nothing about words that they do not know', () => {
    expect(annotated('鸞')).toEqual([{ text: '鸞' }])
  })
})
