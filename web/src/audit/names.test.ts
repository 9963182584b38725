// @vitest-environment node
// The domain's golden files hold every event that a log can hold: an auditor reads each of them in words.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import citizenEn from '../institutions/public_comment/messages/en'
import { ja as citizenJa } from '../institutions/public_comment/messages/ja'
import { readLeaf } from './log-entry'
import en from './messages/en'
import { ja } from './messages/ja'
import { namesOf } from './names'

const GOLDEN = new URL('../../../crates/domain/tests/golden/', import.meta.url)
const leaves = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => readLeaf(readFileSync(new URL(name, GOLDEN))))

/** Every field below a value, with what stands in it. */
function fields(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap(fields)
  if (typeof value !== 'object' || value === null || 'c' in value) return []
  return Object.entries(value).flatMap(([name, one]): [string, unknown][] => [
    ...(Array.isArray(one) ? one : [one]).map((each): [string, unknown] => [name, each]),
    ...fields(one),
  ])
}

describe.each([
  ['Japanese', namesOf(ja, citizenJa)],
  ['English', namesOf(en, citizenEn)],
])('the names of the log, in %s', (_, names) => {
  it('are words for every event and every field of it', () => {
    expect(leaves.length).toBeGreaterThan(30)
    for (const leaf of leaves) {
      expect(names.kind(leaf?.kind ?? '')).not.toMatch(/_|^$/)
      for (const [name] of fields(leaf?.data)) expect(names.field(name), `${leaf?.kind} ${name}`).toBeTruthy()
    }
  })

  it('are words for every code, and leave alone what somebody wrote or counted', () => {
    const said = (field: string, value: unknown) => names.value(field, value)
    for (const leaf of leaves)
      for (const [name, value] of fields(leaf?.data)) {
        // Ids are told apart by their digits.
        const code = typeof value === 'string' && /^[a-z_]+$/.test(value)
        if (code) expect(said(name, value), `${leaf?.kind} ${name}: ${value}`).toBeTruthy()
      }
    expect(said('reason', '連休のため')).toBeUndefined()
    expect(said('note', 'post')).toBeUndefined()
    expect(said('changed_policy', 7)).toBeUndefined()
    expect(said('changed_policy', true)).toBeTruthy()
    expect(said('ward', '141330')).toBe('中原区')
  })

  it('take a code that nobody knows as it is, whatever it is', () => {
    for (const code of ['some_new_thing', 'constructor', '__proto__']) {
      expect([names.kind(code), names.role(code)]).toEqual([code, code])
      expect([names.field(code), names.value('reason', code)]).toEqual([undefined, undefined])
    }
  })
})
