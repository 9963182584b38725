import { beforeEach, describe, expect, it } from 'vitest'
import { SmallLog } from '../../browser/small-log.mjs'
import { opensIn, parseKept } from './kept'
import { filesOf } from './log-files'
import { logReader } from './log-reader'
import { toBase64, utf8 } from './proof/bytes'
import { commit, type Opening, SCHEME } from './proof/commitment'
import { checkKept } from './verification'

const SALT = new Uint8Array(32).fill(7)
const WORDS = '歩道を広く'

/** A log with one opinion, and what its submitter keeps. */
async function kept(words = WORDS) {
  const log = new SmallLog()
  const event = `event_${log.entries.length}`
  const c = toBase64(await commit(event, 'items/0/body', SALT, utf8(WORDS)))
  const position = log.append('opinion_submitted', 'public_comment/case_1', {
    items: [{ body: { alg: SCHEME, c } }],
  })
  const opening: Opening = {
    alg: SCHEME,
    event,
    field: 'items/0/body',
    salt: toBase64(SALT),
    text: words,
  }
  const leaf = new Uint8Array(log.entries[position]?.bytes ?? [])
  const file = { proof: log.receipt(position), leaf: toBase64(leaf), openings: [opening] }
  return { log, leaf, opening, file, position }
}

const check = (log: SmallLog, file: object) => {
  const parsed = parseKept(JSON.stringify(file))
  if (!parsed) throw new Error('the file does not parse')
  return checkKept(logReader('/log', filesOf(log)), parsed)
}

beforeEach(() => localStorage.clear())

describe('the file that a submitter keeps', () => {
  it('shows what was handed in, at its place in the log', async () => {
    const { log, file, opening, position } = await kept()
    expect(await check(log, file)).toMatchObject({ kind: 'found', position, opened: [opening] })
  })

  it('is told from one with other words, or with another leaf', async () => {
    const { log, file } = await kept('歩道を狭く')
    expect(await check(log, file)).toEqual({ kind: 'tampered', fault: 'OPENING_FALSE' })
    const leaf = toBase64(utf8('{"kind":"opinion_submitted"}'))
    expect(await check(log, { ...file, leaf })).toEqual({ kind: 'tampered', fault: 'LEAF_DIFFERS' })
  })

  it('is no file without proof and leaf, whatever else stands in it', async () => {
    const { file } = await kept()
    expect(parseKept(JSON.stringify({ ...file, about: ['…'], unknown: 1 }))).toBeDefined()
    for (const broken of [
      { ...file, proof: undefined },
      { ...file, leaf: 'not base64' },
      { ...file, openings: [{ field: 'body' }] },
      { ...file, openings: [{ ...file.openings[0], alg: 'hiroba/commit/v2' }] },
    ])
      expect(parseKept(JSON.stringify(broken))).toBeUndefined()
    expect(parseKept('{')).toBeUndefined()
  })
})

describe('an opening', () => {
  it('opens with its own text and salt, event and field, and with nothing else', async () => {
    const { leaf, opening } = await kept()
    expect(await opensIn(leaf, opening)).toBe(true)
    for (const other of [
      { text: '歩道を狭く' },
      { field: 'items/1/body' },
      { field: 'items/0' },
      { field: 'constructor' },
      { event: 'event_9' },
      { salt: toBase64(SALT.slice(1)) },
      { text: null, bytes: null },
    ])
      expect(await opensIn(leaf, { ...opening, ...other })).toBe(false)
  })

  it('can be of what is no text', async () => {
    const bytes = Uint8Array.of(0xff, 0xfe)
    const c = toBase64(await commit('event_1', 'file', SALT, bytes))
    const log = new SmallLog()
    const at = log.append('opinion_submitted', 'public_comment/case_1', { file: { alg: SCHEME, c } })
    const leaf = new Uint8Array(log.entries[at]?.bytes ?? [])
    const opening = { alg: SCHEME, event: 'event_1', field: 'file', salt: toBase64(SALT) }
    expect(await opensIn(leaf, { ...opening, bytes: toBase64(bytes) })).toBe(true)
    expect(await opensIn(leaf, { ...opening, bytes: toBase64(bytes.slice(1)) })).toBe(false)
  })
})
