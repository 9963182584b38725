import { type Kept, opensIn } from './kept'
import { textOf } from './log-entry'
import type { LogReader } from './log-reader'
import { equal } from './proof/bytes'
import { type Checkpoint, type CheckpointFault, parseCheckpoint, verifyCheckpoint } from './proof/checkpoint'
import type { Opening } from './proof/commitment'
import { leafHash, rootOf } from './proof/merkle'
import { parseVerifierKey, type Verified, type VerifierKey } from './proof/note'
import { type Receipt, type ReceiptFault, verifyReceipt } from './proof/receipt'

/** Where the key came from decides what a green mark is worth, so the screen says it. */
export type LogKey = { text: string; key: VerifierKey; source: 'reader' | 'device' | 'log' }

const KEY = 'hiroba/log-key'
const LAST_SEEN = 'hiroba/last-checkpoint'

const remembered = (name: string) => {
  try {
    return localStorage.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(name: typeof KEY | typeof LAST_SEEN, text: string) {
  try {
    localStorage.setItem(name, text)
  } catch {
    // Without a store the page starts from the log itself each time, and says so.
  }
}

export const lastSeen = () => {
  const text = remembered(LAST_SEEN)
  return text === undefined ? undefined : parseCheckpoint(text)
}
export const rememberCheckpoint = (checkpoint: Checkpoint) => remember(LAST_SEEN, checkpoint.whole)

/**
 * The key to check with: what the reader typed in (from a printed notice), else what this device saw first,
 * else the one in the first entry of the log. The last only shows that the log agrees with itself.
 */
export async function findLogKey(
  reader: LogReader,
  size: number,
  typed?: string,
): Promise<LogKey | undefined> {
  if (typed) {
    const key = await parseVerifierKey(typed)
    if (!key) return undefined
    remember(KEY, typed)
    return { text: typed, key, source: 'reader' }
  }
  const known = remembered(KEY)
  const knownKey = known === undefined ? undefined : await parseVerifierKey(known)
  if (known !== undefined && knownKey) return { text: known, key: knownKey, source: 'device' }
  const [first] = size > 0 ? await reader.entries(0, 1, size) : []
  const text = first?.leaf?.kind === 'log_created' ? textOf(first.leaf, 'vkey') : undefined
  const key = text === undefined ? undefined : await parseVerifierKey(text)
  if (text === undefined || !key) return undefined
  remember(KEY, text)
  return { text, key, source: 'log' }
}

export type Finding =
  | { kind: 'signature'; ok: true; witnesses: Verified[] }
  | { kind: 'signature'; ok: false; fault: CheckpointFault }
  | { kind: 'root'; ok: boolean; size: number }
  | { kind: 'unchanged'; ok: boolean; since: number }

const BATCH = 1024

/** Rebuilds the tree from every entry, and compares it with the signed root and with what was seen before. */
export async function verifyLog(
  reader: LogReader,
  checkpoint: Checkpoint,
  key: LogKey,
  earlier: Checkpoint | undefined,
  onProgress: (done: number) => void,
): Promise<Finding[]> {
  const signed = verifyCheckpoint(checkpoint, key.key)
  const findings: Finding[] = [
    signed.ok
      ? { kind: 'signature', ok: true, witnesses: signed.witnesses }
      : { kind: 'signature', ok: false, fault: signed.fault },
  ]
  const size = Number(checkpoint.size)
  const hashes = []
  for (let from = 0; from < size; from += BATCH) {
    const to = Math.min(from + BATCH, size)
    for (const { bytes } of await reader.entries(from, to, size)) hashes.push(await leafHash(bytes))
    onProgress(to)
  }
  findings.push({ kind: 'root', ok: equal(await rootOf(hashes), checkpoint.root), size })
  if (earlier) {
    const since = Number(earlier.size)
    const genuine = verifyCheckpoint(earlier, key.key).ok && since <= size
    const ok = genuine && equal(await rootOf(hashes.slice(0, since)), earlier.root)
    findings.push({ kind: 'unchanged', ok, since })
  }
  return findings
}

export type ReceiptVerdict =
  | {
      kind: 'found'
      position: number
      size: number
      witnesses: Verified[]
      keySource: LogKey['source']
      /** What the kept file says was handed in, each of it as it was recorded. */
      opened: Opening[]
    }
  | { kind: 'notFound' }
  /** The log has not yet signed a checkpoint that covers the position. */
  | { kind: 'behind'; position: number; size: number }
  | { kind: 'tampered'; fault: ReceiptFault | 'LEAF_DIFFERS' | 'OPENING_FALSE' }
  | { kind: 'unreadable' }

/** Checks a receipt that somebody holds against the bytes that the log serves today. */
export async function checkReceipt(reader: LogReader, receipt: Receipt): Promise<ReceiptVerdict> {
  const checkpoint = await reader.checkpoint()
  const size = Number(checkpoint.size)
  const position = Number(receipt.index)
  if (position >= size) return { kind: 'behind', position, size }
  const key = await findLogKey(reader, size)
  const [entry] = await reader.entries(position, position + 1, size)
  if (!key || !entry) return { kind: 'unreadable' }
  const result = await verifyReceipt(receipt, entry.bytes, key.key)
  return result.ok
    ? { kind: 'found', position, size, witnesses: result.witnesses, keySource: key.source, opened: [] }
    : { kind: 'tampered', fault: result.fault }
}

/** Checks what a submitter kept: the log still holds this very leaf, and every text is the one recorded in it. */
export async function checkKept(reader: LogReader, kept: Kept): Promise<ReceiptVerdict> {
  const verdict = await checkReceipt(reader, kept.receipt)
  if (verdict.kind !== 'found') return verdict
  const [entry] = await reader.entries(verdict.position, verdict.position + 1, verdict.size)
  if (!entry || !equal(entry.bytes, kept.leaf)) return { kind: 'tampered', fault: 'LEAF_DIFFERS' }
  for (const opening of kept.openings)
    if (!(await opensIn(kept.leaf, opening))) return { kind: 'tampered', fault: 'OPENING_FALSE' }
  return { ...verdict, opened: kept.openings }
}
