import { type Bytes, equal, sha256 } from './bytes'

/**
 * RFC 9162 §2.1. Sizes and indices are `bigint`: a log may outgrow the integers of JavaScript, and a bit
 * operation on a `number` silently keeps 32 bits only.
 */
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const HASH_LENGTH = 32

export type ProofFault =
  | 'INDEX_BEYOND_TREE'
  | 'WRONG_LENGTH'
  | 'MALFORMED_HASH'
  | 'ROOT_DIFFERS'
  | 'SIZES_REVERSED'
export type Checked = { ok: true } | { ok: false; fault: ProofFault }

const ok: Checked = { ok: true }
const fails = (fault: ProofFault): Checked => ({ ok: false, fault })

export const emptyRoot = () => sha256()
export const leafHash = (leaf: Uint8Array) => sha256(LEAF, leaf)
export const nodeHash = (left: Uint8Array, right: Uint8Array) => sha256(NODE, left, right)

const malformed = (hashes: readonly Uint8Array[]) => hashes.some((hash) => hash.length !== HASH_LENGTH)

/** RFC 9162 §2.1.3.2: is the leaf with this hash the one at `index` of the tree of `size` leaves? */
export async function checkInclusion(
  index: bigint,
  size: bigint,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): Promise<Checked> {
  if (index < 0n || index >= size) return fails('INDEX_BEYOND_TREE')
  if (malformed([leaf, root, ...proof])) return fails('MALFORMED_HASH')
  let node = index
  let last = size - 1n
  let hash: Uint8Array = leaf
  for (const sibling of proof) {
    if (last === 0n) return fails('WRONG_LENGTH')
    if ((node & 1n) === 1n || node === last) {
      hash = await nodeHash(sibling, hash)
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else hash = await nodeHash(hash, sibling)
    node >>= 1n
    last >>= 1n
  }
  if (last !== 0n) return fails('WRONG_LENGTH')
  return equal(hash, root) ? ok : fails('ROOT_DIFFERS')
}

/** RFC 9162 §2.1.4.2: does the tree of `size` leaves begin with the tree of `oldSize` leaves? */
export async function checkConsistency(
  oldSize: bigint,
  size: bigint,
  oldRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): Promise<Checked> {
  if (oldSize < 0n || oldSize > size) return fails('SIZES_REVERSED')
  if (malformed([oldRoot, root, ...proof])) return fails('MALFORMED_HASH')
  if (oldSize === size || oldSize === 0n) {
    if (proof.length > 0) return fails('WRONG_LENGTH')
    const mustEqual = oldSize === size ? root : await emptyRoot()
    return equal(oldRoot, mustEqual) ? ok : fails('ROOT_DIFFERS')
  }
  // A complete old tree is itself the first node of the path.
  const complete = (oldSize & (oldSize - 1n)) === 0n
  const path = complete ? [oldRoot, ...proof] : proof
  const [first, ...rest] = path
  if (!first || proof.length === 0) return fails('WRONG_LENGTH')
  let node = oldSize - 1n
  let last = size - 1n
  while ((node & 1n) === 1n) {
    node >>= 1n
    last >>= 1n
  }
  let oldHash: Uint8Array = first
  let newHash: Uint8Array = first
  for (const hash of rest) {
    if (last === 0n) return fails('WRONG_LENGTH')
    if ((node & 1n) === 1n || node === last) {
      oldHash = await nodeHash(hash, oldHash)
      newHash = await nodeHash(hash, newHash)
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else newHash = await nodeHash(newHash, hash)
    node >>= 1n
    last >>= 1n
  }
  if (last !== 0n) return fails('WRONG_LENGTH')
  return equal(oldHash, oldRoot) && equal(newHash, root) ? ok : fails('ROOT_DIFFERS')
}

/** The root over these leaf hashes, built like the log builds it: a stack of complete subtrees. */
export async function rootOf(leaves: Iterable<Bytes>): Promise<Bytes> {
  const edge: { height: number; hash: Bytes }[] = []
  for (const leaf of leaves) {
    let top = { height: 0, hash: leaf }
    for (let left = edge.at(-1); left?.height === top.height; left = edge.at(-1)) {
      edge.pop()
      top = { height: top.height + 1, hash: await nodeHash(left.hash, top.hash) }
    }
    edge.push(top)
  }
  let root = edge.pop()?.hash
  for (let left = edge.pop(); root && left; left = edge.pop()) root = await nodeHash(left.hash, root)
  return root ?? emptyRoot()
}
