import type { StatisticsMessages } from './statistics-index'

const en: StatisticsMessages = {
  title: 'Statistics by fiscal year',
  lead: 'How many public comments were held in a fiscal year (1 April to 31 March). Submissions and the points made in them are counted apart and never added to each other.',
  year: 'Fiscal year',
  show: 'Show',
  yearName: (year) => `FY ${year}`,
  badYear: 'Write the year with four digits',
  submissions: 'Submissions to public comments whose results were published',
  items: 'Points made in public comments whose results were published',
  cases: 'Public comments begun',
  results: 'Results published',
  changed: 'of these, with changes to the draft',
  abandoned: 'Abandoned',
  changedItems: 'Points that led to a change',
  caseUnit: (n) => n.toLocaleString('en'),
  submissionUnit: (n) => n.toLocaleString('en'),
  exemptions: 'Reasons why no public comment was held',
  noExemptions: 'There was no exemption in this year.',
  reasons: {
    URGENT: 'urgent',
    MINOR: 'minor',
    NO_DISCRETION: 'no discretion',
    TAX_OR_FEE: 'tax or fee',
    BUDGET_RELATED: 'budget',
    EQUIVALENT_PROCEDURE_DONE: 'held elsewhere',
  },
  nothing: 'Nothing is recorded for this year yet.',
}

export default en
