import { catalogue, useMessages } from '../../frame/catalogue'
import type { ja } from './ja'

export type SearchMessages = typeof ja

const searchCatalogue = catalogue<SearchMessages>({
  ja: () => import('./ja').then(({ ja }) => ({ default: ja })),
  easy: () => import('./easy'),
  en: () => import('./en'),
})

export const useSearchMessages = () => useMessages(searchCatalogue)
