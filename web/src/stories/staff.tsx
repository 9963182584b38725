import type { ReactNode } from 'react'
import type { CaseState } from '../institutions/public_comment/model'
import { StaffCaseScreen } from '../institutions/public_comment/staff/case'
import { DecideScreen } from '../institutions/public_comment/staff/decide'
import { DraftScreen } from '../institutions/public_comment/staff/draft'
import { StaffHome } from '../institutions/public_comment/staff/home'
import { ImportScreen } from '../institutions/public_comment/staff/import-screen'
import type {
  CaseDraft,
  Decision,
  Publication,
  QueueEntry,
  StaffCase,
} from '../institutions/public_comment/staff/model'
import type { Outcome } from '../institutions/public_comment/staff/notice'
import { PaperScreen } from '../institutions/public_comment/staff/paper'
import { type Opened, PersonalScreen } from '../institutions/public_comment/staff/personal'
import { PublishScreen } from '../institutions/public_comment/staff/publish'
import { PublishResultScreen } from '../institutions/public_comment/staff/publish-result'
import { QueueScreen } from '../institutions/public_comment/staff/queue'
import {
  card,
  categories,
  decidedCard,
  everythingHostile,
  HOSTILE,
  openCase,
  result,
  TODAY,
} from './fixtures'

const nothing = () => {}
const recorded = async (): Promise<Outcome> => ({ kind: 'recorded', position: 77 })

const draft: CaseDraft = {
  number: '2026-07',
  title: card.title,
  objectKind: 'PLAN',
  legalBasis: openCase.legalBasis,
  bureau: openCase.bureau,
  contact: openCase.contact,
  summary: openCase.summary,
  passages: openCase.passages,
  draftedOn: '2026-10-01',
}
const blank: CaseDraft = {
  ...draft,
  number: '',
  title: { ja: '' },
  legalBasis: '',
  bureau: '',
  contact: '',
  summary: { ja: '' },
  passages: [{ passage: '1', text: '' }],
}

const staffCase = (state: CaseState): StaffCase => ({
  card: { ...card, state },
  revision: 3,
  draftedByMe: false,
  draft,
  materials: openCase.materials,
  submissionCount: 214,
  itemCount: 260,
  unansweredCount: 12,
  minPeriodDays: 30,
})

const caseIn = (state: CaseState) => (
  <StaffCaseScreen
    data={staffCase(state)}
    onStartReview={recorded}
    onExtend={recorded}
    onAbandon={recorded}
  />
)

const publication: Publication = {
  opensOn: '2026-12-01',
  closesOn: '2026-12-30',
  channels: ['WEB', 'POST'],
  readingPlaces: ['各区役所'],
  publicity: ['広報紙'],
  resultMethod: '市のホームページ',
  shorteningReason: '',
}

const entry: QueueEntry = {
  submission: 's1',
  receiptNumber: 'K7QM-2X9D',
  channel: 'WEB',
  receivedOn: '2026-11-20',
  late: false,
  withdrawn: false,
  body: '歩道を4メートルより広くしてほしい。自転車置き場は南側にも必要です。\nバス停の屋根も直してください。',
  items: [],
  similar: 1,
}
const queueEntries: QueueEntry[] = [
  entry,
  {
    ...entry,
    submission: 's2',
    receiptNumber: '3VAH-T0PB',
    items: [
      { id: 'i1', summary: '歩道を広く' },
      { id: 'i2', summary: '屋根を直す' },
    ],
    similar: 14,
  },
  {
    ...entry,
    submission: 's3',
    receiptNumber: 'AAAA-BBBB',
    channel: 'POST',
    items: [{ id: 'i3', summary: '賛成', answer: { category: 'B', response: '案の趣旨に沿うものです。' } }],
    screened: 'AS_SUBMITTED',
  },
  {
    ...entry,
    submission: 's4',
    receiptNumber: 'CCCC-DDDD',
    late: true,
    hidden: { reason: '広告', underAppeal: true },
  },
]

const queue = (entries: QueueEntry[]) => (
  <QueueScreen
    personalHref={(submission) => `/staff/personal/${submission}`}
    entries={entries}
    categories={categories}
    answered={entries.length === 0 ? 0 : 1}
    total={entries.length === 0 ? 0 : 4}
    onItemize={recorded}
    onAnswer={recorded}
    onRevoke={recorded}
    onGroup={recorded}
    onScreen={recorded}
    onHide={recorded}
    onAppeal={recorded}
    onMore={nothing}
  />
)

const decision: Decision = {
  outcome: 'ADOPTED_WITH_CHANGES',
  decidedOn: TODAY,
  reasons: '意見を受けて改めた。',
  changes: [
    {
      passage: '2',
      after: '駅前広場に面する歩道の幅は、5メートル以上とする。',
      reason: '狭いという意見のため',
      items: ['i1'],
    },
  ],
}
const noDecision: Decision = { outcome: '', decidedOn: TODAY, reasons: '', changes: [] }

