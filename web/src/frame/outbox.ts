import { useEffect, useState } from 'react'
import type { Bilingual } from './components'
import { allKept, forget, keep } from './device-store'

/** A command that was written while the line was down; `id` is the command id, so sending twice is harmless. */
export type Waiting<C> = { id: string; writtenAt: string; command: C; refusedBecause?: Bilingual }

/** What became of one attempt: taken by the city, refused by a rule, or the line is still down. */
export type Attempt =
  | { kind: 'taken'; number: string }
  | { kind: 'refused'; because: Bilingual }
  | { kind: 'noLine' }

const listeners = new Set<() => void>()

/** Calls back whenever something was put in, taken out, sent or refused by this page. */
export function subscribeOutbox(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

const changed = () => {
  for (const listener of listeners) listener()
}

/** The numbers under which the city took what had waited, since this page was opened. */
const taken: string[] = []
export const takenLately = (): readonly string[] => taken

export async function enqueue<C>(entry: Waiting<C>): Promise<void> {
  await keep('outbox', entry.id, entry)
  changed()
}

export async function waiting<C>(): Promise<Waiting<C>[]> {
  const entries = (await allKept('outbox')) as Waiting<C>[]
  return entries.sort((a, b) => a.id.localeCompare(b.id))
}

/** What waits on this device, kept up to date. */
export function useWaiting<C>(): readonly Waiting<C>[] {
  const [entries, setEntries] = useState<readonly Waiting<C>[]>([])
  useEffect(() => {
    const look = () => void waiting<C>().then(setEntries, () => setEntries([]))
    look()
    return subscribeOutbox(look)
  }, [])
  return entries
}

/** Takes an entry back; the words stay in the draft. */
export async function takeBack(id: string): Promise<void> {
  await forget('outbox', id)
  changed()
}

/** One page of this device sends at a time; another that is open finds nothing left to send. */
const alone = <T>(send: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request('hiroba/outbox', send) : send()

/**
 * Sends what waits, oldest first. An entry leaves the outbox only when the city has it; a refusal stays with
 * its reason until the writer has seen it; without a line nothing changes.
 */
export function sendWaiting<C>(send: (entry: Waiting<C>) => Promise<Attempt>): Promise<Waiting<C>[]> {
  return alone(async () => {
    for (const entry of await waiting<C>()) {
      if (entry.refusedBecause !== undefined) continue
      const attempt = await send(entry)
      if (attempt.kind === 'noLine') break
      if (attempt.kind === 'taken') {
        taken.push(attempt.number)
        await forget('outbox', entry.id)
      } else await keep('outbox', entry.id, { ...entry, refusedBecause: attempt.because })
      changed()
    }
    return waiting<C>()
  })
}
