import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { Banner, Button, P, Screen } from './components'
import { useFrameMessages } from './messages'
import { R } from './ruby'

/** Why something could not be shown, as far as the reader can do something about it. */
export type Trouble =
  | { kind: 'offline' }
  | { kind: 'error'; requestId?: string | undefined }
  | { kind: 'signIn' }
  | { kind: 'forbidden' }
  | { kind: 'notFound' }
  | { kind: 'gone' }
  | { kind: 'rateLimited' }

const SKELETON_AFTER_MS = 300
const SLOW_AFTER_MS = 5000

/** Shown while something is on its way: nothing at first, then a skeleton, then an offer to try again. */
export function Loading({ onRetry, phase }: { onRetry?: (() => void) | undefined; phase?: 'wait' | 'slow' }) {
  const m = useFrameMessages()
  const [waited, setWaited] = useState<'no' | 'wait' | 'slow'>(phase ?? 'no')
  useEffect(() => {
    if (phase) return
    const timers = [
      setTimeout(() => setWaited('wait'), SKELETON_AFTER_MS),
      setTimeout(() => setWaited('slow'), SLOW_AFTER_MS),
    ]
    return () => timers.forEach(clearTimeout)
  }, [phase])
  return (
    <div role="status" data-loading>
      {waited !== 'no' && (
        <>
          <span className="visually-hidden">{m.states.loading}</span>
          <div className="skeleton" aria-hidden>
            <span />
            <span />
            <span />
            <span />
            <span />
            <span />
          </div>
        </>
      )}
      {waited === 'slow' && (
        <>
          <P>{m.states.slow}</P>
          {onRetry && (
            <Button look="outline" onClick={onRetry}>
              {m.states.retry}
            </Button>
          )}
        </>
      )}
    </div>
  )
}

export function TroubleNotice({ trouble, onRetry, onSignIn }: TroubleProps) {
  const m = useFrameMessages()
  const s = m.states
  const text = {
    offline: [s.offlineTitle, s.offline],
    error: [s.errorTitle, s.error],
    signIn: [s.signInTitle, s.signIn],
    forbidden: [s.forbiddenTitle, s.forbidden],
    notFound: [s.notFoundTitle, s.notFound],
    gone: [s.goneTitle, s.gone],
    rateLimited: [s.errorTitle, s.rateLimited],
  }[trouble.kind]
  return (
    <Banner kind={trouble.kind === 'offline' ? 'warning' : 'error'} title={text[0] ?? ''} live>
      <P>{text[1]}</P>
      {trouble.kind === 'error' && trouble.requestId && (
        <p>
          <R>{s.requestId(trouble.requestId)}</R>
        </p>
      )}
      {trouble.kind === 'signIn' && onSignIn && <Button onClick={onSignIn}>{m.identity.signIn}</Button>}
      {onRetry && ['error', 'offline', 'rateLimited'].includes(trouble.kind) && (
        <Button look="outline" onClick={onRetry}>
          {s.retry}
        </Button>
      )}
    </Banner>
  )
}

type TroubleProps = {
  trouble: Trouble
  onRetry?: (() => void) | undefined
  onSignIn?: (() => void) | undefined
}

/** A whole screen that says that there is nothing to see at this address. */
export function NotFound({ gone = false }: { gone?: boolean }) {
  const m = useFrameMessages()
  return (
    <Screen title={gone ? m.states.goneTitle : m.states.notFoundTitle}>
      <P>{gone ? m.states.gone : m.states.notFound}</P>
      <p>
        <a className="tap" href="/">
          <R>{m.nav.home}</R>
        </a>
      </p>
    </Screen>
  )
}

export type Answer<T> =
  | { state: 'loading' }
  | { state: 'trouble'; trouble: Trouble }
  | { state: 'ready'; data: T; stale?: boolean; partial?: boolean }

type LoadedProps<T> = {
  answer: Answer<T>
  onRetry?: (() => void) | undefined
  onSignIn?: (() => void) | undefined
  children: (data: T) => ReactNode
}

/** The one place that turns an answer of the server, in whatever state, into a screen. */
export function Loaded<T>({ answer, onRetry, onSignIn, children }: LoadedProps<T>) {
  const m = useFrameMessages()
  if (answer.state === 'loading') return <Loading onRetry={onRetry} />
  if (answer.state === 'trouble')
    return <TroubleNotice trouble={answer.trouble} onRetry={onRetry} onSignIn={onSignIn} />
  return (
    <>
      {answer.partial && <Banner kind="warning" title={m.states.partial} live />}
      {children(answer.data)}
    </>
  )
}

function subscribeOnline(notify: () => void) {
  window.addEventListener('online', notify)
  window.addEventListener('offline', notify)
  return () => {
    window.removeEventListener('online', notify)
    window.removeEventListener('offline', notify)
  }
}

export const useOnline = () => useSyncExternalStore(subscribeOnline, () => navigator.onLine)
