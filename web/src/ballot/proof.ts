import type { ProofForm } from './form'
import {
  add,
  type Element,
  encode,
  generator,
  multiply,
  power,
  publicPower,
  type Randomness,
  randomScalar,
  type Scalar,
  subtract,
} from './group'
import { challenge } from './hash'
import type { Branch } from './question'

export type Ciphertext = { alpha: Element; beta: Element }
/** What the prover knows of a ciphertext: (g^randomness, y^randomness · g^message). */
export type Secret = { randomness: Scalar; message: number }
export type Proof = { challenge: Scalar; response: Scalar }

const form = (proof: Proof): ProofForm => ({
  challenge: proof.challenge.toString(),
  response: proof.response.toString(),
})

/** The numbers of a proof that was read by its schema. */
export const proofOf = (text: ProofForm): Proof => ({
  challenge: BigInt(text.challenge),
  response: BigInt(text.response),
})

const difference = (message: number, value: number): Scalar => subtract(BigInt(message), BigInt(value))

/** Proves knowledge of `secret`, whose public part is g^secret. */
export function proveKnowledge(prefix: string, secret: Scalar, random: Randomness): ProofForm {
  const nonce = randomScalar(random)
  const share = challenge(prefix, [encode(power(generator, nonce))])
  return form({ challenge: share, response: subtract(nonce, multiply(secret, share)) })
}

export function knowledgeHolds(prefix: string, element: Element, proof: Proof): boolean {
  const commitment = publicPower(generator, proof.response).add(publicPower(element, proof.challenge))
  return challenge(prefix, [encode(commitment)]) === proof.challenge
}

/**
 * Proves a disjunction of which the branch at `truth` holds. With a nonce w and a challenge c the commitments of any
 * branch are g^w and y^w · g^((message - value)·c), and its response is w - randomness·c; where the claim is true
 * they do not depend on c, which can then be chosen last. All branches are computed alike.
 */
export function proveOneOf(
  key: Element,
  prefix: string,
  branches: readonly (Branch & { secret: Secret })[],
  truth: number,
  random: Randomness,
): ProofForm[] {
  const parts = branches.map(({ secret, value }) => {
    const nonce = randomScalar(random)
    const share = randomScalar(random)
    const off = multiply(difference(secret.message, value), share)
    const beta = power(key, nonce).add(power(generator, off))
    return { secret, nonce, share, commitments: [encode(power(generator, nonce)), encode(beta)] }
  })
  const total = challenge(
    prefix,
    parts.flatMap((part) => part.commitments),
  )
  const rest = parts.reduce((left, part) => subtract(left, part.share), total)
  return parts.map(({ secret, nonce, share }, place) => {
    const own = add(share, multiply(BigInt(place === truth), rest))
    return form({ challenge: own, response: subtract(nonce, multiply(secret.randomness, own)) })
  })
}

/** Whether one of the branches holds; everything in it is public. */
export function oneOfHolds(
  key: Element,
  prefix: string,
  branches: readonly (Branch & { of: Ciphertext; proof: Proof })[],
): boolean {
  const commitments = branches.flatMap(({ of, value, proof }) => {
    const claimed = of.beta.subtract(publicPower(generator, BigInt(value)))
    const alpha = publicPower(generator, proof.response).add(publicPower(of.alpha, proof.challenge))
    const beta = publicPower(key, proof.response).add(publicPower(claimed, proof.challenge))
    return [encode(alpha), encode(beta)]
  })
  const sum = branches.reduce((whole, { proof }) => add(whole, proof.challenge), 0n)
  return challenge(prefix, commitments) === sum
}
