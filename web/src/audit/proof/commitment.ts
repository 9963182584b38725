import { equal, fromBase64, sha256, u32be, utf8 } from './bytes'

const DOMAIN = utf8('hiroba/commit/v1\n')
const SALT_LENGTH = 32

/** The salted commitment that stands in a leaf in place of a text. */
export async function commit(eventId: string, field: string, salt: Uint8Array, plaintext: Uint8Array) {
  const id = utf8(eventId)
  const name = utf8(field)
  return sha256(DOMAIN, u32be(id.length), id, u32be(name.length), name, salt, plaintext)
}

/** What opens a commitment: the salt and the text. */
export type Opening = { eventId: string; field: string; salt: string; plaintext: string }

/** Was exactly this text committed to, in this field of this event? */
export async function opens(commitment: string, opening: Opening): Promise<boolean> {
  const salt = fromBase64(opening.salt)
  const wanted = fromBase64(commitment)
  if (salt?.length !== SALT_LENGTH || !wanted) return false
  return equal(await commit(opening.eventId, opening.field, salt, utf8(opening.plaintext)), wanted)
}
