import { useEffect, useState } from 'react'
import { useBilingual } from '../../../../frame/components'
import { accessToken } from '../../../../frame/session'
import { htmlLang, useLocale } from '../../../../frame/settings'
import { largestFile, newFileId, sendFile } from '../../../../frame/upload'
import type { Attaching, Way } from './attachments'
import type { Attachment, Draft } from './draft'

type Change = (files: (files: readonly Attachment[]) => Attachment[]) => void

/**
 * Sends files as soon as they are chosen. One that was cut goes on where it stopped when it is chosen again, also
 * after the page was closed: its id is in the draft.
 */
export function useAttaching(draft: Draft, change: Change): Attaching {
  const lang = htmlLang(useLocale())
  const bilingual = useBilingual()
  const [largest, setLargest] = useState<number>()
  const [ways, setWays] = useState<Record<string, Way>>({})
  useEffect(() => void largestFile().then(setLargest), [])
  const account = accessToken() !== undefined
  const send = async (file: File, id: string) => {
    const tell = (way: Way) => setWays((others) => ({ ...others, [id]: way }))
    tell({ kind: 'sending', sent: 0 })
    const sent = await sendFile({
      id,
      file,
      purpose: { for: 'opinion', case: draft.caseId, ...(!account && { command: draft.commandId }) },
      lang,
      secret: account ? undefined : draft.secret,
      onProgress: (reached) => tell({ kind: 'sending', sent: reached }),
    })
    if (sent.kind === 'cut') return tell(sent)
    if (sent.kind === 'refused')
      return tell({ kind: 'refused', because: bilingual(sent.refusal.message).text })
    change((files) => files.map((one) => (one.id === id ? { ...one, stored: true } : one)))
  }
  const add = (chosen: readonly File[]) => {
    const begun = (file: File) =>
      draft.attachments.find(({ name, size }) => name === file.name && size === file.size)
    const added: Attachment[] = []
    for (const file of chosen) {
      const before = begun(file)
      if (before?.stored || (before && ways[before.id]?.kind === 'sending')) continue
      const id = before?.account === account ? before.id : newFileId()
      added.push({ id, name: file.name, size: file.size, stored: false, account })
      void send(file, id)
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
