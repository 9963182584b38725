import { Actions, Facts, Screen, Section } from '../../frame/components'
import { formatDate, formatInstant } from '../../frame/dates'
import { Link } from '../../frame/router'
import { useLocale } from '../../frame/settings'
import { UserText, UserWords } from '../../frame/user-text'
import type { LogEntry } from '../log-entry'
import { useAuditMessages, useReceiptMessages } from '../messages'

type EntryProps = { entry: LogEntry; hash: string }

/** One entry: what everybody may know of it, and the very bytes that are hashed. */
export function EntryScreen({ entry, hash }: EntryProps) {
  const m = useAuditMessages()
  const receipts = useReceiptMessages()
  const locale = useLocale()
  const { leaf, position } = entry
  return (
    <Screen title={m.entry.title(position)}>
      {leaf && (
        <>
          <Facts
            rows={[
              [m.explorer.kind, <code key="kind">{leaf.kind}</code>],
              [m.explorer.recordedAt, formatInstant(leaf.recorded_at, locale)],
              [m.entry.legalDate, formatDate(leaf.legal_date, locale)],
              [m.explorer.stream, <UserWords key="stream">{leaf.stream}</UserWords>],
              [m.entry.version, String(leaf.version)],
              [m.explorer.role, <code key="role">{leaf.actor.role}</code>],
              [
                m.entry.actor,
                <code key="actor" className="hash">
                  {leaf.actor.id}
                </code>,
              ],
              [m.explorer.basis, <code key="basis">{leaf.basis}</code>],
              [
                m.entry.event,
                <code key="event" className="hash">
                  {leaf.event}
                </code>,
              ],
              [
                m.entry.command,
                <code key="command" className="hash">
                  {leaf.cause.command}
                </code>,
              ],
            ]}
          />
          <Section heading={m.entry.data}>
            <Data value={leaf.data} />
          </Section>
        </>
      )}
      <Section heading={m.entry.hash}>
        <code className="hash">{hash}</code>
      </Section>
      <Section heading={m.entry.raw}>
        <details>
          <summary className="tap">{m.entry.raw}</summary>
          <div className="hash">
            <UserText>{new TextDecoder().decode(entry.bytes)}</UserText>
          </div>
        </details>
      </Section>
      <Actions>
        <Link href={`/receipts/${position}`} className="button button-solid">
          {receipts.title}
        </Link>
        {leaf && (
          <Link href={`/log/objects/${encodeURIComponent(leaf.stream)}`} className="button button-outline">
            {m.entry.history}
          </Link>
        )}
        <Link href={`/?at=${position}`} className="button button-outline">
          {m.entry.at}
        </Link>
      </Actions>
    </Screen>
  )
}

const isSealed = (value: object) => 'alg' in value && 'c' in value

/** Any value of an event, named and nested; sealed texts say that they are sealed. */
function Data({ value }: { value: unknown }) {
  const m = useAuditMessages()
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'object') return <UserText>{String(value)}</UserText>
  if (isSealed(value))
    return (
      <>
        {m.entry.sealed} <code className="hash">{String((value as { c: unknown }).c)}</code>
      </>
    )
  if (Array.isArray(value))
    return (
      <ol>
        {value.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a recorded list never changes
          <li key={at}>
            <Data value={one} />
          </li>
        ))}
      </ol>
    )
  return <Facts rows={Object.entries(value).map(([name, one]) => [name, <Data key={name} value={one} />])} />
}
