import type { ReactNode } from 'react'
import { type LogEntry, NO_FILTER, readLeaf } from '../audit/log-entry'
import type { Checkpoint } from '../audit/proof/checkpoint'
import { type Opening, SCHEME } from '../audit/proof/commitment'
import { EntryScreen } from '../audit/screens/entry'
import { ExplorerScreen } from '../audit/screens/explorer'
import { HistoryScreen } from '../audit/screens/history'
import { ReceiptCheckScreen } from '../audit/screens/receipt-check'
import { StatisticsScreen } from '../audit/screens/statistics'
import { TimeScreen } from '../audit/screens/time'
import { VerifyScreen, type VerifyState } from '../audit/screens/verify'
import type { Finding, ReceiptVerdict } from '../audit/verification'
import { AccessibilityScreen } from '../help/accessibility'
import { HelpScreen } from '../help/help'
import { ReturnScreen } from '../identity/screens'
import { draft, everythingHostile, HOSTILE, TODAY } from './fixtures'

const nothing = () => {}

function entry(
  position: number,
  kind: string,
  version: number,
  data: object = {},
  role = 'bureau_officer',
): LogEntry {
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      actor: { id: '01JBACTOR00000000000000000', role },
      basis: 'kawasaki2009/1',
      cause: { command: '01JBCOMMAND0000000000000000' },
      data,
      event: `01JBEVENT000000000000000${position}`,
      kind,
      legal_date: '2026-11-10',
      recorded_at: `2026-11-1${position}T01:00:00.000Z`,
      schema: 1,
      stream: 'public_comment/case_01JBCASE00000000000000000',
      version,
    }),
  ) as Uint8Array<ArrayBuffer>
  return { position, bytes, leaf: readLeaf(bytes) }
}

