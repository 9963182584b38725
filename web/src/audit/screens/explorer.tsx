import {
  Actions,
  Banner,
  Button,
  Facts,
  P,
  Screen,
  Section,
  Select,
  Table,
  TextField,
} from '../../frame/components'
import { formatInstant } from '../../frame/dates'
import { Link } from '../../frame/router'
import { useLocale } from '../../frame/settings'
import { UserWords } from '../../frame/user-text'
import { countBy, type Filter, type Leaf, type LogEntry, matches } from '../log-entry'
import { useAuditMessages } from '../messages'
import { useNames } from '../names'
import { toBase64 } from '../proof/bytes'
import type { Checkpoint } from '../proof/checkpoint'
import { Coded } from './coded'

type ExplorerProps = {
  checkpoint: Checkpoint
  entries: readonly LogEntry[]
  filter: Filter
  onFilter: (filter: Filter) => void
  onOlder?: (() => void) | undefined
  onNewer?: (() => void) | undefined
}

/** The log, newest first, as its own files show it. */
export function ExplorerScreen({ checkpoint, entries, filter, onFilter, onOlder, onNewer }: ExplorerProps) {
  const m = useAuditMessages()
  const e = m.explorer
  const shown = entries.filter((entry) => matches(entry, filter)).reverse()
  const names = useNames()
  const options = (key: (leaf: Leaf) => string, label: (code: string) => string) =>
    countBy(entries, key).map(({ name }) => ({ value: name, label: label(name) }))
  const first = entries[0]?.position ?? 0
  const last = entries.at(-1)?.position ?? 0
  return (
    <Screen title={e.title}>
      <P>{e.lead}</P>
      <ul className="inline-list">
        <li>
          <Link className="tap" href="/log/verify">
            {e.links.verify}
          </Link>
        </li>
        <li>
          <Link className="tap" href="/log/time">
            {e.links.time}
          </Link>
        </li>
        <li>
          <Link className="tap" href="/log/statistics">
            {e.links.statistics}
          </Link>
        </li>
        <li>
          <Link className="tap" href="/receipts">
            {e.links.receipt}
          </Link>
        </li>
      </ul>
      <Section heading={e.checkpoint}>
        <Facts
          rows={[
            [e.origin, <UserWords key="origin">{checkpoint.origin}</UserWords>],
            [e.size, checkpoint.size.toLocaleString()],
            [
              e.root,
              <code key="root" className="hash">
                {toBase64(checkpoint.root)}
              </code>,
            ],
          ]}
        />
      </Section>
      <Section heading={e.filter}>
        <div className="flex flex-wrap gap-x-6">
          <Select
            label={e.kind}
            name="kind"
            empty={e.any}
            value={filter.kind}
            options={options(
              ({ kind }) => kind,
              (code) => names.coded(names.kind(code), code),
            )}
            onChange={(kind) => onFilter({ ...filter, kind })}
          />
          <Select
            label={e.role}
            name="role"
            empty={e.any}
            value={filter.role}
            options={options(({ actor }) => actor.role, names.role)}
            onChange={(role) => onFilter({ ...filter, role })}
          />
          <TextField
            label={e.stream}
            name="stream"
            hint={e.streamHint}
            short
            value={filter.stream}
            onChange={(stream) => onFilter({ ...filter, stream })}
          />
        </div>
      </Section>
      {shown.length === 0 ? (
        <Banner kind="info" title={e.nothing} live />
      ) : (
        <EntryTable caption={e.range(first, last)} entries={shown} />
      )}
      <Actions>
        {onOlder && (
          <Button look="outline" onClick={onOlder}>
            {e.older}
          </Button>
        )}
        {onNewer && (
          <Button look="outline" onClick={onNewer}>
            {e.newer}
          </Button>
        )}
      </Actions>
    </Screen>
  )
}

export function EntryTable({ caption, entries }: { caption: string; entries: readonly LogEntry[] }) {
  const m = useAuditMessages()
  const names = useNames()
  const locale = useLocale()
  const e = m.explorer
  return (
    <Table
      caption={caption}
      rows={entries}
      keyOf={({ position }) => String(position)}
      columns={[
        {
          name: e.position,
          head: true,
          cell: ({ position }) => <Link className="tap" href={`/log/${position}`}>{`#${position}`}</Link>,
        },
        {
          name: e.kind,
          cell: ({ leaf }) => (leaf ? <Coded word={names.kind(leaf.kind)} code={leaf.kind} /> : e.unreadable),
        },
        { name: e.recordedAt, cell: ({ leaf }) => leaf && formatInstant(leaf.recorded_at, locale) },
        { name: e.role, cell: ({ leaf }) => leaf && names.role(leaf.actor.role) },
        {
          name: e.stream,
          cell: ({ leaf }) =>
            leaf && (
              <Link className="tap" href={`/log/objects/${encodeURIComponent(leaf.stream)}`}>
                {leaf.stream}
              </Link>
            ),
        },
      ]}
    />
  )
}
