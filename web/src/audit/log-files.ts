import type { SmallLog } from '../../browser/small-log.mjs'

/** For tests: serves a log as its files, as the city would. */
export function filesOf(log: SmallLog): typeof fetch {
  return async (input) => {
    const path = String(input).replace('/log/', '')
    if (path === 'checkpoint') return new Response(log.checkpoint())
    if (path.startsWith('tile/entries/')) return new Response(new Uint8Array(log.bundle()))
    const text = path.startsWith('receipt/') ? log.receipt(Number(path.slice('receipt/'.length))) : undefined
    return new Response(text ?? '', { status: text ? 200 : 404 })
  }
}
