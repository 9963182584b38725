import { useState } from 'react'
import {
  Actions,
  Badge,
  Button,
  Checkbox,
  Checkboxes,
  H2,
  P,
  Select,
  TextArea,
  TextField,
} from '../../../frame/components'
import { formatDate } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import { Link } from '../../../frame/router'
import { useLocale } from '../../../frame/settings'
import { UserText, UserWords } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import {
  HIDING_REASONS,
  type HidingReason,
  type QueueEntry,
  REDACTION_REASONS,
  type RedactionReason,
} from './model'
import type { Outcome } from './notice'
import type { QueueActs } from './queue'
import { itemsOf, sentences } from './split'

type PanelProps = QueueActs & {
  personalHref?: ((submission: string) => string) | undefined
  entry: QueueEntry
  selected: ReadonlySet<string>
  onToggle: (item: string) => void
  onOutcome: (outcome: Outcome) => void
}

/** One submission: its words, its items, and what will be published of it. */
export function SubmissionPanel(props: PanelProps) {
  const { entry, selected, onToggle } = props
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const locale = useLocale()
  return (
    <article className="card">
      <H2>{`${entry.receiptNumber}　${c.channels[entry.channel]}　${formatDate(entry.receivedOn, locale)}`}</H2>
      <UserText>{entry.body}</UserText>
      {entry.files > 0 && (
        <p>
          <Badge>{m.queue.files(entry.files)}</Badge>
        </p>
      )}
      {entry.items.map((item) => (
        <div key={item.id}>
          <Checkbox
            label={m.queue.select([...item.summary].slice(0, 60).join(''))}
            name={`item-${item.id}`}
            checked={selected.has(item.id)}
            onChange={() => onToggle(item.id)}
          />
          {item.answer && (
            <p>
              <Badge look="done">{m.queue.answeredAs(item.answer.category)}</Badge>{' '}
              <UserWords lang="ja">{item.answer.response}</UserWords>{' '}
              <Button
                look="text"
                small
                label={`${m.queue.revoke} ${[...item.summary].slice(0, 30).join('')}`}
                onClick={() => void props.onRevoke({ items: [item.id] }).then(props.onOutcome)}
              >
                {m.queue.revoke}
              </Button>
            </p>
          )}
        </div>
      ))}
      {[...new Set(entry.items.flatMap(({ group }) => group ?? []))].map((group) => (
        <p key={group}>
          <Badge>{m.queue.grouped}</Badge>{' '}
          <Button look="text" small onClick={() => void props.onUngroup({ group }).then(props.onOutcome)}>
            {m.queue.ungroup}
          </Button>
        </p>
      ))}
      {/* What is outside the procedure is neither answered nor published. */}
      {!entry.late && !entry.withdrawn && (
        <>
          <Split {...props} />
          <Screening {...props} />
        </>
      )}
      {props.personalHref && (
        <p>
          <Link className="tap" href={props.personalHref(entry.submission)}>
            {m.queue.openPersonal}
          </Link>{' '}
          <Link className="tap" href={`/staff/records/${entry.submission}`}>
            {m.queue.records}
          </Link>
        </p>
      )}
      <Hiding {...props} />
    </article>
  )
}

/** Cuts between sentences; what is not cut stays together, so the whole text is always covered. */
function Split({ entry, onItemize, onOutcome }: PanelProps) {
  const m = useStaffMessages()
  const [open, setOpen] = useState(entry.items.length === 0)
  const [cuts, setCuts] = useState<ReadonlySet<number>>(new Set())
  const [summaries, setSummaries] = useState<Record<number, string>>({})
  const parts = sentences(entry.body)
  const items = itemsOf(parts, cuts).map((item, at) => ({ ...item, summary: summaries[at] ?? item.summary }))
  const toggle = (at: number) => {
    const next = new Set(cuts)
    if (!next.delete(at)) next.add(at)
    setCuts(next)
    setSummaries({})
  }
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="tap" id="split">
        {m.queue.split}
      </summary>
      <P>{m.queue.splitHelp}</P>
      {parts.slice(0, -1).map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the sentences of a submission keep their order
        <div key={at}>
          <UserWords>{part}</UserWords>
          <Checkbox
            label={m.queue.cutAfter(at + 1)}
            name={`cut-${at}`}
            checked={cuts.has(at)}
            onChange={() => toggle(at)}
          />
        </div>
      ))}
      {items.map((item, at) => (
        <TextArea
          key={item.from}
          label={m.queue.summary(at + 1)}
          name={`summary-${at}`}
          rows={3}
          value={item.summary}
          onChange={(summary) => setSummaries({ ...summaries, [at]: summary })}
        />
      ))}
      <Button
        look="outline"
        unavailable={
          items.every(({ summary }) => summary.trim() !== '') ? undefined : m.queue.missing.summary
        }
        onClick={() => void onItemize({ submission: entry.submission, items }).then(onOutcome)}
      >
        {m.queue.splitSave(items.length)}
      </Button>
    </details>
  )
}

