import { catalogue, useMessages } from '../catalogue'
import { ja } from './ja'

export type FrameMessages = typeof ja

/** The Japanese sentences of the frame come with the page; the other languages when they are read. */
export const frameCatalogue = catalogue<FrameMessages>({
  ja: async () => ({ default: ja }),
  easy: () => import('./easy'),
  en: () => import('./en'),
})

export const useFrameMessages = () => useMessages(frameCatalogue)
