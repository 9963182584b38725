import * as v from 'valibot'
import { toBase64Url } from '../../../../frame/base64url'
import { characters } from '../../../../frame/components'
import { forget, keep, kept } from '../../../../frame/device-store'
import { ulid } from '../../../../frame/ulid'
import type { CitizenMessages } from '../../messages'
import { SUBMITTER_KINDS } from '../../model'

/** A file beside the opinion, by its name: the file itself stays where the citizen has it. */
const attachmentSchema = v.object({
  id: v.string(),
  name: v.string(),
  size: v.number(),
  /** Whether all of it is with the city. */
  stored: v.boolean(),
  /** Whether it was sent under an account; it is then of no use without it, and the other way round. */
  account: v.boolean(),
})

export type Attachment = v.InferOutput<typeof attachmentSchema>

/** What the citizen wrote so far. `code` shows that they read the mail of `contact`. `commandId` and `secret` (128 random bits) stay the same from the first word to the receipt. */
const draftSchema = v.object({
  caseId: v.string(),
  commandId: v.string(),
  secret: v.string(),
  writtenAt: v.string(),
  passage: v.string(),
  body: v.string(),
  attachments: v.optional(v.array(attachmentSchema), []),
  kind: v.picklist(['', ...SUBMITTER_KINDS]),
  familyName: v.string(),
  givenName: v.string(),
  familyKana: v.string(),
  givenKana: v.string(),
  organisation: v.string(),
  representative: v.string(),
  address: v.string(),
  ward: v.string(),
  contact: v.string(),
  code: v.optional(v.string(), ''),
})

export type Draft = v.InferOutput<typeof draftSchema>

export const emptyDraft = (caseId: string, passage = ''): Draft => ({
  caseId,
  commandId: ulid(),
  secret: toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
  writtenAt: '',
  passage,
  body: '',
  attachments: [],
  kind: '',
  familyName: '',
  givenName: '',
  familyKana: '',
  givenKana: '',
  organisation: '',
  representative: '',
  address: '',
  ward: '',
  contact: '',
  code: '',
})

/** What the device kept, unless it no longer fits (an older page, a damaged store). */
export async function readDraft(caseId: string): Promise<Draft | undefined> {
  const result = v.safeParse(draftSchema, await kept('drafts', caseId))
  return result.success ? result.output : undefined
}

export const keepDraft = (draft: Draft) => keep('drafts', draft.caseId, draft)
export const forgetDraft = (caseId: string) => forget('drafts', caseId)

/** Full-width letters, odd spaces and hyphens are as good as any; they are read, never rejected. */
const tidy = v.pipe(
  v.string(),
  v.transform((text) => text.normalize('NFKC').trim()),
)

const filled = (message: string) => v.pipe(tidy, v.minLength(1, message))

/** An address with one @ and a dot behind it. */
const mailable = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)

/** Such an address, or a number of 9 to 15 digits with any separators. */
const reachable = (text: string) => mailable(text) || /^\+?(?:[\s()\-‐ー−.]*[0-9]){9,15}[\s()]*$/.test(text)

export type OpinionField = 'passage' | 'body' | 'attachments'
export type WhoField = keyof CitizenMessages['submit']['who']['missing']
export type Errors<F extends string> = Partial<Record<F, string>>

export function opinionErrors(draft: Draft, limit: number, m: CitizenMessages): Errors<OpinionField> {
  const errors: Errors<OpinionField> = {}
  if (draft.body.trim() === '') errors.body = m.submit.opinion.missing
  else if (characters(draft.body) > limit) errors.body = m.submit.opinion.tooLong(limit)
  if (draft.attachments.some(({ stored }) => !stored)) errors.attachments = m.submit.attachments.unfinished
  return errors
}

/** `byMail`: the contact has to be an address of e-mail, since a code is sent to it. */
export function whoErrors(draft: Draft, m: CitizenMessages, byMail = false): Errors<WhoField> {
  const { missing, contactForm, emailForm } = m.submit.who
  const contact = byMail ? v.check(mailable, emailForm) : v.check(reachable, contactForm)
  if (draft.kind === '') return { kind: missing.kind }
  const common = {
    address: filled(missing.address),
    contact: v.pipe(filled(missing.contact), contact),
  }
  const schema =
    draft.kind === 'INDIVIDUAL'
      ? v.object({ familyName: filled(missing.familyName), givenName: filled(missing.givenName), ...common })
      : v.object({
          organisation: filled(missing.organisation),
          representative: filled(missing.representative),
          ...common,
        })
  const result = v.safeParse(schema, draft)
  if (result.success) return {}
  const errors: Errors<WhoField> = {}
  for (const issue of result.issues) {
    const field = v.getDotPath(issue) as WhoField
    errors[field] ??= issue.message
  }
  return errors
}

/** The submitter's name as the city will read it. */
export const nameOf = (draft: Draft) =>
  draft.kind === 'INDIVIDUAL'
    ? `${draft.familyName.trim()} ${draft.givenName.trim()}`
    : `${draft.organisation.trim()} ${draft.representative.trim()}`.trim()

const folded = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\s\-‐ー−]/g, '')
    .toLowerCase()

/** Does the opinion repeat the name or the contact? Only a hint for the writer; the city's own check decides. */
export function repeatsPersonalData(draft: Draft): boolean {
  const body = folded(draft.body)
  return [nameOf(draft), draft.contact, draft.address]
    .map(folded)
    .some((part) => part.length >= 3 && body.includes(part))
}

/** ひらがな and half-width to full-width katakana, as kana fields want it. */
export const toKatakana = (text: string) =>
  text.normalize('NFKC').replace(/[\u3041-\u3096]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0x60))
