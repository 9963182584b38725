import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import '../../style/index.css'
import { ErrorBoundary } from '../frame/error-boundary'
import { Layout } from '../frame/layout'
import { RouterScope } from '../frame/router'
import { SettingsProvider } from '../frame/settings'
import { auditStories } from './audit'
import { citizenStories } from './citizen'
import { frameStories } from './frame'
import { searchStories } from './search'
import { staffStories } from './staff'

/** Every screen in every state, for the browser tests and for people who look. Not part of the page. */
const stories: Record<string, () => ReactNode> = {
  ...frameStories,
  ...citizenStories,
  ...searchStories,
  ...auditStories,
  ...staffStories,
}

const search = new URLSearchParams(window.location.search)
const NAV = [
  { href: '/', name: '意見募集' },
  { href: '/me', name: '私の意見' },
]

/** The browser tests change the story inside the page: loading it anew for each would take most of their time. */
type Gallery = { names: string[]; show: (name: string) => void }
declare global {
  var gallery: Gallery
}

function Shown() {
  const [name, setName] = useState(search.get('story') ?? '')
  useEffect(() => {
    globalThis.gallery = { names: Object.keys(stories), show: (next) => flushSync(() => setName(next)) }
  }, [])
  const story = stories[name]
  return (
    <div key={name} data-story={name}>
      {story ? (
        <Suspense fallback={<p>…</p>}>
          <ErrorBoundary fallback={<p data-ready={name}>broken</p>}>
            <Story name={name} render={story} />
          </ErrorBoundary>
        </Suspense>
      ) : (
        <Contents />
      )}
    </div>
  )
}

/** Marks the story as there once everything it waits for has come. */
function Story({ name, render: Render }: { name: string; render: () => ReactNode }) {
  return (
    <>
      <Render />
      <span hidden data-ready={name} />
    </>
  )
}

function Contents() {
  return (
    <>
      <h1>Gallery</h1>
      <ul>
        {Object.keys(stories).map((one) => (
          <li key={one}>
            <a className="tap" href={`?story=${one}`}>
              {one}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

createRoot(document.getElementById('app') as HTMLElement).render(
  <SettingsProvider initial={{ furigana: search.get('furigana') === 'on' }}>
    <RouterScope routes={[]}>
      <Suspense fallback={null}>
        <Layout home="/" nav={NAV}>
          <Shown />
        </Layout>
      </Suspense>
    </RouterScope>
  </SettingsProvider>,
)
