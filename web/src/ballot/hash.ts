import { sha256 } from '@noble/hashes/sha2.js'
import { toBase64, utf8 } from '../audit/proof/bytes'
import { type Scalar, scalarOf } from './group'

/** SHA-256 at once: the browser's own answers later, which would interrupt every proof. */
export const digest = (text: string): Uint8Array => sha256(utf8(text))

/** 43 characters, as fingerprints and trackers are shown. */
export const base64Digest = (text: string): string => toBase64(digest(text)).replace(/=+$/, '')

/** The hash of a statement and its commitments, as a number modulo q. */
export const challenge = (prefix: string, commitments: readonly string[]): Scalar =>
  scalarOf(digest(prefix + commitments.join(',')))
