import { useEffect, useState } from 'react'
import { useBilingual } from '../../../../frame/components'
import { accessToken } from '../../../../frame/session'
import { htmlLang, useLocale } from '../../../../frame/settings'
import { largestFile, newFileId, sendFile } from '../../../../frame/upload'
import type { Attaching, Way } from './attachments'
import type { Attachment, Draft } from './draft'

type Change = (files: (files: readonly Attachment[]) => Attachment[]) => void

/** What the files are for, and by what somebody shows later that they are theirs. */
export type Ticket = {
  purpose: Readonly<Record<string, string>>
  secret?: string | undefined
  account: boolean
}

/** Beside an opinion about to be submitted: under the account, or with the secret of the receipt to come. */
export function ticketOf({ caseId, commandId, secret }: Draft): Ticket {
  const purpose = { for: 'opinion', case: caseId }
  return accessToken() === undefined
    ? { purpose: { ...purpose, command: commandId }, secret, account: false }
    : { purpose, account: true }
}

/**
 * Sends files as soon as they are chosen. One that was cut goes on where it stopped when it is chosen again, also
 * after the page was closed if its id was kept.
 */
export function useAttaching(
  attached: readonly Attachment[],
  { purpose, secret, account }: Ticket,
  change: Change,
): Attaching {
  const lang = htmlLang(useLocale())
  const bilingual = useBilingual()
  const [largest, setLargest] = useState<number>()
  const [ways, setWays] = useState<Record<string, Way>>({})
  useEffect(() => void largestFile().then(setLargest), [])
  const send = async (file: File, id: string, begun: boolean) => {
    const tell = (way: Way) => setWays((others) => ({ ...others, [id]: way }))
    tell({ kind: 'sending', sent: 0 })
    const onProgress = (reached: number) => tell({ kind: 'sending', sent: reached })
    const sent = await sendFile({ id, file, purpose, lang, secret, begun, onProgress })
    if (sent.kind === 'cut') return tell(sent)
    if (sent.kind === 'refused')
      return tell({ kind: 'refused', because: bilingual(sent.refusal.message).text })
    change((files) => files.map((one) => (one.id === id ? { ...one, stored: true } : one)))
  }
  const add = (chosen: readonly File[]) => {
    const added: Attachment[] = []
    for (const file of chosen) {
      const before = attached.find(({ name, size }) => name === file.name && size === file.size)
      if (before?.stored || (before && ways[before.id]?.kind === 'sending')) continue
      const begun = before?.account === account ? before : undefined
      const id = begun?.id ?? newFileId()
      added.push({ id, name: file.name, size: file.size, stored: false, account })
      void send(file, id, begun !== undefined)
    }
    const sameFile = (a: Attachment, b: Attachment) => a.name === b.name && a.size === b.size
    change((files) => [...files.filter((one) => !added.some((other) => sameFile(one, other))), ...added])
  }
  return {
    largest,
    ways,
    onAdd: add,
    onRemove: (id) => change((files) => files.filter((one) => one.id !== id)),
  }
}

/** What was sent under an account is of no use without it, and the other way round: it is sent again. */
export const usable = (draft: Draft): Draft => {
  const account = accessToken() !== undefined
  const fits = (file: Attachment) => file.account === account
  if (draft.attachments.every(fits)) return draft
  const attachments = draft.attachments.map((file) => (fits(file) ? file : { ...file, stored: false }))
  return { ...draft, attachments }
}
