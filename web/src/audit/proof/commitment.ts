import { sha256, u32be, utf8 } from './bytes'

/** The name of the scheme, as it stands beside every commitment and every opening. */
export const SCHEME = 'hiroba/commit/v1'
export const SALT_LENGTH = 32
const DOMAIN = utf8(`${SCHEME}\n`)

/** The salted commitment that stands in a leaf in place of a text. */
export async function commit(eventId: string, field: string, salt: Uint8Array, plaintext: Uint8Array) {
  const id = utf8(eventId)
  const name = utf8(field)
  return sha256(DOMAIN, u32be(id.length), id, u32be(name.length), name, salt, plaintext)
}

/** What opens a commitment: the salt, and the text, or in base64 what is no text. */
export type Opening = {
  alg: string
  event: string
  field: string
  salt: string
  text?: string | null | undefined
  bytes?: string | null | undefined
}
