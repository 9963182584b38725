import { use } from 'react'
import { type Locale, useLocale } from './settings'

type Loader<M> = () => Promise<{ default: M }>

/** The sentences of one part of the page in every language; each language is loaded when it is read. */
export type Catalogue<M> = { read: (locale: Locale) => Promise<M> }

/**
 * Keys and parameters are typed by the Japanese catalogue: a sentence missing in another language does not
 * compile. Without plain Japanese (the staff's pages) the Japanese is shown.
 */
export function catalogue<M>(loaders: { ja: Loader<M>; en: Loader<M>; easy?: Loader<M> }): Catalogue<M> {
  const known = new Map<Locale, Promise<M>>()
  return {
    read(locale) {
      let sentences = known.get(locale)
      if (!sentences) {
        sentences = (loaders[locale] ?? loaders.ja)().then((module) => module.default)
        known.set(locale, sentences)
      }
      return sentences
    },
  }
}

export function useMessages<M>(catalogue: Catalogue<M>): M {
  return use(catalogue.read(useLocale()))
}
