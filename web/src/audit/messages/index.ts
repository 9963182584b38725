import { catalogue, useMessages } from '../../frame/catalogue'
import type { ja } from './ja'
import type { receiptsJa } from './receipts-ja'

export type AuditMessages = typeof ja
export type ReceiptMessages = typeof receiptsJa

/** The auditor's part has no plain Japanese; the receipt, which every citizen holds, has. */
const auditCatalogue = catalogue<AuditMessages>({
  ja: () => import('./ja').then(({ ja }) => ({ default: ja })),
  en: () => import('./en'),
})
const receiptCatalogue = catalogue<ReceiptMessages>({
  ja: () => import('./receipts-ja').then(({ receiptsJa }) => ({ default: receiptsJa })),
  easy: () => import('./receipts-easy'),
  en: () => import('./receipts-en'),
})

export const useAuditMessages = () => useMessages(auditCatalogue)
export const useReceiptMessages = () => useMessages(receiptCatalogue)
