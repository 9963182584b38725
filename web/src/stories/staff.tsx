import type { ReactNode } from 'react'
import { WARDS } from '../frame/chart/wards'
import type { CaseState } from '../institutions/public_comment/model'
import { StaffCaseScreen } from '../institutions/public_comment/staff/case'
import { CounterScreen } from '../institutions/public_comment/staff/counter'
import { DecideScreen } from '../institutions/public_comment/staff/decide'
import { DraftScreen } from '../institutions/public_comment/staff/draft'
import { StaffHome } from '../institutions/public_comment/staff/home'
import type { Plan } from '../institutions/public_comment/staff/import'
import { ImportScreen } from '../institutions/public_comment/staff/import-screen'
import { MaterialsScreen } from '../institutions/public_comment/staff/materials'
import {
  type CaseDraft,
  type CounterSubmission,
  type Decision,
  EXEMPTION_REASONS,
  type Publication,
  type QueueEntry,
  type StaffCase,
} from '../institutions/public_comment/staff/model'
import type { Outcome } from '../institutions/public_comment/staff/notice'
import { PaperScreen } from '../institutions/public_comment/staff/paper'
import { type Opened, PersonalScreen } from '../institutions/public_comment/staff/personal'
import { PublishScreen } from '../institutions/public_comment/staff/publish'
import { PublishResultScreen } from '../institutions/public_comment/staff/publish-result'
import { QueueScreen } from '../institutions/public_comment/staff/queue'
import { RecordsScreen, type RecordView } from '../institutions/public_comment/staff/records'
import {
  type Due,
  type ErasureRequest,
  RecordsHomeScreen,
} from '../institutions/public_comment/staff/records-home'
import {
  card,
  categories,
  decidedCard,
  everythingHostile,
  files,
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

const hostileDraft: CaseDraft = {
  ...draft,
  number: everythingHostile,
  title: { ja: everythingHostile, en: everythingHostile },
  legalBasis: everythingHostile,
  bureau: everythingHostile,
  contact: everythingHostile,
  summary: { ja: HOSTILE.long, en: everythingHostile },
  passages: [{ passage: everythingHostile, heading: everythingHostile, text: HOSTILE.long }],
}

const hostileTitle = { ja: everythingHostile, en: everythingHostile }
const hostileMaterials = openCase.materials.map((one) => ({
  ...one,
  title: hostileTitle,
  correction: { note: HOSTILE.long, substantive: true },
}))

const staffCase = (state: CaseState): StaffCase => ({
  card: { ...card, state },
  revision: 3,
  draftedByMe: false,
  draft,
  materials: openCase.materials,
  submissionCount: 214,
  itemCount: 260,
  unansweredCount: 12,
})

const caseIn = (state: CaseState, part: Partial<StaffCase> = {}) => (
  <StaffCaseScreen
    data={{ ...staffCase(state), ...part }}
    today={TODAY}
    exemptions={EXEMPTION_REASONS}
    onExempt={recorded}
    onPublishExemption={recorded}
    onStartReview={recorded}
    onExtend={recorded}
    onAbandon={recorded}
  />
)

const attaching = { largest: 50 * 1024 * 1024, ways: {}, onAdd: nothing, onRemove: nothing }
const scans = ['手紙の一枚目.pdf', '手紙の二枚目.pdf'].map((name, at) => ({
  id: `file_${at + 1}`,
  name,
  size: 3_400_000,
  stored: at === 0,
  account: true,
}))
const paperReceipt = {
  receiptNumber: 'K7QM-2X9D',
  caseTitle: card.title,
  position: 4211,
  claim: 'submission_01JBSUBMISSION0000K7QM2X9D.q1w2e3r4t5y6u7i8o9p0aA',
}
const paper = (part: Partial<Parameters<typeof PaperScreen>[0]> = {}) => (
  <PaperScreen
    today={TODAY}
    passages={openCase.passages}
    wards={WARDS}
    scans={[]}
    attaching={attaching}
    onSend={recorded}
    {...part}
  />
)

const atCounter: CounterSubmission = {
  id: 'submission_01JBSUBMISSION0000K7QM2X9D',
  receiptNumber: 'K7QM-2X9D',
  position: 4211,
  channel: 'POST',
  receivedOn: '2026-11-20',
  replacements: 0,
  late: false,
  withdrawn: false,
}
const counter = (part: Partial<Parameters<typeof CounterScreen>[0]> = {}) => (
  <CounterScreen
    card={card}
    passages={openCase.passages}
    today={TODAY}
    files={[]}
    attaching={attaching}
    onFind={nothing}
    onReplace={recorded}
    onWithdraw={recorded}
    onAppeal={recorded}
    onErase={recorded}
    {...part}
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

const publish = (part: Partial<StaffCase> = {}, given: Partial<Publication> = {}) => (
  <PublishScreen
    data={{ ...staffCase('DRAFTING'), ...part }}
    minPeriodDays={30}
    rollsOver
    initial={{ ...publication, ...given }}
    onPublish={recorded}
  />
)

const materials = (state: CaseState, part: Partial<Parameters<typeof MaterialsScreen>[0]> = {}) => (
  <MaterialsScreen data={staffCase(state)} onSend={recorded} {...part} />
)

const entry: QueueEntry = {
  submission: 's1',
  receiptNumber: 'K7QM-2X9D',
  channel: 'WEB',
  receivedOn: '2026-11-20',
  late: false,
  withdrawn: false,
  body: '歩道を4メートルより広くしてほしい。自転車置き場は南側にも必要です。\nバス停の屋根も直してください。',
  files: 2,
  items: [],
  similar: [],
}
const queueEntries: QueueEntry[] = [
  { ...entry, similar: ['s1', 's2'] },
  {
    ...entry,
    submission: 's2',
    receiptNumber: '3VAH-T0PB',
    items: [
      { id: 'i1', summary: '歩道を広く', group: 'g1' },
      { id: 'i2', summary: '屋根を直す' },
    ],
    similar: ['s1', 's2'],
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
    onUngroup={recorded}
    onSplitWhole={recorded}
    onScreen={recorded}
    onHide={recorded}
    onAppeal={recorded}
    onMore={nothing}
  />
)

const decision: Decision = {
  outcome: 'ADOPTED_WITH_CHANGES',
  decidedOn: TODAY,
  changes: [
    {
      passage: '2',
      after: '駅前広場に面する歩道の幅は、5メートル以上とする。',
      items: ['i1'],
    },
  ],
}
const noDecision: Decision = { outcome: '', decidedOn: TODAY, changes: [] }

const erasureRequest: ErasureRequest = {
  subject: 'subject_1',
  requestedAt: '2026-11-23T05:00:00Z',
  position: 4400,
  byOperator: true,
  submissions: [{ id: 'submission_1', receiptNumber: 'K7QM-2X9D', case: decidedCard }],
}

const due: Due = {
  ordinance: 'records_retention/2026-04-01',
  count: 120,
  listed: [
    {
      subject: 'subject_2',
      record: 'OPINION',
      keptUntil: '2026-03-31',
      submissions: ['submission_01JBSUBMISSION000000000000', 'submission_01JBSUBMISSION000000000001'],
      case: decidedCard,
    },
    {
      subject: 'subject_3',
      record: 'OPINION_OUTSIDE_PROCEDURE',
      keptUntil: '2026-03-31',
      submissions: ['submission_01JBSUBMISSION000000000002'],
      case: { ...card, title: { ja: everythingHostile, en: everythingHostile } },
    },
  ],
}

const recordsHome = (requests: readonly ErasureRequest[], due?: Due) => (
  <RecordsHomeScreen requests={requests} due={due} onEraseDue={recorded} />
)

const records = (part: Partial<RecordView> = {}) => (
  <RecordsScreen
    data={{
      id: 'submission_01JBSUBMISSION000000000000',
      receiptNumber: 'K7QM-2X9D',
      position: 4211,
      case: decidedCard,
      erased: false,
      keptUntil: '2031-03-31',
      items: [{ id: 'i1', number: 3, summary: '夜も開けてほしい。' }],
      ...part,
    }}
    onTakeDown={recorded}
    onErase={recorded}
  />
)

const importPlan: Plan = {
  encoding: 'CP932',
  text: '',
  rows: [
    {
      row: 2,
      body: '賛成',
      passage: '',
      channel: 'POST',
      receivedOn: TODAY,
      postmarkedOn: '',
      kind: 'INDIVIDUAL',
      name: '川崎 一郎',
      kana: '',
      address: '',
      contact: '',
      ward: '',
    },
  ],
  faults: [{ row: 3, column: '意見', reason: 'OPINION_EMPTY' }],
}

const personal = (opened?: Opened) => (
  <PersonalScreen receiptNumber="K7QM-2X9D" opened={opened} onOpen={nothing} onSave={async () => false} />
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
  'staff/home-hostile': () => (
    <StaffHome
      duties={[
        { id: 'd', caseId: 'c', title: hostileTitle, what: everythingHostile, dueOn: TODAY, overdue: true },
      ]}
      cases={[{ ...card, title: hostileTitle, submissionCount: 1, unansweredCount: 1 }]}
    />
  ),
  'staff/case-drafting': () => caseIn('DRAFTING'),
  'staff/case-open': () => caseIn('OPEN'),
  'staff/case-closed': () => caseIn('CLOSED'),
  'staff/case-review': () => caseIn('UNDER_REVIEW'),
  'staff/case-decided': () => caseIn('DECIDED'),
  'staff/case-exempted': () => caseIn('EXEMPTED', { exemption: { published: false } }),
  'staff/case-hostile': () =>
    caseIn('OPEN', { card: { ...card, title: { ja: everythingHostile, en: everythingHostile } } }),
  'staff/materials': () => materials('DRAFTING', { onOpen: nothing }),
  'staff/materials-open': () => materials('OPEN'),
  'staff/materials-sending': () => materials('OPEN', { sent: 524_288 }),
  'staff/materials-cut': () => materials('DRAFTING', { outcome: { kind: 'cut' } }),
  'staff/materials-refused': () =>
    materials('DRAFTING', {
      outcome: {
        kind: 'refused',
        refusal: {
          code: 'FILE_TYPE_NOT_ALLOWED',
          message: {
            ja: 'この種類のファイルは受け付けられません。',
            en: 'Files of this kind are not taken.',
          },
        },
      },
    }),
  'staff/materials-hostile': () =>
    materials('OPEN', {
      data: {
        ...staffCase('OPEN'),
        materials: hostileMaterials,
      },
    }),
  'staff/draft-new': () => <DraftScreen draft={blank} materials={[]} today={TODAY} onSave={recorded} />,
  'staff/draft': () => (
    <DraftScreen
      draft={draft}
      materials={openCase.materials}
      today={TODAY}
      conflict
      onSave={recorded}
      materialsHref="/staff/cases/case-01/materials"
    />
  ),
  'staff/draft-hostile': () => (
    <DraftScreen draft={hostileDraft} materials={hostileMaterials} today={TODAY} onSave={recorded} />
  ),
  'staff/publish': () => publish(),
  'staff/publish-short': () => publish({}, { closesOn: '2026-12-10' }),
  'staff/publish-own-draft': () => publish({ draftedByMe: true }),
  'staff/publish-hostile': () =>
    publish(
      { draft: hostileDraft },
      { readingPlaces: [everythingHostile], publicity: [HOSTILE.long], resultMethod: everythingHostile },
    ),
  'staff/paper': () => paper(),
  'staff/paper-mismatch': () =>
    paper({ initial: { body: '歩道を広くしてほしい。' }, again: '歩道を狭くしてほしい。' }),
  'staff/paper-scans': () =>
    paper({
      scans,
      attaching: { ...attaching, ways: { file_2: { kind: 'sending', sent: 1_200_000 } } },
    }),
  'staff/paper-received': () => paper({ receipt: paperReceipt }),
  'staff/paper-hostile': () =>
    paper({
      initial: { body: everythingHostile, name: everythingHostile, address: everythingHostile },
      again: HOSTILE.long,
      scans: scans.map((one) => ({ ...one, name: everythingHostile })),
      receipt: { ...paperReceipt, caseTitle: hostileTitle },
    }),
  'staff/counter': () => counter(),
  'staff/counter-missing': () => counter({ unfound: 'missing' }),
  'staff/counter-several': () => counter({ unfound: 'several' }),
  'staff/counter-found': () => counter({ found: atCounter }),
  'staff/counter-replacing': () => counter({ found: { ...atCounter, replacements: 1 }, task: 'replace' }),
  'staff/counter-hidden': () =>
    counter({
      card: decidedCard,
      found: { ...atCounter, hidden: { reason: '他人の個人情報', underAppeal: false } },
      task: 'appeal',
    }),
  'staff/counter-withdrawn': () => counter({ found: { ...atCounter, withdrawn: true } }),
  'staff/counter-erase': () => counter({ found: atCounter, task: 'erase' }),
  'staff/counter-hostile': () =>
    counter({
      card: { ...card, title: hostileTitle },
      passages: [{ passage: everythingHostile, heading: everythingHostile, text: '' }],
      found: { ...atCounter, hidden: { reason: everythingHostile, underAppeal: true } },
      task: 'replace',
    }),
  'staff/import': () => <ImportScreen today={TODAY} onSend={nothing} />,
  'staff/import-faults': () => (
    <ImportScreen
      today={TODAY}
      plan={importPlan}
      progress={{
        done: 2,
        of: 2,
        state: 'finished',
        refused: [
          {
            row: 4,
            refusal: {
              code: 'NAME_REQUIRED',
              message: { ja: '氏名または名称が必要です。', en: 'The name is needed.' },
            },
          },
        ],
      }}
      onSend={nothing}
    />
  ),
  'staff/import-hostile': () => (
    <ImportScreen
      today={TODAY}
      plan={{ ...importPlan, faults: [{ row: 3, column: everythingHostile, reason: 'COLUMN_TWICE' }] }}
      onSend={nothing}
    />
  ),
  'staff/queue': () => queue(queueEntries),
  'staff/queue-empty': () => queue([]),
  'staff/queue-hostile': () =>
    queue([{ ...entry, body: HOSTILE.long, items: [{ id: 'h', summary: everythingHostile }] }]),
  'staff/personal': () => personal(),
  'staff/personal-opened': () =>
    personal({
      kind: 'opened',
      values: { NAME: '山田 花子', WARD: '幸区', CONTACT: everythingHostile },
      files,
    }),
  'staff/personal-hostile': () =>
    personal({
      kind: 'opened',
      values: { NAME: everythingHostile, ADDRESS: everythingHostile, BODY: HOSTILE.long },
      files: [],
    }),
  'staff/personal-refused': () =>
    personal({
      kind: 'refused',
      refusal: {
        code: 'FORBIDDEN_ROLE',
        message: { ja: '担当の役割が必要です。', en: 'The role in charge is needed.' },
      },
    }),
  'staff/personal-erased': () => personal({ kind: 'erased' }),
  'staff/records-home': () => recordsHome([erasureRequest], due),
  'staff/records-home-empty': () => recordsHome([]),
  'staff/records': () => records(),
  'staff/records-erased': () => records({ erased: true }),
  'staff/records-hostile': () =>
    records({
      case: { ...card, title: { ja: everythingHostile, en: everythingHostile } },
      items: [{ id: 'i1', number: 1, summary: everythingHostile }],
    }),
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
  'staff/decide-hostile': () => (
    <DecideScreen
      reflected={[{ id: 'i1', number: 3, summary: everythingHostile }]}
      passages={[{ passage: '2', heading: everythingHostile, text: everythingHostile }]}
      unanswered={0}
      initial={{ ...decision, changes: [{ passage: '2', after: HOSTILE.long, items: ['i1'] }] }}
      onDecide={recorded}
    />
  ),
  'staff/publish-result-hostile': () => (
    <PublishResultScreen
      preview={{
        ...result,
        case: { ...result.case, title: hostileTitle },
        reasons: HOSTILE.long,
        changes: result.changes.map((one) => ({ ...one, before: everythingHostile, after: HOSTILE.long })),
        items: result.items.map((one) => ({
          ...one,
          summary: everythingHostile,
          response: everythingHostile,
        })),
      }}
      unscreened={0}
      onPublish={recorded}
    />
  ),
  'staff/publish-result': () => <PublishResultScreen preview={result} unscreened={0} onPublish={recorded} />,
  'staff/publish-result-unscreened': () => (
    <PublishResultScreen
      preview={{ ...result, reasons: '', summariesOnly: false }}
      unscreened={2}
      onPublish={recorded}
    />
  ),
}
