import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import { type Bytes, concat, sha256, toBase64, toHex, utf8 } from './bytes'
import { parseCheckpoint, verifyCheckpoint } from './checkpoint'
import { leafHash, nodeHash } from './merkle'
import { parseNote, parseVerifierKey, type VerifierKey } from './note'
import { parseReceipt, verifyReceipt } from './receipt'
import { bundlePath, parseBundle, tilePath } from './tiles'

const secret = (seed: number) => new Uint8Array(32).fill(seed)

async function keyOf(name: string, seed: number, type: number) {
  const key = concat(Uint8Array.of(type), ed25519.getPublicKey(secret(seed)))
  const id = (await sha256(utf8(`${name}\n`), key)).slice(0, 4)
  return `${name}+${toHex(id)}+${toBase64(key)}`
}

const parsed = async (text: string) => (await parseVerifierKey(text)) as VerifierKey

function sign(text: string, key: VerifierKey, seed: number) {
  return `\u2014 ${key.name} ${toBase64(concat(key.id, ed25519.sign(utf8(text), secret(seed))))}\n`
}

function cosign(text: string, key: VerifierKey, seed: number, time: bigint) {
  const stamp = new Uint8Array(8)
  new DataView(stamp.buffer).setBigUint64(0, time)
  const signature = ed25519.sign(utf8(`cosignature/v1\ntime ${time}\n${text}`), secret(seed))
  return `\u2014 ${key.name} ${toBase64(concat(key.id, stamp, signature))}\n`
}

const ORIGIN = 'city.example/log/1'

async function setting() {
  const log = await parsed(await keyOf(ORIGIN, 1, 0x01))
  const witness = await parsed(await keyOf('library.example', 2, 0x04))
  const leaf = utf8('{"kind":"opinion_submitted"}')
  const other = await leafHash(utf8('{"kind":"case_published"}'))
  const root = await nodeHash(other, await leafHash(leaf))
  const text = `${ORIGIN}\n2\n${toBase64(root)}\n`
  const checkpoint = `${text}\n${sign(text, log, 1)}${cosign(text, witness, 2, 1_790_000_000n)}`
  const receipt = `c2sp.org/tlog-proof@v1\nindex 1\n${toBase64(other)}\n\n${checkpoint}`
  return { log, witness, leaf, text, checkpoint, receipt }
}

describe('a receipt', () => {
  it('proves the leaf it was made for, and names the witness and its time', async () => {
    const { log, witness, leaf, receipt } = await setting()
    const read = parseReceipt(receipt)
    if (!read) throw new Error('the receipt does not parse')
    expect(await verifyReceipt(read, leaf, log, [witness])).toEqual({
      ok: true,
      witnesses: [{ name: 'library.example', witnessedAt: 1_790_000_000n }],
    })
  })

  it('does not prove other words, another position, or another log', async () => {
    const { log, leaf, receipt } = await setting()
    const read = parseReceipt(receipt)
    if (!read) throw new Error('the receipt does not parse')
    expect(await verifyReceipt(read, utf8('{"kind":"other"}'), log)).toEqual({
      ok: false,
      fault: 'ROOT_DIFFERS',
    })
    expect(await verifyReceipt({ ...read, index: 2n }, leaf, log)).toEqual({
      ok: false,
      fault: 'INDEX_BEYOND_TREE',
    })
    const stranger = await parsed(await keyOf('other.example/log', 1, 0x01))
    expect(await verifyReceipt(read, leaf, stranger)).toEqual({ ok: false, fault: 'OTHER_LOG' })
  })

  it('is refused when any part of its form is off', async () => {
    const { receipt } = await setting()
    const broken = [
      receipt.replace('@v1', '@v2'),
      receipt.replace('index 1', 'index 01'),
      receipt.replace('index 1', 'index -1'),
      receipt.replace('index 1\n', 'index 1\nextra AA==\n'),
      receipt.replace('index 1\n', 'index 1\nshort\n'),
      receipt.replace('\n\n', '\n'),
      receipt.slice(0, -1),
      receipt.replace('index 1', 'extra A\nindex 1'),
    ]
    for (const one of broken) expect(parseReceipt(one), one.slice(0, 60)).toBeUndefined()
    expect(parseReceipt(receipt.replace('index 1', 'extra AAAA\nindex 1'))?.extra).toEqual(new Uint8Array(3))
  })
})

describe('a checkpoint', () => {
  it('is refused when a known key did not sign these words', async () => {
    const { log, text, checkpoint } = await setting()
    const forged = parseCheckpoint(checkpoint.replace(`${ORIGIN}\n2\n`, `${ORIGIN}\n3\n`))
    if (!forged) throw new Error('the forged checkpoint does not parse')
    expect(verifyCheckpoint(forged, log)).toEqual({ ok: false, fault: 'BAD_SIGNATURE' })
    const stranger = await parsed(await keyOf(ORIGIN, 9, 0x01))
    const unsigned = parseCheckpoint(`${text}\n${sign(text, stranger, 9)}`)
    if (!unsigned) throw new Error('the checkpoint does not parse')
    expect(verifyCheckpoint(unsigned, log)).toEqual({ ok: false, fault: 'UNKNOWN_SIGNER' })
  })

  it('is not accepted from witnesses alone', async () => {
    const { log, witness, text } = await setting()
    const read = parseCheckpoint(`${text}\n${cosign(text, witness, 2, 1n)}`)
    if (!read) throw new Error('the checkpoint does not parse')
    expect(verifyCheckpoint(read, log, [witness])).toEqual({ ok: false, fault: 'NOT_SIGNED_BY_LOG' })
  })

  it('needs plain decimal sizes, whole roots and signature lines', async () => {
    const { checkpoint } = await setting()
    expect(parseCheckpoint(checkpoint.replace('\n2\n', '\n02\n'))).toBeUndefined()
    expect(parseCheckpoint(checkpoint.replace('\n2\n', '\n2 \n'))).toBeUndefined()
    expect(parseNote(checkpoint.replace('\u2014', '-'))).toBeUndefined()
    expect(parseNote(checkpoint.replace('\n2\n', '\n2\r\n'))).toBeUndefined()
  })
})

describe('a verifier key', () => {
  it('is the one of the specification, and refuses an id that does not fit', async () => {
    const good = await keyOf(ORIGIN, 1, 0x01)
    expect(await parseVerifierKey(good)).toMatchObject({ name: ORIGIN, type: 1 })
    expect(await parseVerifierKey(good.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeUndefined()
    expect(await parseVerifierKey(`a b${good}`)).toBeUndefined()
  })
})

describe('tiles', () => {
  it('have the addresses of tlog-tiles', () => {
    expect(tilePath(0)).toBe('000')
    expect(tilePath(1_234_067)).toBe('x001/x234/067')
    expect(bundlePath(273, 70_000)).toBe('tile/entries/273.p/112')
    expect(bundlePath(0, 256)).toBe('tile/entries/000')
  })

  it('give their entries, and nothing when they are cut', () => {
    const bundle = concat(Uint8Array.of(0, 2), utf8('ab'), Uint8Array.of(0, 0)) as Bytes
    expect(parseBundle(bundle)?.map((entry) => entry.length)).toEqual([2, 0])
    expect(parseBundle(bundle.slice(0, 3))).toBeUndefined()
    expect(parseBundle(bundle.slice(0, 5))).toBeUndefined()
  })
})
