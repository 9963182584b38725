import { Actions, Facts, Screen, Section } from '../../frame/components'
import { formatDate, formatInstant } from '../../frame/dates'
import { Link } from '../../frame/router'
import { useLocale } from '../../frame/settings'
import { UserText, UserWords } from '../../frame/user-text'
import type { LogEntry } from '../log-entry'
import { useAuditMessages, useReceiptMessages } from '../messages'
import { useNames } from '../names'
import { Coded } from './coded'

type EntryProps = { entry: LogEntry; hash: string }

/** One entry: what everybody may know of it, and the very bytes that are hashed. */
export function EntryScreen({ entry, hash }: EntryProps) {
  const m = useAuditMessages()
  const receipts = useReceiptMessages()
  const names = useNames()
  const locale = useLocale()
  const { leaf, position } = entry
  return (
    <Screen title={m.entry.title(position)}>
      {leaf && (
        <>
          <Facts
            rows={[
              [m.explorer.kind, <Coded key="kind" word={names.kind(leaf.kind)} code={leaf.kind} />],
              [m.explorer.recordedAt, formatInstant(leaf.recorded_at, locale)],
              [m.entry.legalDate, formatDate(leaf.legal_date, locale)],
              [m.explorer.stream, <UserWords key="stream">{leaf.stream}</UserWords>],
              [m.entry.version, String(leaf.version)],
              [
                m.explorer.role,
                <Coded key="role" word={names.role(leaf.actor.role)} code={leaf.actor.role} />,
              ],
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
function Data({ value, field = '' }: { value: unknown; field?: string }) {
  const m = useAuditMessages()
  const names = useNames()
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'object') {
    const word = names.value(field, value)
    return word ? <Coded word={word} code={String(value)} /> : <UserText>{String(value)}</UserText>
  }
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
            <Data value={one} field={field} />
          </li>
        ))}
      </ol>
    )
  return (
    <dl className="facts">
      {Object.entries(value).map(([name, one]) => (
        <div key={name} className="contents">
          <dt>
            <Coded word={names.field(name)} code={name} />
          </dt>
          <dd>
            <Data value={one} field={name} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
