import { type Draft, emptyDraft } from '../institutions/public_comment/citizen/submit/draft'
import type {
  AttachedFile,
  CaseCard,
  CaseView,
  Category,
  Look,
  MySubmission,
  Receipt,
  ResultView,
} from '../institutions/public_comment/model'

/** A made-up city, in the words that a real one would use. */
export const TODAY = '2026-11-23'

export const card: CaseCard = {
  id: 'case-01',
  number: '2026-07',
  title: { ja: '歩いて楽しい駅前計画（素案）', en: 'Walkable station square plan (draft)' },
  state: 'OPEN',
  objectKind: 'PLAN',
  bureau: 'まちづくり局 計画課',
  opensOn: '2026-11-10',
  closesOn: '2026-12-21',
}

export const openCase: CaseView = {
  ...card,
  summary: {
    ja: '駅前広場の歩道を広げ、バス停と自転車置き場の場所を見直す計画です。',
    en: 'The plan widens the pavements of the station square and moves bus stops and bicycle stands.',
  },
  legalBasis: '自治基本条例第30条',
  contact: 'まちづくり局 計画課（電話 044-000-0000）',
  passages: [
    {
      passage: '1',
      heading: '目的',
      text: 'この計画は、駅前を歩く人が安全で快適に過ごせるようにすることを目的とする。',
    },
    {
      passage: '2',
      heading: '歩道の幅',
      text: '駅前広場に面する歩道の幅は、4メートル以上とする。\n車いすがすれ違えるようにする。',
    },
    { passage: '3', heading: '自転車', text: '自転車置き場は、広場の北側に集める。' },
  ],
  materials: [
    {
      id: 'm1',
      title: { ja: '素案の全文' },
      version: 1,
      name: 'draft.pdf',
      mediaType: 'application/pdf',
      size: 1_258_291,
      href: '/files/m1',
      earlier: [],
    },
    {
      id: 'm2',
      title: { ja: '交通量調査' },
      version: 2,
      name: 'traffic.xlsx',
      mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      size: 40_200,
      href: '/files/m2',
      correction: { note: '表2の数字を訂正しました。', substantive: false },
      earlier: [{ version: 1, name: 'traffic.xlsx', href: '/files/m2-1' }],
    },
  ],
  channels: ['WEB', 'EMAIL', 'FAX', 'POST', 'IN_PERSON'],
  readingPlaces: ['各区役所', '市役所 情報公開コーナー'],
  publicity: ['市のホームページ', '広報紙 11月号'],
  resultMethod: '市のホームページと区役所で公表します。',
  postRule: 'POSTMARK',
  ordinance: 'kawasaki2009/1',
  submissionCount: 214,
  timeline: [
    { kind: 'CASE_DRAFTED', on: '2026-10-01', position: 12 },
    { kind: 'CASE_PUBLISHED', on: '2026-11-10', position: 31 },
  ],
}

export const decidedCard: CaseCard = {
  ...card,
  id: 'case-00',
  number: '2026-03',
  title: { ja: '図書館の開館時間についての計画（素案）', en: 'Library opening hours (draft)' },
  state: 'RESULT_PUBLISHED',
  opensOn: '2026-05-01',
  closesOn: '2026-06-01',
}

export const categories: Category[] = [
  { code: 'A', name: { ja: '計画に反映したもの', en: 'Reflected in the plan' } },
  { code: 'B', name: { ja: '案の趣旨に沿うもの', en: 'Already covered by the draft' } },
  { code: 'C', name: { ja: '今後の参考とするもの', en: 'For future reference' } },
  { code: 'D', name: { ja: '質問や要望に説明するもの', en: 'Explained' } },
  { code: 'E', name: { ja: 'その他', en: 'Other' } },
]

const change = {
  id: 'ch1',
  passage: '2',
  before: '開館時間は午前9時から午後7時までとする。',
  after: '開館時間は午前9時から午後8時までとし、金曜日は午後9時までとする。',
  reason: '仕事の帰りに使いたいという意見が多かったため。',
  itemCount: 41,
}

/** Nothing is said of the second, which was erased. */
export const files: AttachedFile[] = [
  { href: '/files/file_1', about: { name: '添付1.pdf', size: 1_258_291 } },
  { href: '/files/file_2' },
]

