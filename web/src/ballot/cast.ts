import type { CredentialKey } from './credential'
import type { Election } from './election'
import {
  type AnswerForm,
  type BallotForm,
  binding,
  type CiphertextForm,
  prefix,
  signaturePrefix,
} from './form'
import { add, encode, generator, identity, power, product, type Randomness, randomScalar } from './group'
import { base64Digest } from './hash'
import { write } from './json'
import { type Ciphertext, proveKnowledge, proveOneOf, type Secret } from './proof'
import { type Answer, allows, firstSummed, type Question, requiredProofs } from './question'

/** A ballot to hand in, and the tracker by which the voter finds it again. */
export type CastBallot = { json: string; tracker: string }

/** Why a vote cannot be cast: a number of answers other than of questions, or the place of an answer not allowed. */
export type VoteFault = { code: 'ANSWER_COUNT' } | { code: 'NOT_ALLOWED'; question: number }

export const tracker = (ballot: string): string => base64Digest(ballot)

/** Encrypts, proves and signs one answer a question. */
export function castBallot(
  election: Election,
  credential: CredentialKey,
  vote: readonly Answer[],
  random: Randomness,
): { ok: true; ballot: CastBallot } | { ok: false; fault: VoteFault } {
  if (vote.length !== election.questions.length) return { ok: false, fault: { code: 'ANSWER_COUNT' } }
  const refused = election.questions.findIndex((question, place) => !allows(question, vote[place] ?? []))
  if (refused >= 0) return { ok: false, fault: { code: 'NOT_ALLOWED', question: refused } }
  const bound = binding(election.fingerprint, credential.public)
  const unsigned: Omit<BallotForm, 'signature'> = {
    election_uuid: election.uuid,
    election_hash: election.fingerprint,
    credential: credential.public,
    answers: election.questions.map((question, place) =>
      encrypt(election, question, vote[place] ?? [], bound, random),
    ),
  }
  const hash = base64Digest(write(unsigned))
  const proof = proveKnowledge(signaturePrefix(hash), credential.secret, random)
  const json = write({ ...unsigned, signature: { hash, proof } })
  return { ok: true, ballot: { json, tracker: tracker(json) } }
}

function encrypt(
  { key }: Election,
  question: Question,
  answer: Answer,
  bound: string,
  random: Randomness,
): AnswerForm {
  const secrets: Secret[] = answer.map((message) => ({ randomness: randomScalar(random), message }))
  const ciphertexts = secrets.map(({ randomness, message }): Ciphertext => {
    const chosen = message === 1 ? generator : identity
    return { alpha: power(generator, randomness), beta: power(key, randomness).add(chosen) }
  })
  const first = firstSummed(question)
  const sum = sumOf(ciphertexts.slice(first))
  const sumSecret = secrets.slice(first).reduce(
    (whole, part) => ({
      randomness: add(whole.randomness, part.randomness),
      message: whole.message + part.message,
    }),
    { randomness: 0n, message: 0 },
  )
  const choices = ciphertexts.map(encoded)
  const made = requiredProofs(question).map((required) => {
    const branches = required.branches.map((branch) => ({
      ...branch,
      secret: secrets[branch.ciphertext] ?? sumSecret,
    }))
    const truth = branches.findLastIndex(({ secret, value }) => secret.message === value)
    const text = prefix(question, required, bound, choices, encoded(sum))
    return { name: required.name, proofs: proveOneOf(key, text, branches, truth, random) }
  })
  const of = (name: string) => made.filter((proof) => proof.name === name).map(({ proofs }) => proofs)
  const [blank_proof] = of('blank')
  return {
    choices,
    individual_proofs: of('individual'),
    overall_proof: of('overall')[0] ?? [],
    ...(blank_proof ? { blank_proof } : {}),
  }
}

/** The product of ciphertexts encrypts the sum of what they encrypt. */
export const sumOf = (ciphertexts: readonly Ciphertext[]): Ciphertext => ({
  alpha: product(ciphertexts.map(({ alpha }) => alpha)),
  beta: product(ciphertexts.map(({ beta }) => beta)),
})

export const encoded = ({ alpha, beta }: Ciphertext): CiphertextForm => ({
  alpha: encode(alpha),
  beta: encode(beta),
})
