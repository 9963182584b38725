import { useQuery } from 'urql'
import * as v from 'valibot'
import { OrdinanceInForceDocument } from '../../../generated/staff/graphql'
import { EXEMPTION_REASONS, type ExemptionReason } from './model'

/** What the office's screens must know of the ordinance before they ask; the rules themselves are the city's. */
export type Ordinance = {
  minPeriodDays: number
  /** Whether a last day that is a holiday moves to the next working day. */
  rollsOver: boolean
  exemptions: readonly ExemptionReason[]
}

const parametersSchema = v.object({
  min_period_days: v.number(),
  deadline_rolls_over: v.optional(v.boolean(), false),
  exemptions: v.array(v.string()),
})

/** As ordinances of this kind have it, until the one in force is known. */
const USUAL: Ordinance = { minPeriodDays: 30, rollsOver: true, exemptions: EXEMPTION_REASONS }

export function readOrdinance(parameters: unknown): Ordinance {
  const found = v.safeParse(parametersSchema, parameters)
  if (!found.success) return USUAL
  const { min_period_days, deadline_rolls_over, exemptions } = found.output
  return {
    minPeriodDays: min_period_days,
    rollsOver: deadline_rolls_over,
    exemptions: EXEMPTION_REASONS.filter((one) => exemptions.includes(one.toLowerCase())),
  }
}

/** The ordinance that is in force today. */
export function useOrdinance(): Ordinance {
  const [{ data }] = useQuery({ query: OrdinanceInForceDocument, variables: { on: null } })
  return data?.ordinanceInForce ? readOrdinance(data.ordinanceInForce.parameters) : USUAL
}
