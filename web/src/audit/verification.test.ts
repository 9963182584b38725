import { beforeEach, describe, expect, it } from 'vitest'
import { SmallLog } from '../../browser/small-log.mjs'
import { filesOf } from './log-files'
import { logReader } from './log-reader'
import { parseCheckpoint } from './proof/checkpoint'
import { parseReceipt, type Receipt } from './proof/receipt'
import { checkReceipt, findLogKey, type LogKey, verifyLog } from './verification'

function someLog() {
  const log = new SmallLog()
  for (const kind of ['case_drafted', 'case_published', 'opinion_submitted', 'case_closed'])
    log.append(kind, 'public_comment/case_1', { kind })
  return log
}

const read = (log: SmallLog) => logReader('/log', filesOf(log))
const keyOf = async (log: SmallLog) => (await findLogKey(read(log), log.entries.length, log.vkey)) as LogKey
const checkpointOf = (log: SmallLog) => {
  const checkpoint = parseCheckpoint(log.checkpoint())
  if (!checkpoint) throw new Error('the log signed something that is no checkpoint')
  return checkpoint
}
const receiptOf = (log: SmallLog, position: number) => parseReceipt(log.receipt(position) ?? '') as Receipt
const quiet = () => {}

beforeEach(() => localStorage.clear())

describe('an auditor', () => {
  it('finds an honest log in order, also against an earlier checkpoint', async () => {
    const log = someLog()
    const earlier = checkpointOf(log)
    log.append('review_started', 'public_comment/case_1', {})
    const findings = await verifyLog(read(log), checkpointOf(log), await keyOf(log), earlier, quiet)
    expect(findings).toEqual([
      { kind: 'signature', ok: true, witnesses: [] },
      { kind: 'root', ok: true, size: 6 },
      { kind: 'unchanged', ok: true, since: 5 },
    ])
  })

  it('sees an entry that was changed behind the signature', async () => {
    const log = someLog()
    const signed = checkpointOf(log)
    const key = await keyOf(log)
    const third = log.entries[2]
    if (third) third.bytes = Buffer.from(third.bytes.toString().replace('published', 'retracted'))
    const findings = await verifyLog(read(log), signed, key, undefined, quiet)
    expect(findings.find(({ kind }) => kind === 'root')).toMatchObject({ ok: false })
  })

  it('sees a past that was rewritten and signed anew', async () => {
    const earlier = checkpointOf(someLog())
    const rewritten = new SmallLog()
    for (const kind of [
      'case_drafted',
      'case_published',
      'opinion_submitted',
      'case_abandoned',
      'case_closed',
    ])
      rewritten.append(kind, 'public_comment/case_1', { kind })
    const findings = await verifyLog(
      read(rewritten),
      checkpointOf(rewritten),
      await keyOf(rewritten),
      earlier,
      quiet,
    )
    expect(findings.map(({ kind, ok }) => [kind, ok])).toEqual([
      ['signature', true],
      ['root', true],
      ['unchanged', false],
    ])
  })

  it('takes the key that was seen before over one that the log offers now', async () => {
    const log = someLog()
    expect((await findLogKey(read(log), 5))?.source).toBe('log')
    expect((await findLogKey(read(log), 5))?.source).toBe('device')
    expect(await findLogKey(read(log), 5, 'not a key')).toBeUndefined()
  })
})

describe('a citizen with a receipt', () => {
  it('learns that it is in the log, that it is not there yet, or that it does not fit', async () => {
    const log = someLog()
    expect(await checkReceipt(read(log), receiptOf(log, 3))).toMatchObject({
      kind: 'found',
      position: 3,
      size: 5,
    })
    const ahead = { ...receiptOf(log, 3), index: 9n }
    expect(await checkReceipt(read(log), ahead)).toEqual({ kind: 'behind', position: 9, size: 5 })
    const held = receiptOf(log, 3)
    const fourth = log.entries[3]
    if (fourth) fourth.bytes = Buffer.from(fourth.bytes.toString().replace('submitted', 'dropped__'))
    expect(await checkReceipt(read(log), held)).toEqual({ kind: 'tampered', fault: 'ROOT_DIFFERS' })
  })
})
