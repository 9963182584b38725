import { catalogue, useMessages } from '../../../frame/catalogue'
import type { statisticsJa } from './statistics-ja'

export type StatisticsMessages = typeof statisticsJa

const statisticsCatalogue = catalogue<StatisticsMessages>({
  ja: () => import('./statistics-ja').then(({ statisticsJa }) => ({ default: statisticsJa })),
  easy: () => import('./statistics-easy'),
  en: () => import('./statistics-en'),
})

export const useStatisticsMessages = () => useMessages(statisticsCatalogue)
