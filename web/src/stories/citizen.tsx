import type { ReactNode } from 'react'
import { WARDS } from '../frame/chart/wards'
import { CaseScreen } from '../institutions/public_comment/citizen/case'
import { CaseListScreen } from '../institutions/public_comment/citizen/case-list'
import { Home } from '../institutions/public_comment/citizen/home'
import { MineScreen } from '../institutions/public_comment/citizen/mine'
import { MySubmissionScreen } from '../institutions/public_comment/citizen/my-submission'
import { ResultScreen } from '../institutions/public_comment/citizen/result'
import { StatisticsScreen, type YearView } from '../institutions/public_comment/citizen/statistics'
import { emptyDraft } from '../institutions/public_comment/citizen/submit/draft'
import { SubmitFlow, type SubmitProps } from '../institutions/public_comment/citizen/submit/flow'
import type { CaseView, MySubmission } from '../institutions/public_comment/model'
import {
  answered,
  card,
  decidedCard,
  draft,
  everythingHostile,
  files,
  HOSTILE,
  looks,
  mine,
  openCase,
  receipt,
  result,
  TODAY,
} from './fixtures'

const nothing = () => {}
const accepted = async () => undefined

const submit = (props: Partial<SubmitProps>): ReactNode => (
  <SubmitFlow
    data={openCase}
    limit={2000}
    wards={WARDS}
    step="start"
    onStep={nothing}
    saved={undefined}
    draft={draft}
    onEdit={nothing}
    attaching={{ largest: undefined, ways: {}, onAdd: nothing, onRemove: nothing }}
    onDiscard={nothing}
    send={async () => ({ kind: 'noLine' })}
    over={false}
    onTakeBack={nothing}
    onSave={nothing}
    {...props}
  />
)

const attachments = ['地図.pdf', '写真.jpg', '統計.xlsx', '図面.png', '意見の続き.txt'].map((name, at) => ({
  id: `file_${at + 1}`,
  name,
  size: 3_400_000 * (at + 1),
  stored: at === 0,
  account: false,
}))

const caseIn = (part: Partial<CaseView>, today = TODAY) => (
  <CaseScreen data={{ ...openCase, ...part }} today={today} address={`/cases/${openCase.id}`} />
)

const submission = (data: MySubmission, seen = looks, fileLate = false) => (
  <MySubmissionScreen
    data={data}
    looks={seen}
    today={TODAY}
    limit={2000}
    onReplace={accepted}
    onWithdraw={accepted}
    onAppeal={accepted}
    onErase={accepted}
    onExport={nothing}
    onKeep={nothing}
    fileLate={fileLate}
    onFile={async () => false}
  />
)

const NO_YEAR: YearView = {
  fiscalYear: 0,
  caseCount: 0,
  abandonedCount: 0,
  resultCount: 0,
  changedResultCount: 0,
  submissionCount: 0,
  itemCount: 0,
  changedPolicyItemCount: 0,
  exemptions: [],
}
const years: YearView[] = [2022, 2023, 2024, 2025, 2026].map((fiscalYear, at) => ({
  fiscalYear,
  caseCount: 8 + at,
  abandonedCount: 1,
  resultCount: 6 + at,
  changedResultCount: 2 + at,
  submissionCount: 410 + 1_300 * at,
  itemCount: 900 + 2_100 * at,
  changedPolicyItemCount: 40,
  exemptions: [
    { reason: 'MINOR', count: 3 },
    { reason: 'TAX_OR_FEE', count: 1 },
  ],
}))

const hostileBilingual = { ja: everythingHostile, en: everythingHostile }