function Screening({ entry, onScreen, onOutcome }: PanelProps) {
  const { colon } = useFrameMessages()
  const m = useStaffMessages()
  const [redacting, setRedacting] = useState(false)
  const [text, setText] = useState(entry.body)
  const [reasons, setReasons] = useState<RedactionReason[]>(['PERSONAL_DATA'])
  const screen = (redacted?: { text: string; reasons: RedactionReason[] }) =>
    void onScreen({ submissions: [entry.submission], ...(redacted && { redacted }) }).then(onOutcome)
  return (
    <section aria-label={m.queue.screen}>
      <P>
        {colon(m.queue.screen)}
        {entry.screened === undefined
          ? '–'
          : entry.screened === 'AS_SUBMITTED'
            ? m.queue.asSubmitted
            : m.queue.redact}
      </P>
      <Actions>
        <Button look="outline" small onClick={() => screen()}>
          {m.queue.asSubmitted}
        </Button>
        <Button look="outline" small pressed={redacting} onClick={() => setRedacting(!redacting)}>
          {m.queue.redact}
        </Button>
      </Actions>
      {redacting && (
        <>
          <TextArea label={m.queue.redactText} name="redacted" rows={5} value={text} onChange={setText} />
          <Checkboxes
            label={m.queue.redactReasons}
            name="redaction-reasons"
            values={reasons}
            onChange={setReasons}
            options={REDACTION_REASONS.map((one) => ({ value: one, label: m.queue.redactionReasons[one] }))}
          />
          <Button
            small
            unavailable={reasons.length === 0 ? m.queue.missing.redaction : undefined}
            onClick={() => screen({ text, reasons })}
          >
            {m.queue.redactSave}
          </Button>
        </>
      )}
    </section>
  )
}

function Hiding({ entry, onHide, onAppeal, onOutcome }: PanelProps) {
  const { colon } = useFrameMessages()
  const m = useStaffMessages()
  const [reason, setReason] = useState<HidingReason>('PERSONAL_DATA_OF_OTHERS')
  const [note, setNote] = useState('')
  if (entry.hidden)
    return (
      <>
        <P>{colon(m.queue.hidden) + entry.hidden.reason}</P>
        {entry.hidden.underAppeal && (
          <>
            <P>{m.queue.underAppeal}</P>
            <TextField label={m.case.reason} name="appeal-reason" value={note} onChange={setNote} />
            <Actions>
              {[true, false].map((restore) => (
                <Button
                  key={String(restore)}
                  look="outline"
                  small
                  onClick={() =>
                    void onAppeal({ submission: entry.submission, restore, reason: note }).then(onOutcome)
                  }
                >
                  {restore ? m.queue.restore : m.queue.uphold}
                </Button>
              ))}
            </Actions>
          </>
        )}
      </>
    )
  return (
    <details>
      <summary className="tap">{m.queue.hide}</summary>
      <Select
        label={m.queue.hideReason}
        name="hide-reason"
        value={reason}
        onChange={setReason}
        options={HIDING_REASONS.map((one) => ({ value: one, label: m.queue.hidingReasons[one] }))}
      />
      <TextField label={m.queue.hideNote} name="hide-note" value={note} onChange={setNote} />
      <Button
        look="outline"
        small
        onClick={() => void onHide({ submission: entry.submission, reason, note }).then(onOutcome)}
      >
        {m.queue.hide}
      </Button>
    </details>
  )
}
