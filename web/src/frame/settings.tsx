import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { Furigana } from './ruby'

/** The languages of the page: Japanese, plain Japanese (やさしい日本語), English. */
export const LOCALES = ['ja', 'easy', 'en'] as const
export type Locale = (typeof LOCALES)[number]
export const TEXT_SIZES = ['normal', 'large', 'largest'] as const
export type TextSize = (typeof TEXT_SIZES)[number]

export type Settings = { locale: Locale; furigana: boolean; textSize: TextSize }

type Store = { settings: Settings; change: (part: Partial<Settings>) => void }

const KEY = 'hiroba/settings'
const DEFAULT: Settings = { locale: 'ja', furigana: false, textSize: 'normal' }

/** What this device remembers, as far as it still makes sense. `?lang=` wins, so that links can carry a language. */
export function readSettings(stored: string | null, search: string): Settings {
  let known: Partial<Settings> = {}
  try {
    const value: unknown = JSON.parse(stored ?? '{}')
    if (typeof value === 'object' && value !== null) known = value
  } catch {
    // A damaged entry is as good as none.
  }
  const asked = new URLSearchParams(search).get('lang')
  const pick = <T extends string>(all: readonly T[], value: unknown, otherwise: T) =>
    all.find((one) => one === value) ?? otherwise
  return {
    locale: pick(LOCALES, asked ?? known.locale, DEFAULT.locale),
    furigana: known.furigana === true,
    textSize: pick(TEXT_SIZES, known.textSize, DEFAULT.textSize),
  }
}

const SettingsContext = createContext<Store>({ settings: DEFAULT, change: () => {} })

export const useSettings = () => useContext(SettingsContext)
export const useLocale = () => useSettings().settings.locale
export const htmlLang = (locale: Locale) => (locale === 'en' ? 'en' : 'ja')

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** The language before anything is shown, for what should be on its way early. */
export const initialLocale = () => readSettings(remembered(), window.location.search).locale

type ProviderProps = { children: ReactNode; initial?: Partial<Settings> }

export function SettingsProvider({ children, initial }: ProviderProps) {
  const [settings, set] = useState<Settings>(() => ({
    ...readSettings(remembered(), window.location.search),
    ...initial,
  }))
  useEffect(() => {
    const { documentElement: root } = document
    root.lang = htmlLang(settings.locale)
    root.dataset.textSize = settings.textSize
    root.dataset.furigana = settings.furigana ? 'on' : 'off'
    // The server renders the next page in this language; it learns nothing else from us.
    const secure = window.location.protocol === 'https:' ? '; Secure' : ''
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is younger than the oldest browser we serve
    document.cookie = `lang=${settings.locale}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
    try {
      localStorage.setItem(KEY, JSON.stringify(settings))
    } catch {
      // A private window may forbid it; the choice then lasts as long as the page.
    }
  }, [settings])
  const store = useMemo<Store>(
    () => ({ settings, change: (part) => set((old) => ({ ...old, ...part })) }),
    [settings],
  )
  return (
    <SettingsContext value={store}>
      <Furigana on={settings.furigana && settings.locale !== 'en'}>{children}</Furigana>
    </SettingsContext>
  )
}
