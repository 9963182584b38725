import { Banner, Button, P, Screen } from '../frame/components'
import { useFrameMessages } from '../frame/messages'
import { Loading } from '../frame/states'

export type ReturnState = 'waiting' | 'failed'

/** Between the provider and the page that the reader came from. */
export function ReturnScreen({ state, onSignIn }: { state: ReturnState; onSignIn: () => void }) {
  const m = useFrameMessages()
  if (state === 'failed')
    return (
      <Screen title={m.identity.failedTitle}>
        <Banner kind="error" title={m.identity.failedTitle} live>
          <P>{m.identity.failed}</P>
          <Button onClick={onSignIn}>{m.identity.signIn}</Button>
        </Banner>
      </Screen>
    )
  return (
    <Screen title={m.identity.returning}>
      <Loading phase="wait" />
    </Screen>
  )
}

/** In the frame's head: who is signed in. */
export function Person({
  name,
  onSignIn,
  onSignOut,
}: {
  name: string | undefined
  onSignIn: () => void
  onSignOut: () => void
}) {
  const m = useFrameMessages()
  return name === undefined ? (
    <Button look="outline" small onClick={onSignIn}>
      {m.identity.signIn}
    </Button>
  ) : (
    <span className="inline-flex flex-wrap items-center gap-2">
      {m.identity.as(name)}
      <Button look="text" small onClick={onSignOut}>
        {m.identity.signOut}
      </Button>
    </span>
  )
}
