import { ed25519 } from '@noble/curves/ed25519.js'
import { type Bytes, concat, equal, fromBase64, sha256, toHex, utf8 } from './bytes'

/** C2SP signed-note v1.0.0, and the two Ed25519 signature types that a log and its witnesses use. */
const ED25519 = 0x01
const COSIGNATURE = 0x04
const KEY_LENGTH = 32
const SIGNATURE_LENGTH = 64
const TIME_LENGTH = 8
const MOST_SIGNATURES = 100

export type VerifierKey = { name: string; id: Bytes; type: number; key: Bytes }
export type NoteSignature = { name: string; id: Bytes; signature: Bytes }
export type Note = { text: string; signatures: NoteSignature[] }
export type NoteFault = 'MALFORMED_NOTE' | 'UNKNOWN_SIGNER' | 'BAD_SIGNATURE'

const validName = (name: string) => name !== '' && !/[\s\u0085+]/u.test(name)

/** `name+<key id>+<base64>`; nothing if any part does not fit the others. */
export async function parseVerifierKey(text: string): Promise<VerifierKey | undefined> {
  const [name = '', hex = '', ...rest] = text.trim().split('+')
  const bytes = fromBase64(rest.join('+'))
  if (!validName(name) || !/^[0-9a-f]{8}$/.test(hex) || bytes?.length !== KEY_LENGTH + 1) return undefined
  const type = bytes[0] ?? 0
  const id = (await sha256(utf8(`${name}\n`), bytes)).slice(0, 4)
  if (toHex(id) !== hex || (type !== ED25519 && type !== COSIGNATURE)) return undefined
  return { name, id, type, key: bytes.slice(1) }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification forbids exactly these
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f]/

/** Text, the last empty line, and one or more signature lines. */
export function parseNote(whole: string): Note | undefined {
  const cut = whole.lastIndexOf('\n\n')
  if (cut < 0 || !whole.endsWith('\n') || FORBIDDEN.test(whole) || !whole.isWellFormed()) return undefined
  const text = whole.slice(0, cut + 1)
  const lines = whole.slice(cut + 2, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) return undefined
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const [, name = '', base64 = ''] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? []
    const bytes = fromBase64(base64)
    if (!validName(name) || !bytes || bytes.length < 5) return undefined
    signatures.push({ name, id: bytes.slice(0, 4), signature: bytes.slice(4) })
  }
  return { text, signatures }
}

/** Strict RFC 8032 verification: no small-order leniency (`zip215: false`). */
function verifies(key: Bytes, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_LENGTH) return false
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false
  }
}

/** The second at which a witness saw the note, or nothing for a plain signature. */
export type Verified = { name: string; witnessedAt?: bigint }

function verifyOne(note: Note, signer: VerifierKey, signature: Bytes): Verified | undefined {
  if (signer.type === ED25519)
    return verifies(signer.key, utf8(note.text), signature) ? { name: signer.name } : undefined
  if (signature.length !== TIME_LENGTH + SIGNATURE_LENGTH) return undefined
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0)
  const message = concat(utf8(`cosignature/v1\ntime ${time}\n`), utf8(note.text))
  return verifies(signer.key, message, signature.slice(TIME_LENGTH))
    ? { name: signer.name, witnessedAt: time }
    : undefined
}

/** Who of `signers` signed; one bad signature of a known key condemns the note, unknown keys are passed over. */
export function verifyNote(
  note: Note,
  signers: readonly VerifierKey[],
): { ok: true; verified: Verified[] } | { ok: false; fault: NoteFault } {
  const verified: Verified[] = []
  for (const { name, id, signature } of note.signatures) {
    const signer = signers.find((one) => one.name === name && equal(one.id, id))
    if (!signer) continue
    const good = verifyOne(note, signer, signature)
    if (!good) return { ok: false, fault: 'BAD_SIGNATURE' }
    if (!verified.some((one) => one.name === name)) verified.push(good)
  }
  return verified.length > 0 ? { ok: true, verified } : { ok: false, fault: 'UNKNOWN_SIGNER' }
}
