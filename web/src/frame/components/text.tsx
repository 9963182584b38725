import { type ReactNode, useEffect, useId, useRef } from 'react'
import { hasMoved } from '../router'
import { R } from '../ruby'
import { htmlLang, useLocale } from '../settings'
import { UserText } from '../user-text'

/** A text of the city in Japanese, with an English one where it was translated. */
export type Bilingual = { ja: string; en?: string | null | undefined }

/** The reader's language if the city wrote it, else Japanese. */
export function useBilingual() {
  const locale = useLocale()
  return (text: Bilingual) =>
    locale === 'en' && text.en ? { text: text.en, lang: 'en' } : { text: text.ja, lang: 'ja' }
}

/** A short text of the city in the reader's language, marked with the language it is in. */
export function CityWords({ text }: { text: Bilingual }) {
  const { text: words, lang } = useBilingual()(text)
  return (
    <bdi lang={lang}>
      <R>{words}</R>
    </bdi>
  )
}

/** A long text of the city. */
export function CityText({ text }: { text: Bilingual }) {
  const { text: words, lang } = useBilingual()(text)
  return <UserText lang={lang}>{words}</UserText>
}

/** Legal text exists in Japanese; other languages are for reference (参考訳). */
export const useTextLang = () => htmlLang(useLocale())

type ScreenProps = { title: string; shown?: ReactNode; children: ReactNode }

/** One screen: the title of the window, the heading (focused after a move, so that it is read out), the content. */
export function Screen({ title, shown, children }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title}｜ひろば`
  }, [title])
  useEffect(() => {
    if (hasMoved()) heading.current?.focus()
  }, [])
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        <R>{shown ?? title}</R>
      </h1>
      {children}
    </>
  )
}

export function H2({ children, id }: { children: ReactNode; id?: string }) {
  return (
    <h2 id={id}>
      <R>{children}</R>
    </h2>
  )
}

export function H3({ children }: { children: ReactNode }) {
  return (
    <h3>
      <R>{children}</R>
    </h3>
  )
}

export function P({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <p className={className}>
      <R>{children}</R>
    </p>
  )
}

/** A part of the screen with its heading as its name. */
export function Section({ heading, children }: { heading: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <H2 id={id}>{heading}</H2>
      {children}
    </section>
  )
}

/** Names and values. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt>
            <R>{name}</R>
          </dt>
          <dd>
            <R>{value}</R>
          </dd>
        </div>
      ))}
    </dl>
  )
}
