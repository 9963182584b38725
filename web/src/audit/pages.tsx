import { useCallback, useEffect, useState } from 'react'
import { useToday } from '../frame/city'
import { type Params, useAsOf } from '../frame/router'
import { saveFile } from '../frame/save-file'
import { type Answer, Loaded } from '../frame/states'
import { parseKept } from './kept'
import { type Filter, type LogEntry, NO_FILTER } from './log-entry'
import { LogUnreadable, logReader } from './log-reader'
import { toBase64 } from './proof/bytes'
import { type Checkpoint, parseCheckpoint } from './proof/checkpoint'
import { leafHash } from './proof/merkle'
import { parseReceipt } from './proof/receipt'
import { EntryScreen } from './screens/entry'
import { ExplorerScreen } from './screens/explorer'
import { HistoryScreen } from './screens/history'
import { ReceiptCheckScreen, type ReceiptCheckState } from './screens/receipt-check'
import { StatisticsScreen } from './screens/statistics'
import { TimeScreen } from './screens/time'
import { VerifyScreen, type VerifyState } from './screens/verify'
import { checkKept, checkReceipt, findLogKey, lastSeen, rememberCheckpoint, verifyLog } from './verification'

/** Reads the log's own files; nothing here asks the application. */
const reader = logReader()
const PAGE = 100
const BATCH = 1024

function useLoad<T>(load: () => Promise<T | undefined>): { answer: Answer<T>; retry: () => void } {
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading' })
  const retry = useCallback(() => {
    setAnswer({ state: 'loading' })
    load().then(
      (data) =>
        setAnswer(
          data === undefined ? { state: 'trouble', trouble: { kind: 'notFound' } } : { state: 'ready', data },
        ),
      (error: unknown) =>
        setAnswer({
          state: 'trouble',
          trouble: error instanceof LogUnreadable ? { kind: 'error' } : { kind: 'offline' },
        }),
    )
  }, [load])
  useEffect(retry, [retry])
  return { answer, retry }
}

/** Entries from the end backwards, or up to where the reader travelled. */
export function ExplorerPage() {
  const at = useAsOf()
  const [end, setEnd] = useState<number>()
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const load = useCallback(async () => {
    const checkpoint = await reader.checkpoint()
    const size = Number(checkpoint.size)
    const seen = at !== undefined && /^\d+$/.test(at) ? Math.min(size, Number(at) + 1) : size
    const to = Math.min(end ?? seen, seen)
    return { checkpoint, seen, to, entries: await reader.entries(Math.max(0, to - PAGE), to, size) }
  }, [at, end])
  const { answer, retry } = useLoad(load)
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ checkpoint, entries, to, seen }) => (
        <ExplorerScreen
          checkpoint={checkpoint}
          entries={entries}
          filter={filter}
          onFilter={setFilter}
          onOlder={to - PAGE > 0 ? () => setEnd(to - PAGE) : undefined}
          onNewer={to < seen ? () => setEnd(Math.min(seen, to + PAGE)) : undefined}
        />
      )}
    </Loaded>
  )
}

export function EntryPage({ params }: { params: Params }) {
  const position = Number(params.position)
  const load = useCallback(async () => {
    const size = Number((await reader.checkpoint()).size)
    if (!Number.isSafeInteger(position) || position < 0 || position >= size) return undefined
    const [entry] = await reader.entries(position, position + 1, size)
    return entry && { entry, hash: toBase64(await leafHash(entry.bytes)) }
  }, [position])
  const { answer, retry } = useLoad(load)
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ entry, hash }) => <EntryScreen entry={entry} hash={hash} />}
    </Loaded>
  )
}

/** Reads every entry up to `?at=`, telling how far it is. */
function useWholeLog(): {
  answer: Answer<{ entries: LogEntry[]; size: number; read: number }>
  retry: () => void
} {
  const at = useAsOf()
  const [progress, setProgress] = useState<{ entries: LogEntry[]; size: number; read: number }>()
  const load = useCallback(async () => {
    const size = Number((await reader.checkpoint()).size)
    const seen = at !== undefined && /^\d+$/.test(at) ? Math.min(size, Number(at) + 1) : size
    const entries: LogEntry[] = []
    for (let from = 0; from < seen; from += BATCH) {
      entries.push(...(await reader.entries(from, Math.min(from + BATCH, seen), size)))
      setProgress({ entries: [...entries], size: seen, read: entries.length })
    }
    return { entries, size: seen, read: seen }
  }, [at])
  const { answer, retry } = useLoad(load)
  return {
    answer: answer.state === 'loading' && progress ? { state: 'ready', data: progress } : answer,
    retry,
  }
}

