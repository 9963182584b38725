import * as v from 'valibot'
import { readLeaf } from './log-entry'
import { type Bytes, equal, fromBase64, utf8 } from './proof/bytes'
import { commit, type Opening, SALT_LENGTH, SCHEME } from './proof/commitment'
import { parseReceipt, type Receipt } from './proof/receipt'

/** What a submitter keeps: the proof, the leaf that it proves, and what opens the leaf's sealed texts. */
export type Kept = { receipt: Receipt; leaf: Bytes; openings: Opening[] }

const openingSchema = v.object({
  alg: v.literal(SCHEME),
  event: v.string(),
  field: v.string(),
  salt: v.string(),
  text: v.nullish(v.string()),
  bytes: v.nullish(v.string()),
})

/** The members that `hiroba-verify receipt` reads as well; whatever else stands in the file is passed over. */
const keptSchema = v.object({
  proof: v.string(),
  leaf: v.string(),
  openings: v.optional(v.array(openingSchema), []),
})

export function parseKept(text: string): Kept | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const found = v.safeParse(keptSchema, json)
  if (!found.success) return undefined
  const receipt = parseReceipt(found.output.proof)
  const leaf = fromBase64(found.output.leaf)
  if (!receipt || !leaf) return undefined
  return { receipt, leaf, openings: found.output.openings }
}

/** The commitment in a field of an event's data; the field is the way to it, like `items/0/summary`. */
function commitmentIn(data: unknown, field: string): string | undefined {
  let place = data
  for (const step of field.split('/')) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return undefined
    place = (place as Record<string, unknown>)[step]
  }
  const { alg, c } = (place ?? {}) as { alg?: unknown; c?: unknown }
  return alg === SCHEME && typeof c === 'string' ? c : undefined
}

const plaintextOf = ({ text, bytes }: Opening) =>
  typeof text === 'string' ? utf8(text) : fromBase64(bytes ?? '-')

/** Does this opening show what was recorded in its field of exactly this leaf? */
export async function opensIn(leaf: Uint8Array, opening: Opening): Promise<boolean> {
  const event = readLeaf(leaf)
  const commitment = fromBase64(commitmentIn(event?.data, opening.field) ?? '-')
  const salt = fromBase64(opening.salt)
  const plaintext = plaintextOf(opening)
  if (event?.event !== opening.event || !commitment || !plaintext || salt?.length !== SALT_LENGTH)
    return false
  return equal(await commit(opening.event, opening.field, salt, plaintext), commitment)
}
