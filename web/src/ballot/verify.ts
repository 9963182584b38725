import { encoded, sumOf } from './cast'
import type { Election } from './election'
import { type AnswerForm, ballotSchema, binding, prefix, signaturePrefix } from './form'
import { decode } from './group'
import { base64Digest } from './hash'
import { type JsonFault, read, write } from './json'
import { type Ciphertext, knowledgeHolds, oneOfHolds, proofOf } from './proof'
import { choices, firstSummed, hasBlank, type Question, requiredProofs } from './question'

/** The codes of the verifier, for the same faults. */
export type BallotFault =
  | JsonFault
  | 'BALLOT_OF_OTHER_ELECTION'
  | 'BALLOT_OF_OTHER_FINGERPRINT'
  | 'UNKNOWN_CREDENTIAL'
  | 'BALLOT_SIGNATURE_HASH'
  | 'BALLOT_SIGNATURE'
  | 'BALLOT_SHAPE'
  | 'ELEMENT_NOT_IN_GROUP'
  | 'BALLOT_PROOF'

/**
 * What is wrong with a single ballot, or nothing. A page checks with it what it is about to hand in: a ballot that an
 * ailing device miscalculated is then noticed by the voter and not by the count. Whether the credential is listed,
 * and whether the ballot is new, only the archive can tell.
 */
export function faultOf(election: Election, ballot: string): BallotFault | undefined {
  const json = read(ballotSchema, ballot)
  if (!json.ok) return json.fault
  const { signature, ...unsigned } = json.value
  if (unsigned.election_uuid !== election.uuid) return 'BALLOT_OF_OTHER_ELECTION'
  if (unsigned.election_hash !== election.fingerprint) return 'BALLOT_OF_OTHER_FINGERPRINT'
  const credential = decode(unsigned.credential)
  if (!credential) return 'UNKNOWN_CREDENTIAL'
  if (signature.hash !== base64Digest(write(unsigned))) return 'BALLOT_SIGNATURE_HASH'
  const text = signaturePrefix(signature.hash)
  if (!knowledgeHolds(text, credential, proofOf(signature.proof))) return 'BALLOT_SIGNATURE'
  if (unsigned.answers.length !== election.questions.length) return 'BALLOT_SHAPE'
  const bound = binding(election.fingerprint, unsigned.credential)
  for (const [place, question] of election.questions.entries()) {
    const answer = unsigned.answers[place]
    const fault = answer ? answerFault(election, question, answer, bound) : 'BALLOT_SHAPE'
    if (fault) return fault
  }
  return undefined
}

function answerFault(
  { key }: Election,
  question: Question,
  answer: AnswerForm,
  bound: string,
): BallotFault | undefined {
  const expected = choices(question)
  if (answer.choices.length !== expected || answer.individual_proofs.length !== expected)
    return 'BALLOT_SHAPE'
  if ((answer.blank_proof !== undefined) !== hasBlank(question)) return 'BALLOT_SHAPE'
  const ciphertexts: Ciphertext[] = []
  for (const choice of answer.choices) {
    const [alpha, beta] = [decode(choice.alpha), decode(choice.beta)]
    if (!alpha || !beta) return 'ELEMENT_NOT_IN_GROUP'
    ciphertexts.push({ alpha, beta })
  }
  const sum = sumOf(ciphertexts.slice(firstSummed(question)))
  for (const required of requiredProofs(question)) {
    const given = {
      individual: answer.individual_proofs[required.choice],
      blank: answer.blank_proof,
      overall: answer.overall_proof,
    }[required.name]
    if (given?.length !== required.branches.length) return 'BALLOT_SHAPE'
    const branches = given.flatMap((proof, place) => {
      const branch = required.branches[place]
      return branch ? [{ ...branch, of: ciphertexts[branch.ciphertext] ?? sum, proof: proofOf(proof) }] : []
    })
    const text = prefix(question, required, bound, answer.choices, encoded(sum))
    if (!oneOfHolds(key, text, branches)) return 'BALLOT_PROOF'
  }
  return undefined
}
