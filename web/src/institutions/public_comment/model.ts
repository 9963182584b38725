import type { Opening } from '../../audit/proof/commitment'
import type { Bilingual } from '../../frame/components'
import type { LocalDate } from '../../frame/dates'

/** What the screens of the public comment show. The gateway's answers are read into these shapes in one place. */

export const CASE_STATES = [
  'DRAFTING',
  'OPEN',
  'CLOSED',
  'UNDER_REVIEW',
  'DECIDED',
  'RESULT_PUBLISHED',
  'EXEMPTED',
  'ABANDONED',
] as const
export type CaseState = (typeof CASE_STATES)[number]

export const OBJECT_KINDS = ['PLAN', 'ORDINANCE', 'REVIEW_STANDARD', 'DISPOSITION_STANDARD', 'OTHER'] as const
export type PolicyObjectKind = (typeof OBJECT_KINDS)[number]

export const CHANNELS = ['WEB', 'EMAIL', 'FAX', 'POST', 'IN_PERSON'] as const
export type Channel = (typeof CHANNELS)[number]

export const SUBMITTER_KINDS = ['INDIVIDUAL', 'CORPORATION', 'GROUP'] as const
export type SubmitterKind = (typeof SUBMITTER_KINDS)[number]

export const OUTCOMES = ['ADOPTED_AS_DRAFTED', 'ADOPTED_WITH_CHANGES', 'WITHDRAWN'] as const
export type Outcome = (typeof OUTCOMES)[number]

export type CaseCard = {
  id: string
  number: string
  title: Bilingual
  state: CaseState
  objectKind: PolicyObjectKind
  bureau: string
  opensOn?: LocalDate | undefined
  closesOn?: LocalDate | undefined
}

export type Passage = { passage: string; heading?: string | undefined; text: string }

export type Material = {
  id: string
  title: Bilingual
  version: number
  name: string
  mediaType: string
  /** In bytes; unknown before publication. */
  size?: number | undefined
  href: string
  correction?: { note: string; substantive: boolean } | undefined
  /** The versions before it, the newest first. */
  earlier: { version: number; name: string; href: string }[]
}

export type TimelineEntry = { kind: string; on: LocalDate; position: number }

export type CaseView = CaseCard & {
  summary: Bilingual
  legalBasis: string
  contact: string
  passages: Passage[]
  materials: Material[]
  channels: Channel[]
  readingPlaces: string[]
  publicity: string[]
  resultMethod: string
  postRule: 'POSTMARK' | 'ARRIVAL'
  ordinance: string
  submissionCount: number
  timeline: TimelineEntry[]
  shortened?: string | undefined
  extended?: { from: LocalDate; reason: string } | undefined
  abandoned?: { reason: string; newProcedure: boolean } | undefined
  exempted?: { code: string; reason: string } | undefined
}

export type Category = { code: string; name: Bilingual }

/** A file that came with an opinion: where it is, and what the city says of it, if it may or still can. */
export type AttachedFile = { href: string; about?: { name: string; size: number } | undefined }

/** The same as everybody reads it; before the publication it is nowhere yet. */
export type PublishedFile = Partial<AttachedFile>

/** An opinion as the public reads it once the result is published. */
export type PublishedItem = {
  id: string
  summary: string
  category: string
  response: string
  changedPolicy: boolean
  passage?: string | undefined
  ward?: string | undefined
  position?: number | undefined
  similar: number
  files: readonly PublishedFile[]
  hidden?: { reason: string; note?: string | undefined; underAppeal: boolean } | undefined
}

export type Change = {
  id: string
  passage: string
  before?: string | undefined
  after?: string | undefined
  reason: string
  itemCount: number
}

export type Count = { key: string; name: string; count: number }

export type ResultView = {
  case: CaseCard
  outcome: Outcome
  publishedOn: LocalDate
  reasons: string
  submissionCount: number
  itemCount: number
  withdrawnCount: number
  lateCount: number
  hiddenCount: number
  byChannel: Count[]
  byCategory: Count[]
  byWard: Count[]
  bySubmitterKind: Count[]
  categories: Category[]
  items: PublishedItem[]
  moreItems: boolean
  changes: Change[]
  summariesOnly: boolean
  /** Where the whole opinions can be read, if summaries stand in their place. */
  fullOpinionsAt?: string | undefined
}

export const SUBMISSION_STATES = ['SUBMITTED', 'REPLACED', 'WITHDRAWN', 'LATE', 'ANSWERED'] as const
export type SubmissionState = (typeof SUBMISSION_STATES)[number]

export type MySubmission = {
  id: string
  receiptNumber: string
  position: number
  case: CaseCard
  state: SubmissionState
  submittedAt: string
  body: string | undefined
  attachments: AttachedFile[]
  replacements: number
  /** The text was erased, as the submitter asked or the retention period ran out. */
  erased: boolean
  /** When the submitter asked for the erasure, if that is so. */
  erasureRequestedAt?: string | undefined
  items: { id: string; summary: string; category: Category; response: string; changes: Change[] }[]
  hidden?: { reason: string; underAppeal: boolean } | undefined
}

export type Look = { at: string; role: string; reason: string; fields: string[]; position: number }

/** What the page has in hand after a submission was recorded. */
export type Receipt = {
  receiptNumber: string
  submissionId: string
  caseTitle: Bilingual
  position: number
  recordedAt: string
  legalDate: LocalDate
  /** It came after the deadline: it is kept, but does not count as a submitted opinion. */
  late: boolean
  /** The secret with which a submitter without an account returns; it is shown once. */
  claim?: string | undefined
  /** In base64: the event as it was recorded, byte for byte. */
  leaf: string
  /** What opens the sealed texts of the leaf. */
  openings: readonly Opening[]
  /** The tlog-proof, once the checkpoint that covers the position is signed. */
  proof?: string | undefined
}

/** Why something was not taken; without a code where no rule says so. */
export type Refusal = { code: string; message: Bilingual }
