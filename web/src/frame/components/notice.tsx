import { type ReactNode, useEffect, useRef } from 'react'
import { useFrameMessages } from '../messages'
import { R } from '../ruby'

type Kind = 'info' | 'success' | 'warning' | 'error'

type BannerProps = { kind: Kind; title: string; children?: ReactNode; live?: boolean }

/** A message that stands out; its kind is said in words too, never by colour alone. */
export function Banner({ kind, title, children, live }: BannerProps) {
  const m = useFrameMessages()
  return (
    <div
      className={`banner banner-${kind}`}
      role={live ? (kind === 'error' ? 'alert' : 'status') : undefined}
    >
      <p className="banner-title">
        <R>{m.colon(m.notice[kind]) + title}</R>
      </p>
      {children}
    </div>
  )
}

export type FieldErrors<F extends string = string> = Partial<Record<F, string>>

/** All mistakes of a form at its top, focused when they appear, each leading to its field. */
export function ErrorSummary({ errors }: { errors: FieldErrors }) {
  const m = useFrameMessages()
  const box = useRef<HTMLDivElement>(null)
  const list = Object.entries(errors).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const key = list.map(([field]) => field).join()
  useEffect(() => {
    if (key) box.current?.focus()
  }, [key])
  if (list.length === 0) return null
  return (
    <div ref={box} className="banner banner-error" role="alert" tabIndex={-1} data-quiet-focus>
      <p className="banner-title">
        <R>{m.form.summary(list.length)}</R>
      </p>
      <ul>
        {list.map(([field, message]) => (
          <li key={field}>
            <a
              className="tap"
              href={`#${field}`}
              onClick={(event) => {
                event.preventDefault()
                document.getElementById(field)?.focus()
              }}
            >
              <R>{message}</R>
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

export type BadgeLook = 'plain' | 'open' | 'soon' | 'done' | 'hidden'

export function Badge({ look = 'plain', children }: { look?: BadgeLook; children: string }) {
  return (
    <span className={`badge badge-${look}`}>
      <R>{children}</R>
    </span>
  )
}
