import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { Badge, Button, P, Screen, Select } from '../../../frame/components'
import { useFrameMessages } from '../../../frame/messages'
import { R } from '../../../frame/ruby'
import { UserWords } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { Category } from '../model'
import { AnswerForm } from './answer-form'
import type { HidingReason, NewAnswer, NewItem, QueueEntry, RedactionReason } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'
import { Similar } from './similar'
import { SubmissionPanel } from './submission-panel'

export const QUEUE_FILTERS = ['unanswered', 'all', 'similar', 'unscreened'] as const
export type QueueFilter = (typeof QUEUE_FILTERS)[number]

export type QueueActs = {
  onItemize: Act<{ submission: string; items: NewItem[] }>
  onAnswer: Act<NewAnswer>
  onRevoke: Act<{ items: string[] }>
  onGroup: Act<{ items: string[]; title: string }>
  onUngroup: Act<{ group: string }>
  /** Makes one item of the whole text of each. */
  onSplitWhole: Act<readonly QueueEntry[]>
  onScreen: Act<{ submissions: string[]; redacted?: { text: string; reasons: RedactionReason[] } }>
  onHide: Act<{ submission: string; reason: HidingReason; note: string }>
  onAppeal: Act<{ submission: string; restore: boolean; reason: string }>
}

type QueueProps = QueueActs & {
  /** Where the submitter's data can be opened, with a reason. */
  personalHref?: ((submission: string) => string) | undefined
  entries: readonly QueueEntry[]
  categories: readonly Category[]
  answered: number
  total: number
  onMore?: (() => void) | undefined
}

const fits: Record<QueueFilter, (entry: QueueEntry) => boolean> = {
  unanswered: ({ items, withdrawn, late }) =>
    !withdrawn && !late && (items.length === 0 || items.some(({ answer }) => !answer)),
  all: () => true,
  similar: ({ similar }) => similar.length > 1,
  unscreened: ({ screened, withdrawn }) => !withdrawn && !screened,
}

/** Those that say the same stand together, the largest group first. */
const inOrder = (entries: QueueEntry[], filter: QueueFilter) =>
  filter === 'similar'
    ? entries.toSorted(
        (a, b) =>
          b.similar.length - a.similar.length || (a.similar[0] ?? '').localeCompare(b.similar[0] ?? ''),
      )
    : entries

const ARROWS: Record<string, string> = { ArrowDown: 'j', ArrowUp: 'k' }

