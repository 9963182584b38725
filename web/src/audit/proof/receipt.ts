import { type Bytes, fromBase64 } from './bytes'
import {
  type Checkpoint,
  type CheckpointFault,
  parseCheckpoint,
  parseCount,
  verifyCheckpoint,
} from './checkpoint'
import { checkInclusion, leafHash, type ProofFault } from './merkle'
import type { Verified, VerifierKey } from './note'

/** C2SP tlog-proof: where an entry lies, and why the checkpoint contains it. */
export type Receipt = { extra?: Bytes; index: bigint; proof: Bytes[]; checkpoint: Checkpoint }

const FORMAT = 'c2sp.org/tlog-proof@v1'
const LONGEST_PROOF = 63

/** Strict: order, prefixes and numbers exactly as specified. */
export function parseReceipt(whole: string): Receipt | undefined {
  const cut = whole.indexOf('\n\n')
  if (cut < 0) return undefined
  const lines = whole.slice(0, cut).split('\n')
  if (lines.shift() !== FORMAT) return undefined
  const extraText = lines[0]?.startsWith('extra ') ? lines.shift()?.slice('extra '.length) : undefined
  const extra = extraText === undefined ? undefined : fromBase64(extraText)
  const index = parseCount(/^index (\S+)$/.exec(lines.shift() ?? '')?.[1] ?? '')
  const proof = lines.map(fromBase64)
  const checkpoint = parseCheckpoint(whole.slice(cut + 2))
  if ((extraText !== undefined && !extra) || index === undefined || !checkpoint) return undefined
  if (proof.length > LONGEST_PROOF || !proof.every((hash): hash is Bytes => hash?.length === 32))
    return undefined
  return { ...(extra && { extra }), index, proof, checkpoint }
}

export type ReceiptFault = CheckpointFault | ProofFault | 'MALFORMED_RECEIPT'
export type ReceiptResult = { ok: true; witnesses: Verified[] } | { ok: false; fault: ReceiptFault }

/** Does the log vouch, by this receipt, that it contains exactly these bytes at the receipt's position? */
export async function verifyReceipt(
  receipt: Receipt,
  leaf: Uint8Array,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): Promise<ReceiptResult> {
  const signed = verifyCheckpoint(receipt.checkpoint, log, witnesses)
  if (!signed.ok) return signed
  const { size, root } = receipt.checkpoint
  const included = await checkInclusion(receipt.index, size, await leafHash(leaf), receipt.proof, root)
  return included.ok ? signed : included
}
