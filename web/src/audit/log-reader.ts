import { type LogEntry, readLeaf } from './log-entry'
import { type Checkpoint, parseCheckpoint } from './proof/checkpoint'
import { parseReceipt, type Receipt } from './proof/receipt'
import { bundlePath, parseBundle, TILE_WIDTH } from './proof/tiles'

/** Reads the log as any stranger would: static files over HTTP, nothing asked of the application behind them. */
export type LogReader = {
  checkpoint: () => Promise<Checkpoint>
  /** Entries `from` to `to` (exclusive) of a log of `size`. */
  entries: (from: number, to: number, size: number) => Promise<LogEntry[]>
  receipt: (position: number) => Promise<{ receipt: Receipt; text: string } | undefined>
}

export class LogUnreadable extends Error {}

const KEPT_BUNDLES = 512

export function logReader(base = '/log', get: typeof fetch = (...request) => fetch(...request)): LogReader {
  const bundles = new Map<string, Promise<Uint8Array<ArrayBuffer>[]>>()

  async function load(path: string): Promise<Uint8Array<ArrayBuffer>[]> {
    const response = await get(`${base}/${path}`)
    if (!response.ok) throw new LogUnreadable(`${path}: ${response.status}`)
    const entries = parseBundle(new Uint8Array(await response.arrayBuffer()))
    if (!entries) throw new LogUnreadable(`${path}: cut off`)
    return entries
  }

  function bundle(index: number, size: number) {
    const path = bundlePath(index, size)
    let known = bundles.get(path)
    if (!known) {
      known = load(path)
      known.catch(() => bundles.delete(path))
      bundles.set(path, known)
      const oldest = bundles.keys().next().value
      if (bundles.size > KEPT_BUNDLES && oldest !== undefined) bundles.delete(oldest)
    }
    return known
  }

  return {
    async checkpoint() {
      const response = await get(`${base}/checkpoint`, { cache: 'no-store' })
      if (!response.ok) throw new LogUnreadable(`checkpoint: ${response.status}`)
      const checkpoint = parseCheckpoint(await response.text())
      if (!checkpoint) throw new LogUnreadable('checkpoint: malformed')
      return checkpoint
    },
    async entries(from, to, size) {
      const found: LogEntry[] = []
      for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index += 1) {
        const first = index * TILE_WIDTH
        for (const [at, bytes] of (await bundle(index, size)).entries()) {
          const position = first + at
          if (position >= from && position < to) found.push({ position, bytes, leaf: readLeaf(bytes) })
        }
      }
      if (found.length !== to - from) throw new LogUnreadable(`entries ${from}–${to}: ${found.length} found`)
      return found
    },
    async receipt(position) {
      const response = await get(`${base}/receipt/${position}`, { cache: 'no-store' })
      if (response.status === 404) return undefined
      if (!response.ok) throw new LogUnreadable(`receipt ${position}: ${response.status}`)
      const text = await response.text()
      const receipt = parseReceipt(text)
      if (!receipt) throw new LogUnreadable(`receipt ${position}: malformed`)
      return { receipt, text }
    },
  }
}
