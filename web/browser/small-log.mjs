// A transparency log of a few entries, written without a line of the page's own code: what the page checks in
// the browser tests comes from here.
import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const leafHash = (leaf) => sha256(Buffer.from([0]), leaf)
const node = (left, right) => sha256(Buffer.from([1]), left, right)
const half = (n) => 2 ** Math.ceil(Math.log2(n) - 1)

function root(leaves) {
  if (leaves.length === 0) return sha256(Buffer.alloc(0))
  if (leaves.length === 1) return leaves[0]
  const k = half(leaves.length)
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)))
}

function path(index, leaves) {
  if (leaves.length <= 1) return []
  const k = half(leaves.length)
  return index < k
    ? [...path(index, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...path(index - k, leaves.slice(k)), root(leaves.slice(0, k))]
}

export class SmallLog {
  origin = 'small.example/log/1'
  secret = new Uint8Array(32).fill(3)
  entries = []

  constructor() {
    const key = Buffer.concat([Buffer.from([1]), ed25519.getPublicKey(this.secret)])
    this.keyId = sha256(`${this.origin}\n`, key).subarray(0, 4)
    this.vkey = `${this.origin}+${this.keyId.toString('hex')}+${key.toString('base64')}`
    this.append('log_created', 'log/small', { vkey: this.vkey, origin: this.origin })
  }

  append(kind, stream, data, role = 'system') {
    const version = this.entries.filter((entry) => entry.stream === stream).length + 1
    const at = new Date().toISOString()
    const text = JSON.stringify({
      actor: { id: 'system_01JBSYSTEM000000000000000', role },
      basis: '',
      cause: { command: '01JBCOMMAND0000000000000000' },
      data,
      event: `event_${this.entries.length}`,
      kind,
      legal_date: at.slice(0, 10),
      recorded_at: at,
      schema: 1,
      stream,
      version,
    })
    this.entries.push({ stream, bytes: Buffer.from(text) })
    return this.entries.length - 1
  }

  get hashes() {
    return this.entries.map(({ bytes }) => leafHash(bytes))
  }

  checkpoint() {
    const body = `${this.origin}\n${this.entries.length}\n${root(this.hashes).toString('base64')}\n`
    const signature = Buffer.concat([
      this.keyId,
      ed25519.sign(new Uint8Array(Buffer.from(body)), this.secret),
    ])
    return `${body}\n\u2014 ${this.origin} ${signature.toString('base64')}\n`
  }

  receipt(position) {
    if (position >= this.entries.length) return undefined
    const proof = path(position, this.hashes).map((hash) => `${hash.toString('base64')}\n`)
    return `c2sp.org/tlog-proof@v1\nindex ${position}\n${proof.join('')}\n${this.checkpoint()}`
  }

  bundle() {
    return Buffer.concat(
      this.entries.flatMap(({ bytes }) => {
        const length = Buffer.alloc(2)
        length.writeUInt16BE(bytes.length)
        return [length, bytes]
      }),
    )
  }
}
