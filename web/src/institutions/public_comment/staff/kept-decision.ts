import * as v from 'valibot'
import { keep, kept } from '../../../frame/device-store'
import type { Decision } from './model'

const changeSchema = v.object({
  id: v.string(),
  passage: v.string(),
  before: v.string(),
  after: v.string(),
  reason: v.string(),
})
const decisionSchema = v.object({
  outcome: v.picklist(['ADOPTED_AS_DRAFTED', 'ADOPTED_WITH_CHANGES', 'WITHDRAWN']),
  reasons: v.string(),
  changes: v.array(changeSchema),
})

/** What was decided and why, from the record of the decision until the result is published. */
export type KeptDecision = v.InferOutput<typeof decisionSchema>

const keyOf = (caseId: string) => `decision/${caseId}`

export const keepDecision = (caseId: string, decision: KeptDecision) =>
  keep('drafts', keyOf(caseId), decision)

export async function keptDecision(caseId: string): Promise<KeptDecision | undefined> {
  const result = v.safeParse(decisionSchema, await kept('drafts', keyOf(caseId)))
  return result.success ? result.output : undefined
}

export const isDecided = (decision: Decision): decision is Decision & { outcome: KeptDecision['outcome'] } =>
  decision.outcome !== ''
