import { Banner, P, Screen } from '../../frame/components'
import { UserWords } from '../../frame/user-text'
import type { LogEntry } from '../log-entry'
import { useAuditMessages } from '../messages'
import { EntryTable } from './explorer'

type HistoryProps = { stream: string; entries: readonly LogEntry[]; read: number; size: number }

/** The numbers from 1 on that no entry of the object has. */
export function missingVersions(entries: readonly LogEntry[]): number[] {
  const there = new Set(entries.map(({ leaf }) => leaf?.version))
  const last = Math.max(0, ...entries.map(({ leaf }) => leaf?.version ?? 0))
  return Array.from({ length: last }, (_, at) => at + 1).filter((version) => !there.has(version))
}

/** Everything that ever happened to one object, and whether anything is missing. */
export function HistoryScreen({ stream, entries, read, size }: HistoryProps) {
  const m = useAuditMessages()
  const done = read >= size
  const missing = missingVersions(entries)
  return (
    <Screen title={m.history.title}>
      <p>
        <UserWords>{stream}</UserWords>
      </p>
      <p role="status">{m.history.reading(read, size)}</p>
      {done && entries.length === 0 && <P>{m.history.nothing}</P>}
      {done && entries.length > 0 && missing.length === 0 && (
        <Banner kind="success" title={m.history.complete} />
      )}
      {done && missing.map((version) => <Banner key={version} kind="error" title={m.history.gap(version)} />)}
      {entries.length > 0 && <EntryTable caption={stream} entries={entries} />}
    </Screen>
  )
}
