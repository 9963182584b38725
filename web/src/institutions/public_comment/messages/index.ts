import { catalogue, useMessages } from '../../../frame/catalogue'
import type { ja } from './ja'

export type CitizenMessages = typeof ja

export const citizenCatalogue = catalogue<CitizenMessages>({
  ja: () => import('./ja').then(({ ja }) => ({ default: ja })),
  easy: () => import('./easy'),
  en: () => import('./en'),
})

export const useCitizenMessages = () => useMessages(citizenCatalogue)
