import { describe, expect, it } from 'vitest'
import { draft, openCase } from '../../stories/fixtures'
import { parseClaim } from './citizen/kept-receipts'
import { submissionInput } from './citizen/send'
import { attachmentError } from './citizen/submit/attachments'
import {
  emptyDraft,
  keepDraft,
  opinionErrors,
  readDraft,
  repeatsPersonalData,
  toKatakana,
  whoErrors,
} from './citizen/submit/draft'
import { ja } from './messages/ja'
import { staffJa } from './messages/staff-ja'
import { readReceiptNumber, receiptNumberOf } from './receipt-number'
import { decisionErrors } from './staff/decide'
import type { Decision, Publication } from './staff/model'
import { periodDays, publicationErrors } from './staff/publish'
import { resultErrors } from './staff/publish-result'

describe('the number of a receipt', () => {
  it('is read as people type it from a paper', () => {
    expect(receiptNumberOf('submission_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('Q69G-5FAV')
    for (const typed of ['Q69G-5FAV', ' q69g5fav ', 'Ｑ６９Ｇ－５ＦＡＶ', 'q69g ‐ 5fav'])
      expect(readReceiptNumber(typed)).toBe('Q69G-5FAV')
    expect(readReceiptNumber('O1il-0000')).toBe('0111-0000')
    for (const typed of ['', 'Q69G-5FA', 'Q69G-5FAVX', 'Q69G-5FAU'])
      expect(readReceiptNumber(typed)).toBe(undefined)
  })
})

describe('a submission', () => {
  it('needs an opinion within the limit', () => {
    expect(opinionErrors({ ...draft, body: ' \n' }, 10, ja)).toHaveProperty('body')
    expect(opinionErrors({ ...draft, body: '𠮷'.repeat(10) }, 10, ja)).toEqual({})
    expect(opinionErrors({ ...draft, body: '𠮷'.repeat(11) }, 10, ja)).toHaveProperty('body')
  })

  it('says before a file is sent what is wrong with it', () => {
    const wrong = (name: string, size: number, largest: number | undefined = 100) =>
      attachmentError({ name, size }, largest, ja)
    const { attachments: a } = ja.submit
    expect(wrong('地図.PDF', 100)).toBeUndefined()
    expect(wrong('地図.pdf', 101)).toBe(a.tooLarge('地図.pdf', '100 B'))
    expect(wrong('地図.pdf', 0)).toBe(a.empty('地図.pdf'))
    for (const name of ['地図.exe', '地図', 'pdf.svg']) expect(wrong(name, 1)).toBe(a.wrongType(name))
    // A city that does not say how large a file may be says so when it comes.
    expect(attachmentError({ name: 'a.txt', size: 1e12 }, undefined, ja)).toBeUndefined()
  })

  it('names its files, and waits for those that are not with the city yet', () => {
    const file = { id: 'file_1', name: '地図.pdf', size: 9, stored: true, account: false }
    const whole = { ...draft, attachments: [file] }
    expect(opinionErrors(whole, 100, ja)).toEqual({})
    expect(submissionInput(whole).opinion.attachments).toEqual(['file_1'])
    const cut = { ...draft, attachments: [file, { ...file, id: 'file_2', stored: false }] }
    expect(opinionErrors(cut, 100, ja)).toEqual({ attachments: ja.submit.attachments.unfinished })
  })

  it('takes contacts in any width, and names what is missing', () => {
    expect(whoErrors({ ...draft, contact: '０４４－１２３－４５６７' }, ja)).toEqual({})
    expect(whoErrors({ ...draft, contact: 'hanako＠example.jp' }, ja)).toEqual({})
    expect(whoErrors({ ...draft, contact: '電話' }, ja)).toEqual({ contact: ja.submit.who.contactForm })
    expect(Object.keys(whoErrors({ ...emptyDraft('c'), kind: 'GROUP' }, ja))).toEqual([
      'organisation',
      'representative',
      'address',
      'contact',
    ])
    expect(whoErrors({ ...draft, contact: '044-123-4567' }, ja, true)).toEqual({
      contact: ja.submit.who.emailForm,
    })
    expect(whoErrors({ ...draft, contact: 'hanako＠example.jp' }, ja, true)).toEqual({})
    expect(whoErrors(emptyDraft('c'), ja)).toEqual({ kind: ja.submit.who.missing.kind })
  })

  it('warns when the opinion repeats name or contact, whatever the width and spaces', () => {
    expect(repeatsPersonalData(draft)).toBe(false)
    expect(repeatsPersonalData({ ...draft, body: '私は山田　花子です' })).toBe(true)
    expect(repeatsPersonalData({ ...draft, body: 'ＨＡＮＡＫＯ@example.jp まで' })).toBe(true)
  })

  it('is kept on the device as it was, and a damaged draft is none', async () => {
    await keepDraft(draft)
    expect(await readDraft(draft.caseId)).toEqual(draft)
    await keepDraft({ ...draft, caseId: 'x', kind: 'GHOST' as 'GROUP' })
    expect(await readDraft('x')).toBeUndefined()
  })

  it('turns hiragana and half-width kana into katakana', () => {
    expect(toKatakana('やまだﾊﾅｺ')).toBe('ヤマダハナコ')
  })

  it('is found again by the text on its receipt and by nothing shorter', () => {
    const submission = 'submission_01JBSVBM1SS10N000000000000'
    const secret = 'abcdefghijklmnopqrstuv'
    expect(parseClaim(` ${submission}.${secret} `)).toEqual({ submission, secret })
    expect(parseClaim(`${submission}.short`)).toBeUndefined()
    expect(parseClaim(secret)).toBeUndefined()
  })
})

describe('a publication', () => {
  const publication: Publication = {
    opensOn: '2019-07-08',
    closesOn: '2019-08-09',
    channels: ['WEB'],
    readingPlaces: ['区役所'],
    publicity: ['広報紙'],
    resultMethod: 'ホームページ',
    shorteningReason: '',
  }

  it('counts both ends of the period', () => {
    expect(periodDays(publication)).toBe(33)
  })

  it('below the shortest period needs a reason', () => {
    const short = { ...publication, closesOn: '2019-08-05' }
    expect(periodDays(short)).toBe(29)
    expect(publicationErrors(short, 30, staffJa)).toEqual({ reason: staffJa.publish.missing.reason })
    expect(publicationErrors({ ...short, shorteningReason: '災害' }, 30, staffJa)).toEqual({})
    expect(publicationErrors({ ...publication, closesOn: '2019-07-01' }, 30, staffJa)).toHaveProperty(
      'closesOn',
    )
  })
})

describe('the reasons for a result', () => {
  it('are given for the decision and for every change', () => {
    const { missing } = staffJa.publishResult
    const changeReasons = [{ id: 'change_1', reason: ' ' }]
    const whole = { summariesOnly: false, fullOpinionsAt: '' }
    expect(resultErrors({ ...whole, reasons: '', changeReasons }, staffJa)).toEqual({
      reasons: missing.reasons,
      'reason-change_1': missing.changeReason,
    })
    const given = { ...whole, reasons: '理由', changeReasons: [{ id: 'change_1', reason: '意見のため' }] }
    expect(resultErrors(given, staffJa)).toEqual({})
    expect(resultErrors({ ...given, summariesOnly: true, fullOpinionsAt: ' ' }, staffJa)).toEqual({
      fullOpinionsAt: missing.fullOpinionsAt,
    })
    expect(resultErrors({ ...given, summariesOnly: true, fullOpinionsAt: '窓口' }, staffJa)).toEqual({})
  })
})

describe('a decision', () => {
  const decision: Decision = {
    outcome: 'ADOPTED_AS_DRAFTED',
    decidedOn: '2026-12-01',
    changes: [],
  }
  const change = { passage: '1', after: '別の文', items: [] }

  it('changes the text exactly if it says so', () => {
    const { passages } = openCase
    expect(decisionErrors(decision, passages, [], staffJa)).toEqual({})
    expect(decisionErrors({ ...decision, changes: [change] }, passages, [], staffJa)).toHaveProperty(
      'after-0',
    )
    const changed = { ...decision, outcome: 'ADOPTED_WITH_CHANGES' as const }
    expect(decisionErrors(changed, passages, [], staffJa)).toHaveProperty('after-0')
    expect(decisionErrors({ ...changed, changes: [change] }, passages, [], staffJa)).toEqual({})
  })

  it('links every opinion that is said to have changed the policy to a change', () => {
    const { passages } = openCase
    const changed = { ...decision, outcome: 'ADOPTED_WITH_CHANGES' as const }
    const reflected = [{ id: 'item_1', number: 7, summary: '広く' }]
    const loose = decisionErrors({ ...changed, changes: [change] }, passages, reflected, staffJa)
    expect(loose).toEqual({ 'items-1': staffJa.decide.missing.items('7') })
    const linked = { ...changed, changes: [{ ...change, items: ['item_1'] }] }
    expect(decisionErrors(linked, passages, reflected, staffJa)).toEqual({})
  })
})