/** Two thousand opinions, answered from the keyboard: a list, the text, the answer. */
export function QueueScreen(props: QueueProps) {
  const { entries, categories, answered, total } = props
  const m = useStaffMessages()
  const frame = useFrameMessages()
  const [filter, setFilter] = useState<QueueFilter>('unanswered')
  const [current, setCurrent] = useState(0)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [outcome, setOutcome] = useState<Outcome>()
  const [undoable, setUndoable] = useState<string[]>([])
  const list = useRef<HTMLOListElement>(null)
  const shown = useMemo(() => inOrder(entries.filter(fits[filter]), filter), [entries, filter])
  const at = Math.min(current, Math.max(0, shown.length - 1))
  const entry = shown[at]

  const go = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to))
    setCurrent(next)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  const toggle = (ids: readonly string[]) => {
    const next = new Set(selected)
    const all = ids.every((id) => next.has(id))
    for (const id of ids)
      if (all) next.delete(id)
      else next.add(id)
    setSelected(next)
  }
  const similar = entry ? entries.filter(({ submission }) => entry.similar.includes(submission)) : []
  const selectSimilar = () => {
    const items = similar.flatMap((one) => one.items.filter(({ answer }) => !answer).map(({ id }) => id))
    setSelected(new Set([...selected, ...items]))
  }
  const answer = async (given: NewAnswer) => {
    const result = await props.onAnswer(given)
    setOutcome(result)
    if (result.kind === 'recorded') {
      setUndoable(given.items)
      setSelected(new Set())
    }
  }
  const undo = async () => {
    if (undoable.length === 0) return
    setOutcome(await props.onRevoke({ items: undoable }))
    setUndoable([])
  }
  const keys: Record<string, () => void> = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    x: () => entry && toggle(entry.items.map(({ id }) => id)),
    a: () => document.getElementById('response')?.focus(),
    g: selectSimilar,
    s: () => document.getElementById('split')?.focus(),
    u: () => void undo(),
  }
  // The keys belong to the list alone: nobody loses a letter while typing, and no screen reader loses a command.
  const press = (event: KeyboardEvent) => {
    const act =
      event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[ARROWS[event.key] ?? event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  return (
    <Screen title={m.queue.title}>
      <p role="status">
        <R>{answered === total ? m.queue.complete : m.queue.coverage(answered, total)}</R>
      </p>
      <progress
        className="w-full"
        value={answered}
        max={Math.max(1, total)}
        aria-label={m.queue.coverage(answered, total)}
      />
      <OutcomeNotice outcome={outcome} />
      {undoable.length > 0 && (
        <Button look="outline" small keyShortcuts="u" onClick={() => void undo()}>
          {m.queue.undo}
        </Button>
      )}
      <Select
        label={m.queue.filter}
        name="filter"
        value={filter}
        onChange={(next) => {
          setFilter(next)
          setCurrent(0)
        }}
        options={QUEUE_FILTERS.map((one) => ({ value: one, label: m.queue.filters[one] }))}
      />
      <Keys />
      {shown.length === 0 ? (
        <P>{m.queue.nothing}</P>
      ) : (
        <div className="split">
          <div>
            <ol ref={list} className="queue" aria-label={m.queue.list} onKeyDown={press}>
              {shown.map((one, index) => (
                <Row
                  key={one.submission}
                  entry={one}
                  current={index === at}
                  selected={one.items.length > 0 && one.items.every(({ id }) => selected.has(id))}
                  onOpen={() => setCurrent(index)}
                />
              ))}
            </ol>
            {props.onMore && (
              <Button look="outline" onClick={props.onMore}>
                {frame.states.more}
              </Button>
            )}
          </div>
          <div className="min-w-0">
            {entry && (
              <SubmissionPanel
                key={entry.submission}
                {...props}
                entry={entry}
                selected={selected}
                onToggle={(id) => toggle([id])}
                onOutcome={setOutcome}
              />
            )}
            {similar.length > 1 && (
              <Similar
                of={similar}
                onSelect={selectSimilar}
                onSplit={(some) => void props.onSplitWhole(some).then(setOutcome)}
              />
            )}
            <AnswerForm
              selected={[...selected]}
              categories={categories}
              onAnswer={answer}
              onGroup={props.onGroup}
              onOutcome={setOutcome}
            />
          </div>
        </div>
      )}
    </Screen>
  )
}

type RowProps = { entry: QueueEntry; current: boolean; selected: boolean; onOpen: () => void }

function Row({ entry, current, selected, onOpen }: RowProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const done = entry.items.length > 0 && entry.items.every(({ answer }) => answer)
  return (
    <li data-current={current}>
      <button
        type="button"
        className="tap w-full text-start"
        aria-current={current || undefined}
        onClick={onOpen}
        onFocus={onOpen}
      >
        <strong className="me-2">{entry.receiptNumber}</strong>
        <span className="me-2">{c.channels[entry.channel]}</span>
        {selected && <Badge look="open">✓</Badge>}
        {done && (
          <Badge look="done">
            {m.queue.answeredAs([...new Set(entry.items.map(({ answer }) => answer?.category))].join())}
          </Badge>
        )}
        {entry.late && <Badge>{m.queue.late}</Badge>}
        {entry.withdrawn && <Badge>{m.queue.withdrawn}</Badge>}
        {entry.hidden && <Badge look="hidden">{m.queue.hidden}</Badge>}
        {entry.similar.length > 1 && <Badge>{m.queue.similar(entry.similar.length)}</Badge>}
        <span className="block">
          <UserWords>{[...entry.body].slice(0, 60).join('')}</UserWords>
        </span>
      </button>
    </li>
  )
}

const KEY_NAMES = [
  ['j', 'next'],
  ['k', 'previous'],
  ['x', 'select'],
  ['g', 'similar'],
  ['a', 'answer'],
  ['s', 'split'],
  ['u', 'undo'],
] as const

function Keys() {
  const m = useStaffMessages()
  return (
    <details>
      <summary className="tap">{m.queue.keys}</summary>
      <ul className="inline-list">
        {KEY_NAMES.map(([key, what]) => (
          <li key={key}>
            <kbd>{key}</kbd> {m.queue.keyList[what]}
          </li>
        ))}
      </ul>
    </details>
  )
}