const personal = (opened?: Opened) => (
  <PersonalScreen receiptNumber="K7QM-2X9D" opened={opened} onOpen={nothing} />
)

/** Every screen of clerk and approver. */
export const staffStories: Record<string, () => ReactNode> = {
  'staff/home': () => (
    <StaffHome
      duties={[
        {
          id: 'd1',
          caseId: 'case-01',
          title: card.title,
          what: '結果の公表',
          dueOn: '2026-11-01',
          overdue: true,
        },
        {
          id: 'd2',
          caseId: 'case-01',
          title: card.title,
          what: '募集の最終日',
          dueOn: '2026-12-21',
          overdue: false,
        },
      ]}
      cases={[
        { ...card, submissionCount: 214, unansweredCount: 12 },
        { ...decidedCard, submissionCount: 163, unansweredCount: 0 },
      ]}
    />
  ),
  'staff/home-empty': () => <StaffHome duties={[]} cases={[]} />,
  'staff/case-drafting': () => caseIn('DRAFTING'),
  'staff/case-open': () => caseIn('OPEN'),
  'staff/case-closed': () => caseIn('CLOSED'),
  'staff/case-review': () => caseIn('UNDER_REVIEW'),
  'staff/case-decided': () => caseIn('DECIDED'),
  'staff/draft-new': () => <DraftScreen draft={blank} materials={[]} today={TODAY} onSave={recorded} />,
  'staff/draft': () => (
    <DraftScreen
      draft={draft}
      materials={openCase.materials}
      today={TODAY}
      conflict
      onSave={recorded}
      onAttach={recorded}
    />
  ),
  'staff/publish': () => (
    <PublishScreen data={staffCase('DRAFTING')} initial={publication} onPublish={recorded} />
  ),
  'staff/publish-short': () => (
    <PublishScreen
      data={staffCase('DRAFTING')}
      initial={{ ...publication, closesOn: '2026-12-10' }}
      onPublish={recorded}
    />
  ),
  'staff/publish-own-draft': () => (
    <PublishScreen
      data={{ ...staffCase('DRAFTING'), draftedByMe: true }}
      initial={publication}
      onPublish={recorded}
    />
  ),
  'staff/paper': () => <PaperScreen today={TODAY} onSend={recorded} />,
  'staff/paper-mismatch': () => (
    <PaperScreen
      today={TODAY}
      initial={{ body: '歩道を広くしてほしい。' }}
      again="歩道を狭くしてほしい。"
      onSend={recorded}
    />
  ),
  'staff/import': () => <ImportScreen today={TODAY} limit={2000} onSend={nothing} />,
  'staff/import-faults': () => (
    <ImportScreen
      today={TODAY}
      limit={2000}
      plan={{
        encoding: 'CP932',
        rows: [{ line: 2, body: '賛成', channel: 'POST', receivedOn: TODAY, name: '' }],
        faults: [{ line: 3, column: '意見', reason: 'BODY_EMPTY' }],
      }}
      progress={{ done: 1, of: 2, state: 'stopped' }}
      onSend={nothing}
    />
  ),
  'staff/queue': () => queue(queueEntries),
  'staff/queue-empty': () => queue([]),
  'staff/queue-hostile': () =>
    queue([{ ...entry, body: HOSTILE.long, items: [{ id: 'h', summary: everythingHostile }] }]),
  'staff/personal': () => personal(),
  'staff/personal-opened': () =>
    personal({ kind: 'opened', values: { NAME: '山田 花子', CONTACT: everythingHostile } }),
  'staff/personal-refused': () =>
    personal({
      kind: 'refused',
      refusal: {
        code: 'FORBIDDEN_ROLE',
        message: { ja: '担当の役割が必要です。', en: 'The role in charge is needed.' },
      },
    }),
  'staff/personal-erased': () => personal({ kind: 'erased' }),
  'staff/decide': () => (
    <DecideScreen
      reflected={[{ id: 'i1', number: 3, summary: '歩道を広く' }]}
      passages={openCase.passages}
      unanswered={0}
      initial={decision}
      onDecide={recorded}
    />
  ),
  'staff/decide-blocked': () => (
    <DecideScreen
      reflected={[{ id: 'i1', number: 3, summary: '歩道を広く' }]}
      passages={openCase.passages}
      unanswered={3}
      initial={noDecision}
      onDecide={recorded}
    />
  ),
  'staff/publish-result': () => (
    <PublishResultScreen preview={result} reasons={result.reasons} unscreened={0} onPublish={recorded} />
  ),
  'staff/publish-result-unscreened': () => (
    <PublishResultScreen preview={result} reasons="" unscreened={2} onPublish={recorded} />
  ),
}