/** Every screen of the citizen in every state that it has. */
export const citizenStories: Record<string, () => ReactNode> = {
  'home/open': () => (
    <Home
      open={[card, { ...card, id: 'c2', closesOn: '2026-11-26' }]}
      decided={[decidedCard]}
      today={TODAY}
    />
  ),
  'home/hostile': () => (
    <Home
      open={[{ ...card, title: hostileBilingual }]}
      decided={[{ ...decidedCard, title: hostileBilingual }]}
      today={TODAY}
      outage={everythingHostile}
    />
  ),
  'home/nothing-open': () => <Home open={[]} decided={[]} today={TODAY} />,
  'home/outage': () => (
    <Home open={[card]} decided={[]} today={TODAY} outage="受付票の発行が遅れています。" offlineCopy />
  ),
  'cases/found': () => (
    <CaseListScreen
      state=""
      cards={[card, decidedCard]}
      total={41}
      today={TODAY}
      onState={nothing}
      onMore={nothing}
    />
  ),
  'cases/nothing': () => <CaseListScreen state="OPEN" cards={[]} total={0} today={TODAY} onState={nothing} />,
  'case/open': () => caseIn({}),
  'case/before-opening': () => caseIn({ opensOn: '2026-12-01' }),
  'case/last-day': () => caseIn({ closesOn: TODAY }),
  'case/closed': () => caseIn({ state: 'CLOSED' }, '2026-12-22'),
  'case/extended': () => caseIn({ extended: { from: '2026-12-10', reason: '資料の訂正のため' } }),
  'case/shortened': () => caseIn({ shortened: '災害の復旧を急ぐため', closesOn: '2026-12-01' }),
  'case/result-published': () => caseIn({ state: 'RESULT_PUBLISHED', materials: [] }, '2027-03-01'),
  'case/abandoned': () =>
    caseIn({ state: 'ABANDONED', abandoned: { reason: '事業を取りやめたため', newProcedure: false } }),
  'case/exempted': () =>
    caseIn({
      state: 'EXEMPTED',
      exempted: { code: 'URGENT', reason: '緊急に定める必要があるため' },
      opensOn: undefined,
      closesOn: undefined,
    }),
  'case/hostile': () =>
    caseIn({
      title: hostileBilingual,
      summary: hostileBilingual,
      passages: [{ passage: '1', heading: everythingHostile, text: HOSTILE.long }],
      materials: openCase.materials.map((one) => ({
        ...one,
        title: hostileBilingual,
        name: everythingHostile,
      })),
      contact: everythingHostile,
      bureau: everythingHostile,
      readingPlaces: [everythingHostile],
    }),
  'submit/start': () => submit({}),
  'submit/draft-restored': () => submit({ saved: draft }),
  'submit/opinion': () => submit({ step: 'opinion', draft: emptyDraft('case-01') }),
  'submit/attachments': () =>
    submit({
      step: 'opinion',
      draft: { ...draft, attachments },
      attaching: {
        largest: 50 * 1024 * 1024,
        ways: {
          file_2: { kind: 'sending', sent: 1_200_000 },
          file_3: { kind: 'cut' },
          file_5: { kind: 'refused', because: 'ファイルの中身が種類と合いません' },
        },
        onAdd: nothing,
        onRemove: nothing,
      },
    }),
  'submit/attachments-check': () => submit({ step: 'check', draft: { ...draft, attachments } }),
  'submit/attachments-hostile': () =>
    submit({
      step: 'opinion',
      draft: { ...draft, attachments: attachments.map((one) => ({ ...one, name: everythingHostile })) },
    }),
  'submit/too-long': () => submit({ step: 'opinion', limit: 10 }),
  'submit/who-empty': () => submit({ step: 'who', draft: emptyDraft('case-01') }),
  'submit/who': () => submit({ step: 'who' }),
  'submit/who-group': () => submit({ step: 'who', draft: { ...draft, kind: 'GROUP' } }),
  'submit/check': () => submit({ step: 'check' }),
  'submit/confirm-email': () =>
    submit({ step: 'check', askForCode: async () => ({ kind: 'sent', minutes: 30 }) }),
  'submit/repeats-name': () =>
    submit({ step: 'check', draft: { ...draft, body: `山田花子です。${draft.body}` } }),
  'submit/closed-while-typing': () => submit({ step: 'check', over: true }),
  'submit/rate-limited': () => submit({ step: 'check', outcome: { kind: 'rateLimited' } }),
  'submit/refused': () =>
    submit({
      step: 'check',
      outcome: {
        kind: 'refused',
        refusal: {
          code: 'CASE_NOT_OPEN',
          message: { ja: '募集は終わりました。', en: 'The period is over.' },
        },
      },
    }),
  'submit/queued': () => submit({ step: 'done', outcome: { kind: 'noLine' } }),
  'submit/done': () => submit({ step: 'done', outcome: { kind: 'recorded', receipt, again: false } }),
  'submit/done-late': () =>
    submit({
      step: 'done',
      outcome: { kind: 'recorded', receipt: { ...receipt, late: true }, again: false },
    }),
  'submit/duplicate': () =>
    submit({
      step: 'done',
      outcome: { kind: 'recorded', receipt: { ...receipt, claim: undefined, proof: undefined }, again: true },
    }),
  'submit/hostile': () =>
    submit({
      step: 'check',
      draft: { ...draft, body: HOSTILE.long, familyName: everythingHostile, address: everythingHostile },
    }),
  'mine/none': () => (
    <MineScreen
      submissions={[]}
      waiting={[]}
      onSendNow={nothing}
      onTakeBack={nothing}
      onFind={async () => false}
    />
  ),
  'mine/some': () => (
    <MineScreen
      submissions={[mine, answered, { ...mine, id: 'w', state: 'WITHDRAWN' }]}
      waiting={[
        { id: '1', writtenAt: '2026-11-23T01:00:00Z', command: draft },
        {
          id: '2',
          writtenAt: '2026-11-23T01:00:00Z',
          command: draft,
          refusedBecause: { ja: '募集は終わりました。', en: 'The period is over.' },
        },
      ]}
      onSendNow={nothing}
      onTakeBack={nothing}
    />
  ),
  'my-submission/open': () => submission(mine, []),
  'my-submission/answered': () => submission(answered),
  'my-submission/attachments': () => submission({ ...mine, attachments: files }),
  'my-submission/replaced': () => submission({ ...mine, state: 'REPLACED', replacements: 1 }, [], true),
  'my-submission/withdrawn': () => submission({ ...mine, state: 'WITHDRAWN' }),
  'my-submission/hidden': () =>
    submission({ ...answered, hidden: { reason: '他人の個人情報が含まれるため', underAppeal: false } }),
  'my-submission/under-appeal': () =>
    submission({ ...answered, hidden: { reason: '広告', underAppeal: true } }),
  'my-submission/erasure-asked': () =>
    submission({ ...answered, erasureRequestedAt: '2026-11-23T05:00:00Z' }),
  'my-submission/erased': () => submission({ ...answered, body: undefined, erased: true }),
  'my-submission/hostile': () =>
    submission(
      { ...mine, body: everythingHostile },
      looks.map((look) => ({ ...look, reason: everythingHostile })),
    ),
  'statistics/years': () => <StatisticsScreen years={years} onYear={nothing} />,
  'statistics/nothing': () => (
    <StatisticsScreen
      years={years.map((one) => ({ ...NO_YEAR, fiscalYear: one.fiscalYear }))}
      onYear={nothing}
    />
  ),
  'result/changed': () => <ResultScreen data={result} onMore={nothing} />,
  'result/no-submissions': () => (
    <ResultScreen
      data={{
        ...result,
        outcome: 'ADOPTED_AS_DRAFTED',
        submissionCount: 0,
        itemCount: 0,
        items: [],
        changes: [],
        byCategory: [],
        byChannel: [],
        byWard: [],
      }}
    />
  ),
  'result/hostile': () => (
    <ResultScreen
      data={{
        ...result,
        reasons: HOSTILE.long,
        items: result.items.map((item) => ({
          ...item,
          summary: everythingHostile,
          response: everythingHostile,
        })),
        changes: result.changes.map((one) => ({
          ...one,
          after: everythingHostile,
          reason: everythingHostile,
        })),
      }}
    />
  ),
}
