import * as v from 'valibot'
import { readScalar } from './group'
import { hasBlank, type Question, type Required } from './question'

const scalar = v.pipe(
  v.string(),
  v.check((text) => readScalar(text) !== undefined),
)
const proofSchema = v.strictObject({ challenge: scalar, response: scalar })
const ciphertextSchema = v.strictObject({ alpha: v.string(), beta: v.string() })

/** A ballot as JSON, members in their published order. */
export const ballotSchema = v.strictObject({
  election_uuid: v.string(),
  election_hash: v.string(),
  credential: v.string(),
  answers: v.array(
    v.strictObject({
      choices: v.array(ciphertextSchema),
      individual_proofs: v.array(v.array(proofSchema)),
      overall_proof: v.array(proofSchema),
      blank_proof: v.exactOptional(v.array(proofSchema)),
    }),
  ),
  signature: v.strictObject({ hash: v.string(), proof: proofSchema }),
})

export type ProofForm = v.InferOutput<typeof proofSchema>
export type CiphertextForm = v.InferOutput<typeof ciphertextSchema>
export type BallotForm = v.InferOutput<typeof ballotSchema>
export type AnswerForm = BallotForm['answers'][number]

/** What binds every proof of a ballot to the election and the voter. */
export const binding = (fingerprint: string, credential: string): string => `${fingerprint}|${credential}`

export const pair = ({ alpha, beta }: CiphertextForm): string => `${alpha},${beta}`

/** What is hashed in front of the commitments of a proof; only the overall proof without blank names the sum. */
export function prefix(
  question: Question,
  required: Required,
  bound: string,
  choices: readonly CiphertextForm[],
  sum: CiphertextForm,
): string {
  const all = `${bound}|${choices.map(pair).join(',')}`
  switch (required.name) {
    case 'individual':
      return `prove|${bound}|${pair(choices[required.choice] ?? sum)}|`
    case 'blank':
      return `bproof0|${all}|`
    case 'overall':
      return hasBlank(question) ? `bproof1|${all}|` : `prove|${all}|${pair(sum)}|`
  }
}

export const signaturePrefix = (hash: string): string => `sig|${hash}|`
