import type { OperationResult, TypedDocumentNode } from '@urql/core'
import { client } from '../../../frame/api'
import { ulid } from '../../../frame/ulid'
import { readRefusal } from '../read'
import type { Outcome } from './notice'

type Payload = {
  __typename?: string
  position?: number | null
  code?: string
  messageJa?: string
  messageEn?: string
}

/** What a mutation answered: every one has a single field, a union of its payload and `Refusal`. */
export function outcomeOf<D extends object>(result: OperationResult<D>): Outcome {
  const answer = Object.entries(result.data ?? {}).find(([name]) => name !== '__typename')?.[1] as
    | Payload
    | undefined
  if (answer?.__typename === 'Refusal')
    return {
      kind: 'refused',
      refusal: readRefusal({
        code: answer.code ?? '',
        messageJa: answer.messageJa ?? '',
        messageEn: answer.messageEn ?? '',
      }),
    }
  if (answer) return { kind: 'recorded', position: answer.position ?? undefined }
  // Where nobody has answered, the browser's own words help nobody.
  const words = result.error?.graphQLErrors[0]?.message ?? ''
  return { kind: 'refused', refusal: { code: '', message: { ja: words, en: words } } }
}

/** Sends a command with an id of its own. */
export async function act<D extends object, I extends { commandId: string }>(
  document: TypedDocumentNode<D, { input: I }>,
  input: Omit<I, 'commandId'>,
  commandId = ulid(),
): Promise<{ outcome: Outcome; data: D | undefined }> {
  const result = await client
    .mutation<D, { input: I }>(document, { input: { ...input, commandId } as I })
    .toPromise()
  return { outcome: outcomeOf(result), data: result.data }
}
