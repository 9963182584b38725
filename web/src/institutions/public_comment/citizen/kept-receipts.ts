import * as v from 'valibot'
import { allKept, forget, keep } from '../../../frame/device-store'

/** What a submitter without an account holds: the key to their own submission, on this device. */
const keptSchema = v.object({
  submission: v.string(),
  secret: v.string(),
  receiptNumber: v.string(),
  position: v.number(),
})

export type KeptReceipt = v.InferOutput<typeof keptSchema>

export const keepReceipt = (receipt: KeptReceipt) => keep('receipts', receipt.submission, receipt)
export const forgetReceipt = (submission: string) => forget('receipts', submission)

export async function keptReceipts(): Promise<KeptReceipt[]> {
  return (await allKept('receipts')).flatMap((value) => {
    const result = v.safeParse(keptSchema, value)
    return result.success ? [result.output] : []
  })
}

/** One text for paper: the submission and its secret. */
export const claimText = ({ submission, secret }: Pick<KeptReceipt, 'submission' | 'secret'>) =>
  `${submission}.${secret}`

export function parseClaim(text: string): Pick<KeptReceipt, 'submission' | 'secret'> | undefined {
  const [, submission, secret] =
    /^([a-z_]+_[0-9A-HJKMNP-TV-Z]{26})\.([\w-]{22,200})$/i.exec(text.normalize('NFKC').trim()) ?? []
  return submission && secret ? { submission, secret } : undefined
}
