import { wardName } from '../../frame/chart/ward-codes'
import type {
  CaseCardFragment,
  CaseDetailFragment,
  CaseResultFragment,
  ChangesFragment,
  MySubmissionFragment,
} from '../../generated/graphql'
import type {
  AttachedFile,
  CaseCard,
  CaseView,
  Category,
  Change,
  Material,
  MySubmission,
  PublishedItem,
  Refusal,
  ResultView,
  SubmissionState,
} from './model'

/** The one place where answers of the gateway become what the screens show. */

const present = (text: string | null | undefined) => text ?? undefined

export function readCard(node: CaseCardFragment): CaseCard {
  const title = node.title ?? node.abandonment?.title ?? node.exemption?.title
  return {
    id: node.id,
    number: node.number ?? '',
    title: title ?? { ja: node.id },
    state: node.phase,
    objectKind: node.objectKind ?? 'OTHER',
    bureau: node.bureau ?? '',
    opensOn: present(node.call?.opensOn),
    closesOn: present(node.call?.closesOn),
  }
}

export function readCase(node: CaseDetailFragment): CaseView {
  const { call } = node
  const extension = call?.extensions.at(-1)
  return {
    ...readCard(node),
    summary: node.summary ?? { ja: '' },
    legalBasis: node.legalBasis ?? '',
    contact: node.contact ?? '',
    passages: node.passages.map(({ key, heading, text }) => ({
      passage: key,
      heading: present(heading),
      text,
    })),
    materials: readMaterials(node.materials),
    channels: [...(call?.channels ?? [])],
    readingPlaces: [...(call?.readingPlaces ?? [])],
    publicity: [...(call?.publicity ?? [])],
    resultMethod: call?.resultMethod ?? '',
    postRule: call?.postRule ?? 'POSTMARK',
    ordinance: call?.ordinanceVersion ?? '',
    submissionCount: node.counts.submissionCount,
    timeline: node.milestones.map(({ kind, legalDate, position }) => ({
      kind: kind.toUpperCase(),
      on: legalDate,
      position,
    })),
    shortened: present(call?.shortenedBecause),
    extended: call && extension ? { from: call.firstClosesOn, reason: extension.reason } : undefined,
    abandoned: node.abandonment
      ? { reason: node.abandonment.reason, newProcedure: node.abandonment.newProcedure }
      : undefined,
    exempted: node.exemption ? { code: node.exemption.code, reason: node.exemption.reason ?? '' } : undefined,
  }
}

/** Documents in their newest version, in the order of the first one. */
function readMaterials(versions: CaseDetailFragment['materials']): Material[] {
  return [...new Set(versions.map(({ id }) => id))].flatMap((id) => {
    const [newest, ...earlier] = versions.filter((one) => one.id === id).sort((a, b) => b.version - a.version)
    if (!newest) return []
    const { version, title, fileName, mediaType, size, path, note, substantive } = newest
    return {
      id,
      title,
      version,
      name: fileName,
      mediaType,
      size: Number(size),
      href: path,
      correction: note ? { note, substantive } : undefined,
      earlier: earlier.map((one) => ({ version: one.version, name: one.fileName, href: one.path })),
    }
  })
}

type CategoryNode = { code: string; label: { ja: string; en?: string | null } }
export const readCategories = (nodes: readonly CategoryNode[] | undefined): Category[] =>
  (nodes ?? []).map(({ code, label }) => ({ code, name: label }))

const readChange = ({
  id,
  passage,
  before,
  after,
  reason,
  items,
}: ChangesFragment['changes'][number]): Change => ({
  id,
  passage,
  before: present(before),
  after: present(after),
  reason,
  itemCount: items.length,
})