const entries = [
  entry(0, 'case_drafted', 1, {
    content: { alg: 'hiroba/commit/v1', c: 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=' },
    revision: 1,
  }),
  entry(1, 'case_published', 2, {
    title: { ja: '歩いて楽しい駅前計画' },
    channels: ['web', 'post'],
    min_period_days: 30,
  }),
  entry(2, 'opinion_submitted', 3, { channel: 'web' }, 'citizen'),
  entry(3, 'personal_data_opened', 4, { reason: '問い合わせのため' }),
  entry(4, 'personal_data_erased', 5, { legal_basis: '個人情報保護法第98条' }, 'records_manager'),
]

const checkpoint: Checkpoint = {
  origin: 'hiroba.example/log/1',
  size: 5n,
  root: new Uint8Array(32),
  note: { text: '', signatures: [] },
  whole: '',
}

const good: Finding[] = [
  { kind: 'signature', ok: true, witnesses: [{ name: 'library.example', witnessedAt: 1n }] },
  { kind: 'root', ok: true, size: 5 },
  { kind: 'unchanged', ok: true, since: 3 },
]
const bad: Finding[] = [
  { kind: 'signature', ok: false, fault: 'BAD_SIGNATURE' },
  { kind: 'root', ok: false, size: 5 },
  { kind: 'unchanged', ok: false, since: 3 },
]

const explorer = (of: LogEntry[]) => (
  <ExplorerScreen
    checkpoint={checkpoint}
    entries={of}
    filter={NO_FILTER}
    onFilter={nothing}
    onOlder={nothing}
    onNewer={nothing}
  />
)
const verify = (state: VerifyState) => <VerifyScreen state={state} onStart={nothing} onSave={nothing} />
const FOUND = {
  kind: 'found' as const,
  position: 4211,
  size: 5000,
  witnesses: [],
  keySource: 'device' as const,
}

const opening = (field: string, text: string): Opening => ({
  alg: SCHEME,
  event: 'event_01JBCOMMAND0000000000000000.0',
  field,
  salt: '',
  text,
})

const receipt = (verdict: ReceiptVerdict) => (
  <ReceiptCheckScreen
    state={{ kind: 'done', verdict }}
    position="4211"
    onPosition={nothing}
    onFile={nothing}
  />
)

/** The auditor's screens, receipts, help and identity. */
export const auditStories: Record<string, () => ReactNode> = {
  'log/explorer': () => explorer(entries),
  'log/nothing': () => explorer([]),
  'log/entry': () => (
    <EntryScreen entry={entries[0] as LogEntry} hash="bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=" />
  ),
  'log/unreadable-entry': () => (
    <EntryScreen entry={{ position: 9, bytes: Uint8Array.of(255, 0) }} hash="AAAA" />
  ),
  'log/hostile-entry': () => (
    <EntryScreen
      entry={entry(5, 'case_published', 6, { title: { ja: everythingHostile }, places: [everythingHostile] })}
      hash="AAAA"
    />
  ),
  'log/history': () => (
    <HistoryScreen
      stream="public_comment/case_01JBCASE00000000000000000"
      entries={entries}
      read={5}
      size={5}
    />
  ),
  'log/history-gap': () => (
    <HistoryScreen
      stream="public_comment/case_01JBCASE00000000000000000"
      entries={entries.slice(1)}
      read={5}
      size={5}
    />
  ),
  'log/history-reading': () => <HistoryScreen stream="public_comment/x" entries={[]} read={2} size={5} />,
  'log/verify': () => verify({ kind: 'ready' }),
  'log/verify-running': () => verify({ kind: 'running', done: 2, of: 5 }),
  'log/verify-ok': () => verify({ kind: 'done', findings: good, keySource: 'device' }),
  'log/verify-failed': () => verify({ kind: 'done', findings: bad, keySource: 'log' }),
  'log/verify-bad-key': () => verify({ kind: 'badKey' }),
  'log/verify-unreadable': () => verify({ kind: 'unreadable' }),
  'log/time': () => <TimeScreen entries={entries} today={TODAY} />,
  'log/statistics': () => <StatisticsScreen entries={entries} />,
  'log/statistics-none': () => <StatisticsScreen entries={entries.slice(0, 1)} />,
  'receipt/ready': () => (
    <ReceiptCheckScreen state={{ kind: 'ready' }} onPosition={nothing} onFile={nothing} />
  ),
  'receipt/bad-file': () => (
    <ReceiptCheckScreen state={{ kind: 'badFile' }} onPosition={nothing} onFile={nothing} />
  ),
  'receipt/found': () => receipt({ ...FOUND, opened: [] }),
  'receipt/opened': () =>
    receipt({
      ...FOUND,
      opened: [
        opening('body', draft.body),
        opening('submitter', JSON.stringify({ name: '山田 花子', address: draft.address })),
      ],
    }),
  'receipt/opened-hostile': () =>
    receipt({
      ...FOUND,
      opened: [opening('body', HOSTILE.long), opening(everythingHostile, everythingHostile)],
    }),
  'receipt/not-found': () => receipt({ kind: 'notFound' }),
  'receipt/behind': () => receipt({ kind: 'behind', position: 4211, size: 4200 }),
  'receipt/tampered': () => receipt({ kind: 'tampered', fault: 'ROOT_DIFFERS' }),
  'receipt/unreadable': () => receipt({ kind: 'unreadable' }),
  'help/help': () => <HelpScreen onForget={async () => {}} />,
  'help/accessibility': () => (
    <AccessibilityScreen
      results={{
        testedOn: TODAY,
        screens: ['home/open'],
        violations: 0,
        rules: [{ id: 'button-name', help: 'Buttons must have discernible text', screens: 1 }],
      }}
    />
  ),
  'help/accessibility-untested': () => <AccessibilityScreen results={undefined} />,
  'identity/returning': () => <ReturnScreen state="waiting" onSignIn={nothing} />,
  'identity/failed': () => <ReturnScreen state="failed" onSignIn={nothing} />,
}
