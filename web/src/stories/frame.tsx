import type { ReactNode } from 'react'
import { Dialog, P, Screen } from '../frame/components'
import { StandingNotices } from '../frame/layout'
import { Loaded, Loading, NotFound, type Trouble, TroubleNotice } from '../frame/states'

const nothing = () => {}
const trouble = (one: Trouble) => (
  <Screen title="意見募集">
    <TroubleNotice trouble={one} onRetry={nothing} onSignIn={nothing} />
  </Screen>
)

/** The states that every screen shares. */
export const frameStories: Record<string, () => ReactNode> = {
  'frame/loading': () => (
    <Screen title="意見募集">
      <Loading phase="wait" />
    </Screen>
  ),
  'frame/slow': () => (
    <Screen title="意見募集">
      <Loading phase="slow" onRetry={nothing} />
    </Screen>
  ),
  'frame/error': () => trouble({ kind: 'error', requestId: '01JBREQUEST' }),
  'frame/offline': () => trouble({ kind: 'offline' }),
  'frame/sign-in': () => trouble({ kind: 'signIn' }),
  'frame/forbidden': () => trouble({ kind: 'forbidden' }),
  'frame/rate-limited': () => trouble({ kind: 'rateLimited' }),
  'frame/partial': () => (
    <Screen title="意見募集">
      <Loaded answer={{ state: 'ready', data: '駅前計画', partial: true }}>
        {(words) => <P>{words}</P>}
      </Loaded>
    </Screen>
  ),
  'frame/not-found': () => <NotFound />,
  'frame/gone': () => <NotFound gone />,
  'frame/dialog': () => (
    <Screen title="意見募集">
      <Dialog title="下書きを消しますか" confirm="消す" danger onConfirm={nothing} onClose={nothing}>
        <P>消すと元に戻せません。</P>
      </Dialog>
    </Screen>
  ),
  'frame/notices': () => (
    <Screen title="意見募集">
      <StandingNotices readOnly sessionEndsIn={2} onStaySignedIn={nothing} />
    </Screen>
  ),
}
