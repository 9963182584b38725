import { encode, generator, power, type Scalar, scalarOf } from './group'
import { digest } from './hash'

/** 22 base58 characters in groups of 5, 6, 5 and 6, as the polling card prints them. */
const FORM =
  /^[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}$/

/** The key that signs ballots, and the public credential that belongs to it. */
export type CredentialKey = { secret: Scalar; public: string }

/** Two digests of election and credential as one 512-bit number modulo q; nothing if the credential is misspelt. */
export function credentialKey(credential: string, uuid: string): CredentialKey | undefined {
  if (!FORM.test(credential)) return undefined
  const wide = new Uint8Array(64)
  for (const half of [0, 1]) wide.set(digest(`derive_credential|${uuid}|${half}|${credential}`), 32 * half)
  const secret = scalarOf(wide)
  return { secret, public: encode(power(generator, secret)) }
}
