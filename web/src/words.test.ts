// The server renders the public pages with the words of the page: they are written once, in `messages/`.
// `npm run words` writes them anew; this test fails while the server's copy says something else.
import { expect, it } from 'vitest'
import receiptsEasy from './audit/messages/receipts-easy'
import receiptsEn from './audit/messages/receipts-en'
import { receiptsJa } from './audit/messages/receipts-ja'
import { WARDS } from './frame/chart/wards'
import frameEasy from './frame/messages/easy'
import frameEn from './frame/messages/en'
import { ja as frameJa } from './frame/messages/ja'
import helpEasy from './help/messages/easy'
import helpEn from './help/messages/en'
import { ja as helpJa } from './help/messages/ja'
import citizenEasy from './institutions/public_comment/messages/easy'
import citizenEn from './institutions/public_comment/messages/en'
import { ja as citizenJa } from './institutions/public_comment/messages/ja'
import searchEasy from './search/messages/easy'
import searchEn from './search/messages/en'
import { ja as searchJa } from './search/messages/ja'

/** Stands where a sentence takes a value: it prints as `{0}`, `{1}`, … however it is asked to print. */
const slot = (at: number) => ({ toString: () => `{${at}}`, toLocaleString: () => `{${at}}` })

type Sentence = (...values: unknown[]) => string

const SLOTS = [slot(0), slot(1), slot(2)]

/** A sentence with places for its values, and apart what it says of none and of one. */
function forms(sentence: Sentence) {
  const many = sentence(...SLOTS)
  const last = Math.max(0, sentence.length - 1)
  const of = (n: number) => sentence(...SLOTS.slice(0, last), n)
  const special = ([0, 1] as const).filter((n) => of(n) !== many.replaceAll(`{${last}}`, String(n)))
  return { many, ...Object.fromEntries(special.map((n) => [n === 0 ? 'none' : 'one', of(n)])) }
}

const spoken = (_: string, value: unknown) => (typeof value === 'function' ? forms(value as Sentence) : value)

function parts(
  { site, skip, footer, nav, display, notice, states, travel, chart, diff, colon }: typeof frameJa,
  citizen: typeof citizenJa,
  receipts: typeof receiptsJa,
  help: typeof helpJa,
  search: typeof searchJa,
) {
  const { objectKinds, channels, submitterKinds, outcomes, events, hidingReasons } = citizen
  return {
    frame: { site, skip, footer, nav, display, notice, states, travel, chart, diff, colon },
    publicComment: {
      ...{ states: citizen.states, objectKinds, channels, submitterKinds, outcomes, events, hidingReasons },
      ...{ home: citizen.home, search: citizen.search, case: citizen.case, result: citizen.result },
    },
    receipts,
    help,
    search,
  }
}

it('the words of the pages are those that the server has', async () => {
  const words = {
    wards: Object.fromEntries(WARDS.map(({ code, name }) => [code, name])),
    ja: parts(frameJa, citizenJa, receiptsJa, helpJa, searchJa),
    easy: parts(frameEasy, citizenEasy, receiptsEasy, helpEasy, searchEasy),
    en: parts(frameEn, citizenEn, receiptsEn, helpEn, searchEn),
  }
  await expect(`${JSON.stringify(words, spoken, 2)}\n`).toMatchFileSnapshot(
    '../../crates/gateway/src/pages/words.json',
  )
})
