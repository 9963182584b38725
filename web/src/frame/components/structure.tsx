import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useFrameMessages } from '../messages'
import { R } from '../ruby'
import { Actions, Button } from './button'

/** Where the reader stands in a task of several pages. */
export function Steps({ names, current }: { names: readonly string[]; current: number }) {
  const m = useFrameMessages()
  return (
    <nav aria-label={m.form.steps(current + 1, names.length)}>
      <ol className="steps">
        {names.map((name, at) => (
          <li
            key={name}
            data-state={at < current ? 'done' : 'open'}
            aria-current={at === current ? 'step' : undefined}
          >
            <R>{name}</R>
            {at < current && <span className="visually-hidden">{m.form.stepDone}</span>}
          </li>
        ))}
      </ol>
    </nav>
  )
}

export type Column<Row> = {
  name: string
  cell: (row: Row) => ReactNode
  number?: boolean
  /** The column that names the row. */
  head?: boolean
}

type TableProps<Row> = {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  empty?: string
}

/** A table; wide ones scroll inside their own box, which the keyboard can reach. */
export function Table<Row>({ caption, columns, rows, keyOf, empty }: TableProps<Row>) {
  const m = useFrameMessages()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className="table-wrap" tabIndex={0} aria-label={caption}>
      <table className="table">
        <caption>
          <R>{caption}</R>
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={column.number ? 'number' : undefined}>
                <R>{column.name}</R>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length}>
                <R>{empty ?? m.states.nothing}</R>
              </td>
            </tr>
          )}
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) =>
                column.head ? (
                  <th key={column.name} scope="row" className={column.number ? 'number' : undefined}>
                    <R>{column.cell(row)}</R>
                  </th>
                ) : (
                  <td key={column.name} className={column.number ? 'number' : undefined}>
                    <R>{column.cell(row)}</R>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export type Tab = { id: string; name: string; content: ReactNode }

/** Tabs after the ARIA pattern: arrows move between them, Tab goes into the panel. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const id = useId()
  const [chosen, choose] = useState(tabs[0]?.id)
  const list = useRef<HTMLDivElement>(null)
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.id === chosen),
  )
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = (at + step + tabs.length) % tabs.length
    choose(tabs[next]?.id)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <>
      <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            type="button"
            className="tab"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={index === at}
            aria-controls={`${id}-panel`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => choose(tab.id)}
          >
            <R>{tab.name}</R>
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tabs[at]?.id}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a tab panel without controls takes the focus itself
        tabIndex={0}
        data-quiet-focus
      >
        {tabs[at]?.content}
      </div>
    </>
  )
}

type DialogProps = {
  title: string
  children: ReactNode
  confirm: string
  onConfirm: () => void
  onClose: () => void
  danger?: boolean
}

/** A question that must be answered before going on. The browser's own dialog keeps the focus inside. */
export function Dialog({ title, children, confirm, onConfirm, onClose, danger }: DialogProps) {
  const m = useFrameMessages()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onCancel={onClose}>
      <h2 id={id}>
        <R>{title}</R>
      </h2>
      {children}
      <Actions>
        <Button look={danger ? 'danger' : 'solid'} onClick={onConfirm}>
          {confirm}
        </Button>
        <Button look="outline" onClick={onClose}>
          {m.form.cancel}
        </Button>
      </Actions>
    </dialog>
  )
}
