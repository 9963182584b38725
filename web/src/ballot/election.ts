import * as v from 'valibot'
import { decode, type Element, GROUP, identity, withTable } from './group'
import { base64Digest } from './hash'
import { type JsonFault, read } from './json'
import { isAnswerable, type Question, questionSchema } from './question'

const electionSchema = v.strictObject({
  version: v.number(),
  description: v.string(),
  name: v.string(),
  group: v.string(),
  public_key: v.string(),
  questions: v.array(questionSchema),
  uuid: v.string(),
  administrator: v.exactOptional(v.string()),
  credential_authority: v.exactOptional(v.string()),
  language: v.exactOptional(v.tuple([v.string(), v.picklist(['ltr', 'rtl'])])),
})

/** An election that was checked: its key is in the group, its questions can be answered. */
export type Election = {
  uuid: string
  /** Binds ballots to the record; the city publishes it with its notice, and the voter's page compares. */
  fingerprint: string
  key: Element
  name: string
  description: string
  questions: Question[]
}

/** The codes of the verifier, for the same faults. */
export type ElectionFault =
  | JsonFault
  | 'ELECTION_VERSION'
  | 'ELECTION_GROUP'
  | 'ELECTION_UUID'
  | 'ELECTION_QUESTIONS'
  | 'ELECTION_KEY'

/** Reads the election record, as it stands in the archive. */
export function readElection(
  record: Uint8Array,
): { ok: true; election: Election } | { ok: false; fault: ElectionFault } {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(record)
  } catch {
    return { ok: false, fault: 'MALFORMED' }
  }
  const json = read(electionSchema, text)
  if (!json.ok) return json
  const { version, group, uuid, questions, public_key, name, description } = json.value
  if (version !== 1) return { ok: false, fault: 'ELECTION_VERSION' }
  if (group !== GROUP) return { ok: false, fault: 'ELECTION_GROUP' }
  if (!/^[1-9A-HJ-NP-Za-km-z]{14,}$/.test(uuid)) return { ok: false, fault: 'ELECTION_UUID' }
  if (questions.length === 0 || !questions.every(isAnswerable))
    return { ok: false, fault: 'ELECTION_QUESTIONS' }
  // Under the identity as key, ciphertexts hide nothing.
  const key = decode(public_key)
  if (!key || key.equals(identity)) return { ok: false, fault: 'ELECTION_KEY' }
  const election = {
    uuid,
    fingerprint: base64Digest(text),
    key: withTable(key),
    name,
    description,
    questions,
  }
  return { ok: true, election }
}
