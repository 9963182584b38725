import type { Bilingual } from '../../../frame/components'
import type { LocalDate } from '../../../frame/dates'
import type {
  CaseCard,
  Category,
  Channel,
  Material,
  Outcome,
  Passage,
  PolicyObjectKind,
  SubmitterKind,
} from '../model'

/** The city's text before it is published; the drafter writes it, somebody else publishes it. */
export type CaseDraft = {
  number: string
  title: Bilingual
  objectKind: PolicyObjectKind
  legalBasis: string
  bureau: string
  contact: string
  summary: Bilingual
  passages: Passage[]
  draftedOn: LocalDate
}

export type StaffCase = {
  card: CaseCard
  revision: number
  /** Whether the officer who looks wrote the latest draft, and so may not publish it. */
  draftedByMe: boolean
  draft: CaseDraft
  materials: Material[]
  /** It was declared that no public comment is held; perhaps that was published as well. */
  exemption?: { published: boolean } | undefined
  submissionCount: number
  itemCount: number
  unansweredCount: number
}

/** A document to be sent: a new one, or a new version of one that is there. */
export type NewMaterial = {
  material: string
  title: Bilingual
  file: File
  /** What was corrected, once the document is public. */
  note: string
  substantive: boolean
}

export type Duty = {
  id: string
  caseId: string
  title: Bilingual
  what: string
  dueOn: LocalDate
  overdue: boolean
}

export type Publication = {
  opensOn: LocalDate
  closesOn: LocalDate
  channels: Channel[]
  readingPlaces: string[]
  publicity: string[]
  resultMethod: string
  shorteningReason: string
}

export type Answer = { category: string; response: string }

export type QueueItem = {
  id: string
  summary: string
  answer?: Answer | undefined
  group?: string | undefined
}

export type QueueEntry = {
  submission: string
  receiptNumber: string
  channel: Channel
  receivedOn: LocalDate
  late: boolean
  withdrawn: boolean
  body: string
  /** How many files came with it. */
  files: number
  items: QueueItem[]
  /** All submissions that say the same or nearly, this one included; empty if it stands alone. */
  similar: readonly string[]
  screened?: 'AS_SUBMITTED' | 'REDACTED' | undefined
  hidden?: { reason: string; underAppeal: boolean } | undefined
}

/** A part of a submission, counted in characters (Unicode scalar values). */
export type Span = { from: number; to: number }
export type NewItem = Span & { summary: string; excerpt: string }

export type NewAnswer = { items: string[]; category: string; response: string; changedPolicy: boolean }

export type PaperEntry = {
  channel: Exclude<Channel, 'WEB'>
  receivedOn: LocalDate
  postmarkedOn: LocalDate | ''
  /** The key of the passage; empty for the whole draft. */
  passage: string
  body: string
  kind: SubmitterKind
  name: string
  kana: string
  address: string
  /** The code of the ward; empty if it is outside the city or not said. */
  ward: string
  contact: string
  declaresCitizen: boolean
}

/** A submission as somebody is shown it who acts for its submitter: without its words. */
export type CounterSubmission = {
  id: string
  receiptNumber: string
  position: number
  channel: Channel
  receivedOn: LocalDate
  replacements: number
  late: boolean
  withdrawn: boolean
  hidden?: { reason: string; underAppeal: boolean } | undefined
}

export type ChangeDraft = { passage: string; after: string; items: string[] }
/** An opinion whose answer says that it changed the policy; each has to lead to a change. */
export type ReflectedItem = { id: string; number: number; summary: string }

export type Decision = {
  outcome: Outcome | ''
  decidedOn: LocalDate
  changes: ChangeDraft[]
}

export const EXEMPTION_REASONS = [
  'URGENT',
  'MINOR',
  'NO_DISCRETION',
  'TAX_OR_FEE',
  'BUDGET_RELATED',
  'EQUIVALENT_PROCEDURE_DONE',
] as const
export type ExemptionReason = (typeof EXEMPTION_REASONS)[number]

export const REDACTION_REASONS = [
  'PERSONAL_DATA',
  'PERSONAL_DATA_OF_OTHERS',
  'DEFAMATION',
  'OBSCENITY',
  'THIRD_PARTY_INTEREST',
] as const
export type RedactionReason = (typeof REDACTION_REASONS)[number]

export const HIDING_REASONS = [
  'DEFAMATION',
  'PERSONAL_DATA_OF_OTHERS',
  'OBSCENITY',
  'ADVERTISING',
  'OFF_TOPIC',
  'HATRED',
] as const
export type HidingReason = (typeof HIDING_REASONS)[number]

/** The category that says that an opinion changed the policy; it is the first of every ordinance seen so far. */
export const isReflected = (category: string, categories: readonly Category[]) =>
  categories[0]?.code === category

/** What the approver adds to a decision to publish it: why, and how much of the opinions readers see. */
export type ResultPublication = {
  reasons: string
  changeReasons: { id: string; reason: string }[]
  summariesOnly: boolean
  /** Where the whole opinions can be read, if summaries stand in their place. */
  fullOpinionsAt: string
}
