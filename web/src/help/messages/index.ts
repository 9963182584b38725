import { catalogue, useMessages } from '../../frame/catalogue'
import type { ja } from './ja'

export type HelpMessages = typeof ja

const helpCatalogue = catalogue<HelpMessages>({
  ja: () => import('./ja').then(({ ja }) => ({ default: ja })),
  easy: () => import('./easy'),
  en: () => import('./en'),
})

export const useHelpMessages = () => useMessages(helpCatalogue)
