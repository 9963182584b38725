import type { Bytes } from './bytes'

/** C2SP tlog-tiles: 256 hashes or entries a tile. */
export const TILE_WIDTH = 256

/** `1234067` is `x001/x234/067`. */
export function tilePath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  return groups.join('/')
}

/** The address of entry bundle `index` of a log of `size` entries; only the last may be partial. */
export function bundlePath(index: number, size: number): string {
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
  return `tile/entries/${tilePath(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** The entries of a bundle: each a big-endian 16-bit length and its bytes. Nothing if the bundle is cut. */
export function parseBundle(bundle: Uint8Array): Bytes[] | undefined {
  const entries: Bytes[] = []
  for (let at = 0; at < bundle.length; ) {
    const [high, low] = bundle.subarray(at, at + 2)
    if (high === undefined || low === undefined) return undefined
    const end = at + 2 + high * 256 + low
    if (end > bundle.length) return undefined
    entries.push(bundle.slice(at + 2, end))
    at = end
  }
  return entries
}
