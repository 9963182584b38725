import type {
  QueueQuery,
  ResultPreviewQuery,
  StaffCaseFragment,
  StaffCasesQuery,
} from '../../../generated/staff/graphql'
import type { Category, Material, PublishedItem, ResultView } from '../model'
import { readCard, readCase, readCategories, readCounts, readItem } from '../read'
import type { StaffRow } from './home'
import type { CaseDraft, Duty, QueueEntry, StaffCase } from './model'

type CaseNode = NonNullable<QueueQuery['publicCommentCase']>
export type PreviewNode = NonNullable<ResultPreviewQuery['publicCommentCase']>
type Row = StaffCasesQuery['publicCommentCases']['nodes'][number]

/** Before publication the title stands in the draft alone. */
export function readRow(node: Row): StaffRow {
  const card = readCard(node)
  const { draft, counts } = node
  return {
    ...card,
    ...(draft &&
      !node.title && {
        title: draft.title,
        number: draft.number,
        objectKind: draft.objectKind,
        bureau: draft.bureau,
      }),
    submissionCount: counts.submissionCount,
    unansweredCount: counts.itemCount - counts.answeredItemCount,
  }
}

export const EMPTY_DRAFT: CaseDraft = {
  number: '',
  title: { ja: '', en: '' },
  objectKind: 'PLAN',
  legalBasis: '',
  bureau: '',
  contact: '',
  summary: { ja: '', en: '' },
  passages: [{ passage: '1', heading: '', text: '' }],
  draftedOn: '',
}

export function readStaffCase(node: StaffCaseFragment): StaffCase {
  const view = readCase(node)
  const { draft } = node
  const content: CaseDraft = draft
    ? {
        ...draft,
        passages: draft.passages.map(({ key, heading, text }) => ({
          passage: key,
          heading: heading ?? undefined,
          text,
        })),
      }
    : { ...view, draftedOn: node.draftedOn ?? '' }
  const card =
    node.title || !draft ? readCard(node) : { ...readCard(node), title: draft.title, number: draft.number }
  return {
    card,
    revision: draft?.revision ?? 0,
    draftedByMe: draft?.writtenByViewer ?? false,
    draft: content,
    materials: node.phase === 'DRAFTING' ? readAttached(node.draftMaterials) : view.materials,
    exemption: node.exemption ? { published: Boolean(node.exemption.policyFixedOn) } : undefined,
    submissionCount: node.counts.submissionCount,
    itemCount: node.counts.itemCount,
    unansweredCount: node.counts.itemCount - node.counts.answeredItemCount,
  }
}

/** Documents beside a draft: what they are called as files is not said before publication. */
const readAttached = (nodes: StaffCaseFragment['draftMaterials']): Material[] =>
  nodes.map(({ id, version, title, path }) => ({
    id,
    version,
    title,
    href: path,
    name: '',
    mediaType: '',
    earlier: [],
  }))

/** `groups` are the submissions that say the same, as the city found them. */
export function readQueue(
  node: CaseNode,
  groups: readonly (readonly string[])[],
  hidingReason: (code: string) => string,
): QueueEntry[] {
  return node.submissions.nodes.map(
    (one): QueueEntry => ({
      submission: one.id,
      receiptNumber: one.receiptNumber ?? '',
      channel: one.channel,
      receivedOn: one.receivedOn,
      late: one.late !== null && one.late !== undefined,
      withdrawn: one.withdrawnAt !== null && one.withdrawnAt !== undefined,
      body: one.body.text ?? '',
      files: one.attachments.length,
      items: one.items.map(({ id, summary, category, response, group }) => ({
        id,
        summary: summary.text ?? '',
        answer: category && response ? { category, response: response.text.text ?? '' } : undefined,
        group: group?.id,
      })),
      similar: groups.find((group) => group.includes(one.id)) ?? [],
      screened: one.screened ? (one.redactions.length > 0 ? 'REDACTED' : 'AS_SUBMITTED') : undefined,
      hidden: one.hiding?.stays
        ? { reason: one.hiding.note ?? hidingReason(one.hiding.reason), underAppeal: one.hiding.appealed }
        : undefined,
    }),
  )
}

export const categoriesOf = (node: StaffCaseFragment): Category[] => readCategories(node.call?.categories)

/** What has a date: periods that end, and cases that wait for the city. */
export function dutiesOf(rows: readonly StaffRow[], today: string, words: Record<string, string>): Duty[] {
  return rows.flatMap((row): Duty[] => {
    const { id, title, state, closesOn } = row
    if (!closesOn) return []
    const duty = (what: string, overdue: boolean): Duty => ({
      id: `${id}-${what}`,
      caseId: id,
      title,
      what,
      dueOn: closesOn,
      overdue,
    })
    if (state === 'OPEN') return [duty(words.CASE_CLOSED ?? '', false)]
    if (state === 'CLOSED') return [duty(words.REVIEW_STARTED ?? '', today > closesOn)]
    if (state === 'UNDER_REVIEW' || state === 'DECIDED')
      return [duty(words.RESULTS_PUBLISHED ?? '', today > closesOn)]
    return []
  })
}

/** The result as it would be published now; wards and kinds of submitters are counted at publication. */
export function previewOf(
  node: PreviewNode,
  today: string,
  hidingReason: (code: string) => string,
): ResultView {
  const { decision } = node
  const before = (key: string) => node.passages.find((one) => one.key === key)?.text ?? ''
  return {
    ...readCounts(node),
    case: readCard(node),
    outcome: decision?.outcome ?? 'ADOPTED_AS_DRAFTED',
    reasons: '',
    changes: (decision?.changes ?? []).map(({ id, passage, text, items }) => ({
      id,
      passage,
      before: before(passage),
      after: text,
      reason: '',
      itemCount: items.length,
    })),
    publishedOn: today,
    byWard: [],
    bySubmitterKind: [],
    categories: readCategories(node.call?.categories),
    items: previewItems(node, hidingReason),
    moreItems: node.items.pageInfo.hasNextPage,
    summariesOnly: false,
  }
}

export const previewItems = (node: PreviewNode, hidingReason: (code: string) => string): PublishedItem[] =>
  node.items.nodes.map((item) => {
    const { screened, redactions } = item.submission
    const shown = readItem(item, hidingReason)
    // Blotted out, an opinion is published without its files.
    const files = screened && redactions.length === 0 ? shown.files : []
    return { ...shown, files: files.map(({ about }) => ({ about })) }
  })