export const result: ResultView = {
  case: decidedCard,
  outcome: 'ADOPTED_WITH_CHANGES',
  publishedOn: '2026-09-15',
  reasons: '利用者の意見を受けて、平日の夜の時間を延ばしました。',
  submissionCount: 163,
  itemCount: 240,
  withdrawnCount: 4,
  lateCount: 2,
  hiddenCount: 1,
  byChannel: [
    { key: 'WEB', name: '', count: 121 },
    { key: 'EMAIL', name: '', count: 22 },
    { key: 'POST', name: '', count: 15 },
    { key: 'FAX', name: '', count: 5 },
  ],
  byCategory: [
    { key: 'A', name: 'A', count: 41 },
    { key: 'B', name: 'B', count: 77 },
    { key: 'C', name: 'C', count: 60 },
    { key: 'D', name: 'D', count: 50 },
    { key: 'E', name: 'E', count: 12 },
  ],
  byWard: [
    { key: '川崎区', name: '川崎区', count: 20 },
    { key: '幸区', name: '幸区', count: 35 },
    { key: '中原区', name: '中原区', count: 41 },
    { key: '麻生区', name: '麻生区', count: 19 },
    { key: 'OTHER', name: 'その他', count: 48 },
  ],
  bySubmitterKind: [
    { key: 'INDIVIDUAL', name: '個人', count: 150 },
    { key: 'GROUP', name: '団体', count: 13 },
  ],
  categories,
  items: [
    {
      id: 'i1',
      summary: '仕事のあとに行けるように、夜も開けてほしい。',
      category: 'A',
      response: 'ご意見を受けて、閉館を午後8時に改めました。',
      changedPolicy: true,
      passage: '2',
      ward: '中原区',
      position: 120,
      similar: 41,
      files,
    },
    {
      id: 'i2',
      summary: '静かな席を増やしてほしい。',
      category: 'C',
      response: '今後の改修の参考とします。',
      changedPolicy: false,
      similar: 1,
      files: [],
      position: 121,
    },
    {
      id: 'i3',
      summary: '',
      category: 'E',
      response: '本件とは関わりのない内容です。',
      changedPolicy: false,
      similar: 1,
      files: [],
      hidden: { reason: '他人の個人情報', underAppeal: true },
    },
  ],
  moreItems: true,
  changes: [change],
  summariesOnly: true,
  fullOpinionsAt: '環境局の窓口',
}

export const draft: Draft = {
  ...emptyDraft('case-01', '2'),
  commandId: '01JBDRAFT0000000000000000A',
  writtenAt: '2026-11-22T09:30:00Z',
  body: '歩道は4メートルでは狭いと思います。ベビーカーと車いすがすれ違えません。',
  kind: 'INDIVIDUAL',
  familyName: '山田',
  givenName: '花子',
  familyKana: 'ヤマダ',
  givenKana: 'ハナコ',
  address: '中原区1-2-3',
  ward: '141330',
  contact: 'hanako@example.jp',
}

export const receipt: Receipt = {
  receiptNumber: 'K7QM-2X9D',
  submissionId: 'sub-1',
  caseTitle: card.title,
  position: 4211,
  recordedAt: '2026-11-23T01:02:03Z',
  legalDate: '2026-11-23',
  late: false,
  claim: 'wide-river-1234-plum',
  leaf: 'e30=',
  openings: [],
  proof: 'c2sp.org/tlog-proof@v1\n',
}

export const mine: MySubmission = {
  id: 'sub-1',
  receiptNumber: 'K7QM-2X9D',
  position: 4211,
  case: card,
  state: 'SUBMITTED',
  submittedAt: '2026-11-23T01:02:03Z',
  body: draft.body,
  attachments: [],
  replacements: 0,
  erased: false,
  items: [],
}

export const answered: MySubmission = {
  ...mine,
  id: 'sub-0',
  receiptNumber: '3VAH-T0PB',
  case: decidedCard,
  state: 'ANSWERED',
  items: [
    {
      id: 'i1',
      summary: '夜も開けてほしい。',
      category: categories[0] as Category,
      response: '午後8時までに改めました。',
      changes: [change],
    },
  ],
}

export const looks: Look[] = [
  {
    at: '2026-11-23T04:00:00Z',
    role: 'bureau_officer',
    reason: '内容の問い合わせのため',
    fields: ['CONTACT'],
    position: 4300,
  },
]

/** Texts made to break a page. None of them may run, reorder its surroundings or leave its box. */
export const HOSTILE = {
  markup: '<script>window.broken = true</script><img src=x onerror="window.broken = true"><b>太字</b>',
  bidi: '\u202Eこれは逆さに見えます\u202C \u2067右から\u2069 \u200F終わり',
  stacked: `Z${'\u0310\u0301\u0334'.repeat(40)}A${'\u0489'.repeat(60)}L`,
  long: '長'.repeat(200) + 'W'.repeat(10_000),
  controls: 'a\u0000b\u0007c\u001bd',
  formula: '=HYPERLINK("https://example.com","押して")',
} as const

/** All kinds at once, for every field of a screen; the whole length of the long word stands in one field a screen. */
export const everythingHostile = Object.values({ ...HOSTILE, long: HOSTILE.long.slice(0, 700) }).join('\n')
