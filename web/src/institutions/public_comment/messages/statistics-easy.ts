import type { StatisticsMessages } from './statistics-index'

const easy: StatisticsMessages = {
  title: '年度ごとの 数',
  lead: '市が 意見を 聞いた 数です。年度は 4月1日から 次の 年の 3月31日までです。',
  year: '年度',
  show: '見る',
  yearName: (year) => `${year}年度`,
  badYear: '2026のように 数字で 書いて ください',
  submissions: '届いた 数',
  items: '意見の 数',
  cases: '意見を 聞いた 案',
  results: '結果を 出した 案',
  changed: '意見で 変わった 案',
  abandoned: 'やめた 案',
  changedItems: '案を 変えた 意見',
  caseUnit: (n) => `${n.toLocaleString('ja')}件`,
  submissionUnit: (n) => `${n.toLocaleString('ja')}通`,
  exemptions: '意見を 聞かなかった 理由',
  noExemptions: 'ありません。',
  reasons: {
    URGENT: '急いで 決めた',
    MINOR: '小さな こと',
    NO_DISCRETION: '市が 選べない',
    TAX_OR_FEE: '税や 料金',
    BUDGET_RELATED: '予算',
    EQUIVALENT_PROCEDURE_DONE: 'ほかで 聞いた',
  },
  nothing: 'まだ ありません。',
}

export default easy
