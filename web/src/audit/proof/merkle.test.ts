import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Bytes, fromBase64, utf8 } from './bytes'
import { checkConsistency, checkInclusion, emptyRoot, leafHash, nodeHash, rootOf } from './merkle'

/** The definitions of RFC 6962 §2.1 word for word: slow, recursive, and not what the page runs. */
const half = (n: number) => 2 ** Math.ceil(Math.log2(n) - 1)

async function mth(leaves: Bytes[]): Promise<Bytes> {
  const [only] = leaves
  if (!only) return emptyRoot()
  if (leaves.length === 1) return only
  const k = half(leaves.length)
  return nodeHash(await mth(leaves.slice(0, k)), await mth(leaves.slice(k)))
}

async function path(m: number, leaves: Bytes[]): Promise<Bytes[]> {
  if (leaves.length <= 1) return []
  const k = half(leaves.length)
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
  return m < k
    ? [...(await path(m, left)), await mth(right)]
    : [...(await path(m - k, right)), await mth(left)]
}

async function subproof(m: number, leaves: Bytes[], whole: boolean): Promise<Bytes[]> {
  if (m === leaves.length) return whole ? [] : [await mth(leaves)]
  const k = half(leaves.length)
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
  return m <= k
    ? [...(await subproof(m, left, whole)), await mth(right)]
    : [...(await subproof(m - k, right, false)), await mth(left)]
}

const tree = (size: number) =>
  Promise.all(Array.from({ length: size }, (_, at) => leafHash(utf8(`entry ${at}`))))
const flipped = (hash: Uint8Array) => hash.map((byte, at) => (at === 7 ? byte ^ 4 : byte))

describe('Merkle proofs', () => {
  it('build the same root as the definition of RFC 6962', async () => {
    for (const size of [0, 1, 2, 3, 7, 8, 33]) {
      const leaves = await tree(size)
      expect(await rootOf(leaves)).toEqual(await mth(leaves))
    }
  })

  it('accept every leaf at its own position and nowhere else', async () => {
    for (const size of [1, 2, 3, 6, 7, 8, 9]) {
      const leaves = await tree(size)
      const root = await mth(leaves)
      for (const [at, leaf] of leaves.entries()) {
        const proof = await path(at, leaves)
        expect(await checkInclusion(BigInt(at), BigInt(size), leaf, proof, root)).toEqual({ ok: true })
        for (let other = 0; other <= size; other += 1)
          if (other !== at)
            expect(await checkInclusion(BigInt(other), BigInt(size), leaf, proof, root)).toMatchObject({
              ok: false,
            })
      }
    }
  })

  it('refuse a flipped bit, a hash too many and a hash too few', async () => {
    const leaves = await tree(6)
    const root = await mth(leaves)
    const proof = await path(2, leaves)
    const leaf = leaves[2] as Bytes
    const check = (hashes: Uint8Array[]) => checkInclusion(2n, 6n, leaf, hashes, root)
    expect(await check(proof.map((hash, at) => (at === 1 ? flipped(hash) : hash)))).toEqual({
      ok: false,
      fault: 'ROOT_DIFFERS',
    })
    expect(await check([...proof, root])).toEqual({ ok: false, fault: 'WRONG_LENGTH' })
    expect(await check(proof.slice(0, -1))).toEqual({ ok: false, fault: 'WRONG_LENGTH' })
    expect(await check([root.slice(1), ...proof.slice(1)])).toEqual({ ok: false, fault: 'MALFORMED_HASH' })
  })

  it('show that a longer log begins with the shorter one, and refuse a rewritten past', async () => {
    const leaves = await tree(9)
    const root = await mth(leaves)
    for (let old = 1; old <= 9; old += 1) {
      const oldRoot = await mth(leaves.slice(0, old))
      const proof = await subproof(old, leaves, true)
      expect(await checkConsistency(BigInt(old), 9n, oldRoot, root, proof)).toEqual({ ok: true })
      expect(await checkConsistency(BigInt(old), 9n, flipped(oldRoot), root, proof)).toMatchObject({
        ok: false,
      })
    }
    expect(await checkConsistency(9n, 8n, root, root, [])).toEqual({ ok: false, fault: 'SIZES_REVERSED' })
  })
})

type Vector = {
  leafIdx: number
  treeSize: number
  size1: number
  size2: number
  root: string
  root1: string
  root2: string
  leafHash: string
  proof: (string | null)[] | null
  desc: string
  wantErr: boolean
}

const vectors = join(import.meta.dirname, '../../../../../shared/vectors/tlog')

function read(kind: string): Vector[] {
  if (!existsSync(vectors)) {
    console.log(
      `no published vectors beside this workspace: ${kind} proofs were checked against own trees only`,
    )
    return []
  }
  return readdirSync(join(vectors, kind), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(vectors, kind, name), 'utf8')) as Vector)
}

const bytes = (text: string | null) => fromBase64(text ?? '') ?? new Uint8Array()
const proofOf = (vector: Vector) => (vector.proof ?? []).map(bytes)
/** Some vectors carry strings that are no hash; a strict reader refuses those whatever they ask. */
const wellFormed = (...hashes: Uint8Array[]) => hashes.every((hash) => hash.length === 32)
const exact = (vector: Vector, ...keys: (keyof Vector)[]) =>
  keys.every((key) => Number.isSafeInteger(vector[key]))

describe('published vectors', () => {
  it('of inclusion get the expected verdict', async () => {
    for (const vector of read('inclusion').filter((one) => exact(one, 'leafIdx', 'treeSize'))) {
      const { leafIdx, treeSize } = vector
      const [leaf, root, proof] = [bytes(vector.leafHash), bytes(vector.root), proofOf(vector)]
      const result = await checkInclusion(BigInt(leafIdx), BigInt(treeSize), leaf, proof, root)
      expect(result.ok, vector.desc).toBe(!vector.wantErr && wellFormed(leaf, root, ...proof))
    }
  })

  it('of consistency get the expected verdict', async () => {
    for (const vector of read('consistency').filter((one) => exact(one, 'size1', 'size2'))) {
      const [old, root, proof] = [bytes(vector.root1), bytes(vector.root2), proofOf(vector)]
      const result = await checkConsistency(BigInt(vector.size1), BigInt(vector.size2), old, root, proof)
      expect(result.ok, vector.desc).toBe(!vector.wantErr && wellFormed(old, root, ...proof))
    }
  })
})
