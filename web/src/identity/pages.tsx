import { useEffect, useState, useSyncExternalStore } from 'react'
import { useQuery } from 'urql'
import { navigate } from '../frame/router'
import {
  completeSignIn,
  currentSession,
  type Session,
  signIn,
  signOut,
  subscribeSession,
} from '../frame/session'
import { ViewerDocument } from '../generated/graphql'
import { Person, ReturnScreen, type ReturnState } from './screens'

const ENDING_MS = 5 * 60_000
const TICK_MS = 10_000

export const useSession = (): Session | undefined => useSyncExternalStore(subscribeSession, currentSession)

/** Minutes that are left, once there are few. */
export function useSessionEnding(): number | undefined {
  const session = useSession()
  const [left, setLeft] = useState<number>()
  useEffect(() => {
    const look = () => {
      const rest = session ? session.endsAt - Date.now() : undefined
      if (rest !== undefined && rest <= 0) signOut()
      setLeft(rest !== undefined && rest > 0 && rest <= ENDING_MS ? Math.ceil(rest / 60_000) : undefined)
    }
    look()
    const timer = setInterval(look, TICK_MS)
    return () => clearInterval(timer)
  }, [session])
  return left
}

/** Who is signed in, as the server sees it. */
export function SignedIn() {
  const session = useSession()
  const [{ data }] = useQuery({ query: ViewerDocument, pause: !session })
  const name = session ? (data?.viewer?.name ?? '…') : undefined
  return <Person name={name} onSignIn={() => void signIn()} onSignOut={signOut} />
}

export default function ReturnPage() {
  const [state, setState] = useState<ReturnState>('waiting')
  useEffect(() => {
    completeSignIn(window.location.search).then(
      (returnTo) => {
        if (returnTo === undefined) return setState('failed')
        // The staff's pages are another bundle.
        if (returnTo.startsWith('/staff')) window.location.replace(returnTo)
        else navigate(returnTo, { replace: true })
      },
      () => setState('failed'),
    )
  }, [])
  return <ReturnScreen state={state} onSignIn={() => void signIn('/')} />
}
