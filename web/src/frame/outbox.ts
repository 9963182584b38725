import { allKept, forget, keep } from './device-store'

/** A command that was written while the line was down; `id` is the command id, so sending twice is harmless. */
export type Waiting<C> = { id: string; writtenAt: string; command: C; refusedBecause?: string }

/** What became of one attempt: taken by the city, refused by a rule, or the line is still down. */
export type Attempt = { kind: 'taken' } | { kind: 'refused'; because: string } | { kind: 'noLine' }

export async function enqueue<C>(entry: Waiting<C>): Promise<void> {
  await keep('outbox', entry.id, entry)
}

export async function waiting<C>(): Promise<Waiting<C>[]> {
  const entries = (await allKept('outbox')) as Waiting<C>[]
  return entries.sort((a, b) => a.id.localeCompare(b.id))
}

/** Takes an entry back; the words stay in the draft. */
export const takeBack = (id: string) => forget('outbox', id)

/**
 * Sends what waits, oldest first. An entry leaves the outbox only when the city has it; a refusal stays with
 * its reason until the writer has seen it; without a line nothing changes.
 */
export async function sendWaiting<C>(send: (entry: Waiting<C>) => Promise<Attempt>): Promise<Waiting<C>[]> {
  for (const entry of await waiting<C>()) {
    if (entry.refusedBecause !== undefined) continue
    const attempt = await send(entry)
    if (attempt.kind === 'noLine') break
    if (attempt.kind === 'taken') await forget('outbox', entry.id)
    else await keep('outbox', entry.id, { ...entry, refusedBecause: attempt.because })
  }
  return waiting<C>()
}
