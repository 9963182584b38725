import { type ReactNode, Suspense } from 'react'
import { Banner, Button, P } from './components'
import { formatInstant } from './dates'
import { useFrameMessages } from './messages'
import { Link, navigate, useAddress, useAsOf } from './router'
import { R } from './ruby'
import { htmlLang, LOCALES, type Locale, TEXT_SIZES, useSettings } from './settings'
import { Loading, useOnline } from './states'

/** Each language calls itself by its own name. */
const LANGUAGE_NAMES: Record<Locale, string> = { ja: '日本語', easy: 'やさしい日本語', en: 'English' }

export type NavItem = { href: string; name: string }

export type LayoutProps = {
  home: string
  nav: readonly NavItem[]
  /** Who is signed in, and how to change that. */
  person?: ReactNode
  /** What else concerns every screen. */
  notices?: ReactNode
  readOnly?: boolean
  sessionEndsIn?: number | undefined
  onStaySignedIn?: (() => void) | undefined
  children: ReactNode
}

/** The frame around every screen. */
export function Layout(props: LayoutProps) {
  const m = useFrameMessages()
  const path = useAddress().pathname
  return (
    <>
      <a className="skip-link" href="#main">
        <R>{m.skip}</R>
      </a>
      <header className="site-header">
        <div className="page flex flex-wrap items-center justify-between gap-x-6">
          <Link href={props.home} className="site-name">
            {m.site}
          </Link>
          {props.person}
        </div>
        <nav className="page site-nav" aria-label={m.nav.label}>
          <ul>
            {props.nav.map(({ href, name }) => (
              <li key={href}>
                <Link href={href} current={path === href}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <DisplaySettings />
      </header>
      <main id="main" tabIndex={-1} className="page py-4">
        <StandingNotices {...props} />
        {props.notices}
        <Suspense fallback={<Loading />}>{props.children}</Suspense>
      </main>
      <footer className="site-footer">
        <div className="page">
          <P>{m.footer}</P>
          <ul className="inline-list">
            <li>
              <Link href="/help">{m.nav.help}</Link>
            </li>
            <li>
              <Link href="/accessibility">{m.nav.accessibility}</Link>
            </li>
            <li>
              <Link href="/log">{m.nav.log}</Link>
            </li>
            <li>
              <Link href="/staff">{m.nav.staff}</Link>
            </li>
          </ul>
        </div>
      </footer>
    </>
  )
}

/** What concerns every screen at once: the past, a lost line, a closed counter, a session that ends. */
export function StandingNotices({
  readOnly,
  sessionEndsIn,
  onStaySignedIn,
}: Pick<LayoutProps, 'readOnly' | 'sessionEndsIn' | 'onStaySignedIn'>) {
  const m = useFrameMessages()
  const { settings } = useSettings()
  const online = useOnline()
  const at = useAsOf()
  const now = useAddress()
  const toPresent = () => {
    const present = new URL(now)
    present.searchParams.delete('at')
    navigate(present.pathname + present.search)
  }
  return (
    <>
      {at !== undefined && (
        <Banner kind="warning" title={m.travel.title}>
          <P>{m.travel.at(/^\d+$/.test(at) ? `#${at}` : formatInstant(at, settings.locale))}</P>
          <Button look="outline" small onClick={toPresent}>
            {m.travel.back}
          </Button>
        </Banner>
      )}
      {!online && (
        <Banner kind="warning" title={m.states.offlineTitle} live>
          <P>{m.states.offline}</P>
        </Banner>
      )}
      {readOnly && (
        <Banner kind="warning" title={m.states.readOnlyTitle} live>
          <P>{m.states.readOnly}</P>
        </Banner>
      )}
      {sessionEndsIn !== undefined && (
        <Banner kind="warning" title={m.states.sessionTitle} live>
          <P>{m.states.session(sessionEndsIn)}</P>
          {onStaySignedIn && (
            <Button small onClick={onStaySignedIn}>
              {m.states.sessionStay}
            </Button>
          )}
        </Banner>
      )}
    </>
  )
}

function DisplaySettings() {
  const m = useFrameMessages()
  const { settings, change } = useSettings()
  return (
    <section className="page flex flex-wrap gap-x-4 gap-y-1 pb-1" aria-label={m.display.label}>
      <fieldset className="flex flex-wrap items-center">
        <legend className="visually-hidden">{m.display.language}</legend>
        {LOCALES.map((locale) => (
          <span key={locale} lang={htmlLang(locale)}>
            <Button look="text" small pressed={settings.locale === locale} onClick={() => change({ locale })}>
              {LANGUAGE_NAMES[locale]}
            </Button>
          </span>
        ))}
      </fieldset>
      {settings.locale !== 'en' && (
        <Button
          look="text"
          small
          pressed={settings.furigana}
          onClick={() => change({ furigana: !settings.furigana })}
        >
          {m.display.furigana}
        </Button>
      )}
      <label className="inline-flex items-center gap-2">
        <span>
          <R>{m.display.textSize}</R>
        </span>
        <select
          className="input w-auto"
          value={settings.textSize}
          onChange={(event) => {
            const textSize = TEXT_SIZES.find((size) => size === event.target.value)
            if (textSize) change({ textSize })
          }}
        >
          {TEXT_SIZES.map((size) => (
            <option key={size} value={size}>
              {m.display.sizes[size]}
            </option>
          ))}
        </select>
      </label>
    </section>
  )
}
