import { createContext, Fragment, type ReactNode, useContext, useEffect, useState } from 'react'
import { printable } from './user-text'

/** Gives a Japanese text its readings, or leaves it as it is. */
export type Annotate = (text: string) => ReactNode

const RubyContext = createContext<Annotate>((text) => text)

export const useRuby = () => useContext(RubyContext)

/**
 * Every string that a component shows passes here: it gets its readings, and whatever a stranger may have put
 * into it does no harm. Everything else among `children` passes through.
 */
export function rubyOf(annotate: Annotate, children: ReactNode): ReactNode {
  if (typeof children === 'string') return printable(children, annotate)
  if (Array.isArray(children))
    return children.map((child, at) =>
      // biome-ignore lint/suspicious/noArrayIndexKey: the children of one text keep their order
      typeof child === 'string' ? <Fragment key={at}>{printable(child, annotate)}</Fragment> : child,
    )
  return children
}

/** A text with readings above its kanji when the reader asked for them. */
export function R({ children }: { children: ReactNode }) {
  return <>{rubyOf(useRuby(), children)}</>
}

/** Loads the dictionary only for readers who want furigana. */
export function Furigana({ on, children }: { on: boolean; children: ReactNode }) {
  const [annotate, setAnnotate] = useState<Annotate>()
  useEffect(() => {
    if (!on) return setAnnotate(undefined)
    let wanted = true
    void import('./furigana/annotate').then(({ annotate }) => wanted && setAnnotate(() => annotate))
    return () => {
      wanted = false
    }
  }, [on])
  return <RubyContext value={annotate ?? ((text) => text)}>{children}</RubyContext>
}
