import {
  type ComponentType,
  createContext,
  type MouseEvent,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from 'react'
import { rubyOf, useRuby } from './ruby'

/** What a pattern like `/cases/:id` found in an address. */
export type Params = Readonly<Record<string, string>>

export type Route = { pattern: string; screen: ComponentType<{ params: Params }> }

/** The parameters of `path` if it fits `pattern`, else nothing. */
export function match(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/').filter(Boolean)
  const given = path.split('/').filter(Boolean)
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, want] of wanted.entries()) {
    const part = given[at] ?? ''
    if (want.startsWith(':')) {
      const value = decode(part)
      if (value === undefined) return undefined
      params[want.slice(1)] = value
    } else if (want !== part) return undefined
  }
  return params
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

const listeners = new Set<() => void>()
const notify = () => {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  window.addEventListener('popstate', notify)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('popstate', notify)
  }
}

/** How many times the reader moved inside the page; 0 on the first screen, whose heading is not focused. */
let moves = 0
export const hasMoved = () => moves > 0

export function navigate(to: string, { replace = false } = {}) {
  moves += 1
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  notify()
  if (!replace) window.scrollTo(0, 0)
}

export function useAddress(): URL {
  const href = useSyncExternalStore(subscribe, () => window.location.href)
  return useMemo(() => new URL(href), [href])
}

/** The moment or log position (`?at=`) as of which the reader wants to see the city. */
export function useAsOf(): string | undefined {
  return useAddress().searchParams.get('at') ?? undefined
}

/** A link keeps the reader at the day they travelled to. */
export function withAsOf(href: string, at: string | undefined): string {
  if (at === undefined || !href.startsWith('/') || /[?&]at=/.test(href)) return href
  const [path, hash] = href.split('#')
  return `${path}${path?.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}${hash ? `#${hash}` : ''}`
}

const BundleScope = createContext<(path: string) => boolean>(() => true)

export type LinkProps = {
  href: string
  children: ReactNode
  className?: string
  current?: boolean
  lang?: string
}

/** A link; inside the bundle it moves without loading the page again. */
export function Link({ href, children, className, current, lang }: LinkProps) {
  const mine = useContext(BundleScope)
  const ruby = useRuby()
  const target = withAsOf(href, useAsOf())
  const follow = (event: MouseEvent) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!plain || !href.startsWith('/') || !mine(href.split(/[?#]/)[0] ?? href)) return
    event.preventDefault()
    navigate(target)
  }
  return (
    <a
      href={target}
      onClick={follow}
      className={className}
      lang={lang}
      aria-current={current ? 'page' : undefined}
    >
      {rubyOf(ruby, children)}
    </a>
  )
}

type RoutesProps = { routes: readonly Route[]; missing: ReactNode; loading: ReactNode }

/** Shows the first screen whose pattern fits the address. */
export function Routes({ routes, missing, loading }: RoutesProps) {
  const path = useAddress().pathname
  for (const { pattern, screen: Screen } of routes) {
    const params = match(pattern, path)
    if (params)
      return (
        <Suspense key={path} fallback={loading}>
          <Screen params={params} />
        </Suspense>
      )
  }
  return missing
}

/** Tells links which addresses this bundle shows itself; the others are loaded from the server. */
export function RouterScope({ routes, children }: { routes: readonly Route[]; children: ReactNode }) {
  const mine = useMemo(() => (path: string) => routes.some(({ pattern }) => match(pattern, path)), [routes])
  useEffect(() => {
    history.scrollRestoration = 'auto'
  }, [])
  return <BundleScope value={mine}>{children}</BundleScope>
}