export function HistoryPage({ params }: { params: Params }) {
  const asked = params.stream ?? ''
  const { answer, retry } = useWholeLog()
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ entries, size, read }) => {
        // The address may carry a whole stream name or only the object's id.
        const found = entries.filter(
          ({ leaf }) => leaf?.stream === asked || leaf?.stream.endsWith(`/${asked}`),
        )
        return <HistoryScreen stream={asked} entries={found} read={read} size={size} />
      }}
    </Loaded>
  )
}

export function TimePage() {
  const today = useToday()
  const { answer, retry } = useWholeLog()
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ entries }) => <TimeScreen entries={entries} today={today} />}
    </Loaded>
  )
}

export function StatisticsPage() {
  const { answer, retry } = useWholeLog()
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ entries }) => <StatisticsScreen entries={entries} />}
    </Loaded>
  )
}

export function VerifyPage() {
  const [state, setState] = useState<VerifyState>({ kind: 'ready' })
  const [checkpoint, setCheckpoint] = useState<Checkpoint>()
  const run = async (typedKey: string, typedEarlier: string) => {
    const earlier = typedEarlier.trim() ? parseCheckpoint(typedEarlier.replace(/\r\n/g, '\n')) : lastSeen()
    if (typedEarlier.trim() && !earlier) return setState({ kind: 'badEarlier' })
    try {
      const current = await reader.checkpoint()
      const size = Number(current.size)
      const key = await findLogKey(reader, size, typedKey)
      if (!key) return setState({ kind: 'badKey' })
      setCheckpoint(current)
      const findings = await verifyLog(reader, current, key, earlier, (done) =>
        setState({ kind: 'running', done, of: size }),
      )
      if (findings.every(({ ok }) => ok)) rememberCheckpoint(current)
      setState({ kind: 'done', findings, keySource: key.source })
    } catch {
      setState({ kind: 'unreadable' })
    }
  }
  return (
    <VerifyScreen
      state={state}
      onStart={(key, earlier) => void run(key, earlier)}
      onSave={() => saveFile('checkpoint.txt', 'text/plain', checkpoint?.whole ?? '')}
    />
  )
}

export function ReceiptPage({ params }: { params: Params }) {
  const asked = params.position
  const isNumber = asked !== undefined && /^\d{1,15}$/.test(asked)
  const [state, setState] = useState<ReceiptCheckState>({ kind: isNumber ? 'checking' : 'ready' })
  const byPosition = useCallback(async (position: number) => {
    setState({ kind: 'checking' })
    try {
      const found = await reader.receipt(position)
      if (found) return setState({ kind: 'done', verdict: await checkReceipt(reader, found.receipt) })
      const size = Number((await reader.checkpoint()).size)
      setState({
        kind: 'done',
        verdict: position < size ? { kind: 'notFound' } : { kind: 'behind', position, size },
      })
    } catch {
      setState({ kind: 'done', verdict: { kind: 'unreadable' } })
    }
  }, [])
  const byFile = async (text: string) => {
    const kept = parseKept(text)
    const receipt = parseReceipt(text)
    if (!kept && !receipt) return setState({ kind: 'badFile' })
    setState({ kind: 'checking' })
    try {
      const verdict = kept ? checkKept(reader, kept) : receipt && checkReceipt(reader, receipt)
      setState({ kind: 'done', verdict: (await verdict) ?? { kind: 'unreadable' } })
    } catch {
      setState({ kind: 'done', verdict: { kind: 'unreadable' } })
    }
  }
  useEffect(() => {
    if (isNumber) void byPosition(Number(asked))
  }, [asked, isNumber, byPosition])
  return (
    <ReceiptCheckScreen
      state={state}
      position={asked ?? ''}
      onPosition={(position) => void byPosition(position)}
      onFile={(text) => void byFile(text)}
    />
  )
}