/** `hidingReason` says in the reader's language why something is not shown. */
export function readResult(
  node: CaseResultFragment,
  earlier: readonly PublishedItem[],
  words: { hidingReason: (code: string) => string; other: string; kind: (code: string) => string },
): ResultView | undefined {
  const { result } = node
  if (!result) return undefined
  return {
    ...readCounts(node),
    case: readCard(node),
    outcome: result.outcome,
    publishedOn: result.publishedOn,
    reasons: result.reasons,
    byWard: result.byWard.map(({ wardCode, submissionCount }) => ({
      key: wardCode ?? 'OTHER',
      name: wardCode ? wardName(wardCode) : words.other,
      count: submissionCount,
    })),
    bySubmitterKind: result.bySubmitterKind.map(({ kind, submissionCount }) => ({
      key: kind ?? 'OTHER',
      name: kind ? words.kind(kind) : words.other,
      count: submissionCount,
    })),
    categories: readCategories(node.call?.categories),
    items: [...earlier, ...node.items.nodes.map((item) => readItem(item, words.hidingReason))],
    moreItems: node.items.pageInfo.hasNextPage,
    changes: result.changes.map(readChange),
    summariesOnly: result.summariesOnly,
    fullOpinionsAt: present(result.fullOpinionsAt),
  }
}

/** The numbers of the whole case, however few of its items are on the page. */
export const readCounts = ({ counts }: Pick<CaseResultFragment, 'counts'>) => ({
  submissionCount: counts.submissionCount,
  itemCount: counts.itemCount,
  withdrawnCount: counts.withdrawnCount,
  lateCount: counts.lateCount,
  hiddenCount: counts.hiddenCount,
  byChannel: counts.byChannel.map(({ channel, submissionCount }) => ({
    key: channel,
    name: channel,
    count: submissionCount,
  })),
  byCategory: counts.byCategory.map(({ category, itemCount }) => ({
    key: category,
    name: category,
    count: itemCount,
  })),
})

type FileNode = { path: string; fileName?: string | null; size?: string | null }
export const readFile = ({ path, fileName, size }: FileNode): AttachedFile => ({
  href: path,
  about: fileName ? { name: fileName, size: Number(size) } : undefined,
})

export function readItem(
  item: CaseResultFragment['items']['nodes'][number],
  hidingReason: (code: string) => string,
): PublishedItem {
  const { hiding, position, attachments } = item.submission
  return {
    id: item.id,
    summary: item.summary.text ?? '',
    category: item.category ?? '',
    response: item.response?.text.text ?? '',
    changedPolicy: item.changedPolicy,
    position,
    similar: item.group?.itemCount ?? 1,
    files: attachments.map(readFile),
    hidden: hiding?.stays
      ? { reason: hiding.note ?? hidingReason(hiding.reason), underAppeal: hiding.appealed }
      : undefined,
  }
}

function submissionState(node: MySubmissionFragment): SubmissionState {
  if (node.withdrawnAt) return 'WITHDRAWN'
  if (node.late) return 'LATE'
  if (node.items.some(({ response }) => response?.text.text)) return 'ANSWERED'
  return node.replacements > 0 ? 'REPLACED' : 'SUBMITTED'
}

export function readSubmission(
  node: MySubmissionFragment,
  hidingReason: (code: string) => string,
): MySubmission {
  const categories = readCategories(node.case.call?.categories)
  const changes = node.case.result?.changes ?? []
  return {
    id: node.id,
    receiptNumber: node.receiptNumber ?? '',
    position: node.position,
    case: readCard(node.case),
    state: submissionState(node),
    submittedAt: node.recordedAt,
    body: present(node.body.text),
    attachments: node.attachments.map(readFile),
    replacements: node.replacements,
    erased: node.body.state === 'ERASED',
    erasureRequestedAt: present(node.erasureRequestedAt),
    items: node.items.flatMap(({ id, summary, category, response }) =>
      response?.text.text
        ? [
            {
              id,
              summary: summary.text ?? '',
              category: categories.find(({ code }) => code === category) ?? {
                code: category ?? '',
                name: { ja: '' },
              },
              response: response.text.text,
              changes: changes.filter((change) => response.changes.includes(change.id)).map(readChange),
            },
          ]
        : [],
    ),
    hidden: node.hiding?.stays
      ? { reason: node.hiding.note ?? hidingReason(node.hiding.reason), underAppeal: node.hiding.appealed }
      : undefined,
  }
}

type RefusalNode = { code: string; messageJa: string; messageEn: string }
export const readRefusal = ({ code, messageJa, messageEn }: RefusalNode): Refusal => ({
  code,
  message: { ja: messageJa, en: messageEn },
})
