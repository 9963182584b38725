import { type ReactNode, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import '../style/index.css'
import { client, pastClient } from './frame/api'
import { ErrorBoundary } from './frame/error-boundary'
import { Layout, type NavItem } from './frame/layout'
import { useFrameMessages } from './frame/messages'
import { type Route, RouterScope, Routes, useAsOf } from './frame/router'
import { signIn } from './frame/session'
import { SettingsProvider } from './frame/settings'
import { Loading, NotFound, TroubleNotice } from './frame/states'
import { takeOver } from './frame/take-over'
import { SignedIn, useSessionEnding } from './identity/pages'

export type AppProps = {
  home: string
  routes: readonly Route[]
  nav: (names: ReturnType<typeof useFrameMessages>['nav']) => readonly NavItem[]
  /** What concerns every screen of this bundle. */
  notices?: ReactNode
}

function App({ home, routes, nav, notices }: AppProps) {
  const m = useFrameMessages()
  const at = useAsOf()
  const ending = useSessionEnding()
  return (
    <Provider value={at === undefined ? client : pastClient}>
      <Layout
        home={home}
        nav={nav(m.nav)}
        person={<SignedIn />}
        notices={notices}
        sessionEndsIn={ending}
        onStaySignedIn={() => void signIn()}
      >
        <ErrorBoundary
          fallback={<TroubleNotice trouble={{ kind: 'error' }} onRetry={() => window.location.reload()} />}
        >
          <Routes routes={routes} missing={<NotFound />} loading={<Loading />} />
        </ErrorBoundary>
      </Layout>
    </Provider>
  )
}

/** Replaces what the server rendered for readers without JavaScript by the living page. */
export function start(props: AppProps) {
  const root = document.getElementById('app')
  if (!root) throw new Error('the page has no place for the application')
  takeOver(root)
  createRoot(root).render(
    <StrictMode>
      <SettingsProvider>
        <RouterScope routes={props.routes}>
          <Suspense fallback={null}>
            <App {...props} />
          </Suspense>
        </RouterScope>
      </SettingsProvider>
    </StrictMode>,
  )
}
