import type { ReactNode } from 'react'
import { R } from '../ruby'

type Look = 'solid' | 'outline' | 'text' | 'danger'

type ButtonProps = {
  children: ReactNode
  onClick?: () => void
  look?: Look
  small?: boolean
  type?: 'button' | 'submit'
  /** A button that cannot be used now stays reachable and says why (`aria-disabled`, not `disabled`). */
  unavailable?: string | undefined
  pressed?: boolean
  label?: string
  keyShortcuts?: string
}

export function Button(props: ButtonProps) {
  const { children, onClick, look = 'solid', small, type = 'button', unavailable, pressed } = props
  return (
    <button
      type={type}
      className={`button button-${look}${small ? ' button-small' : ''}`}
      onClick={(event) => {
        if (unavailable !== undefined) event.preventDefault()
        else onClick?.()
      }}
      aria-disabled={unavailable !== undefined || undefined}
      aria-pressed={pressed}
      aria-label={props.label}
      aria-keyshortcuts={props.keyShortcuts}
      title={unavailable}
    >
      <span>
        <R>{children}</R>
      </span>
    </button>
  )
}

/** Buttons that belong together; not printed. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className="actions">{children}</div>
}
