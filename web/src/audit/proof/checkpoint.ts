import { type Bytes, fromBase64 } from './bytes'
import { type Note, type NoteFault, parseNote, type Verified, type VerifierKey, verifyNote } from './note'

/** C2SP tlog-checkpoint v1.0.0: whose log, how many entries, which root. */
export type Checkpoint = { origin: string; size: bigint; root: Bytes; note: Note; whole: string }

/** Decimal without sign or leading zero. */
export const parseCount = (text: string): bigint | undefined =>
  /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : undefined

export function parseCheckpoint(whole: string): Checkpoint | undefined {
  const note = parseNote(whole)
  if (!note) return undefined
  const [origin = '', count = '', rootText = '', ...extensions] = note.text.slice(0, -1).split('\n')
  const size = parseCount(count)
  const root = fromBase64(rootText)
  if (origin === '' || size === undefined || root?.length !== 32 || extensions.includes('')) return undefined
  return { origin, size, root, note, whole }
}

export type CheckpointFault = NoteFault | 'OTHER_LOG' | 'NOT_SIGNED_BY_LOG'

/** Accepts a checkpoint only of the log that `log` names, signed with its key; reports the witnesses besides. */
export function verifyCheckpoint(
  checkpoint: Checkpoint,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): { ok: true; witnesses: Verified[] } | { ok: false; fault: CheckpointFault } {
  if (checkpoint.origin !== log.name) return { ok: false, fault: 'OTHER_LOG' }
  const result = verifyNote(checkpoint.note, [log, ...witnesses])
  if (!result.ok) return result
  if (!result.verified.some(({ name, witnessedAt }) => name === log.name && witnessedAt === undefined))
    return { ok: false, fault: 'NOT_SIGNED_BY_LOG' }
  return { ok: true, witnesses: result.verified.filter(({ witnessedAt }) => witnessedAt !== undefined) }
}
