import {
  Client,
  type CombinedError,
  type Exchange,
  makeOperation,
  mapExchange,
  type OperationResult,
} from '@urql/core'
import { makeFetchOptions, makeFetchSource } from '@urql/core/internal'
import { cacheExchange } from '@urql/exchange-graphcache'
import { filter, mergeMap, pipe, takeUntil } from 'wonka'
import { accessToken } from './session'
import type { Answer, Trouble } from './states'

/** Types without an id live inside their parents. */
const EMBEDDED = [
  'Abandonment',
  'AnswerHit',
  'Bilingual',
  'Call',
  'CaseHit',
  'CategoryCount',
  'ChannelCount',
  'CityResponse',
  'Decision',
  'Draft',
  'DraftMaterial',
  'DueForErasure',
  'DueForErasures',
  'DuplicateGroup',
  'ErasureRequest',
  'Exemption',
  'ExemptionCount',
  'GuardedText',
  'Hiding',
  'Kept',
  'ItemHit',
  'Material',
  'MaterialHit',
  'Milestone',
  'Opening',
  'OpinionHit',
  'OpinionItemConnection',
  'OrdinanceVersion',
  'Passage',
  'PassageHit',
  'PeriodExtension',
  'PersonalDataLook',
  'PolicyChange',
  'PublicCommentCaseConnection',
  'PublicCommentCounts',
  'PublicCommentResult',
  'PublicCommentStatistics',
  'ResponseCategory',
  'SearchExcerpt',
  'SearchHitConnection',
  'SearchHitEdge',
  'SearchMark',
  'SubmissionConnection',
  'SubmitterKindCount',
  'ViewerInfo',
  'WardCount',
]

/** Notes the id under which the server knows the document, before the cache rewrites it. */
const trustedDocuments = mapExchange({
  onOperation(operation) {
    const documentId = (operation.query as { __meta__?: { hash: string } }).__meta__?.hash
    return makeOperation(operation.kind, operation, { ...operation.context, documentId })
  },
})

/** Sends document ids: the page never sends a query that the server did not see at build time. */
const fetchTrusted: Exchange = () => (operations$) =>
  pipe(
    operations$,
    filter(({ kind }) => kind !== 'teardown'),
    mergeMap((operation) => {
      const { documentId } = operation.context as { documentId?: string }
      const body = { documentId, variables: operation.variables }
      const cancelled = pipe(
        operations$,
        filter(({ kind, key }) => kind === 'teardown' && key === operation.key),
      )
      const request = { ...makeFetchOptions(operation), method: 'POST', body: JSON.stringify(body) }
      return pipe(makeFetchSource(operation, operation.context.url, request), takeUntil(cancelled))
    }),
  )

const options = {
  url: '/graphql',
  fetchOptions: (): RequestInit => {
    const token = accessToken()
    return {
      credentials: 'omit',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
    }
  },
}

const makeCache = () =>
  cacheExchange({ keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])) })

/** The present, in a normalised cache. */
export const client = new Client({ ...options, exchanges: [trustedDocuments, makeCache(), fetchTrusted] })

/** The past must never be taken for the present, so it is not kept at all. */
export const pastClient = new Client({ ...options, exchanges: [trustedDocuments, fetchTrusted] })

const TROUBLES: Record<string, Trouble> = {
  UNAUTHENTICATED: { kind: 'signIn' },
  FORBIDDEN: { kind: 'forbidden' },
  NOT_FOUND: { kind: 'notFound' },
  RATE_LIMITED: { kind: 'rateLimited' },
}

/** What an error means for the reader. */
export function troubleOf(error: CombinedError): Trouble {
  const [first] = error.graphQLErrors
  if (!first) return error.networkError && !error.response ? { kind: 'offline' } : { kind: 'error' }
  const { code, requestId } = first.extensions as { code?: string; requestId?: string }
  return TROUBLES[code ?? ''] ?? { kind: 'error', requestId }
}

/** The state of a query, ready for `Loaded`. `read` gives nothing where the thing asked for does not exist. */
export function answerOf<D, V>(
  result: { data?: D | undefined; error?: CombinedError | undefined; stale: boolean },
  read: (data: D) => V | null | undefined,
): Answer<V> {
  if (result.data !== undefined && result.data !== null) {
    const data = read(result.data)
    if (data !== null && data !== undefined)
      return { state: 'ready', data, stale: result.stale, partial: result.error !== undefined }
  }
  if (result.error) return { state: 'trouble', trouble: troubleOf(result.error) }
  return result.data ? { state: 'trouble', trouble: { kind: 'notFound' } } : { state: 'loading' }
}

/** Whether the answer says nothing about what the server did: the line broke before or after. */
export const lineBroke = (result: OperationResult) =>
  result.error !== undefined && result.error.graphQLErrors.length === 0
