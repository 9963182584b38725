import { client, lineBroke, troubleOf } from '../../../frame/api'
import type { Bilingual } from '../../../frame/components'
import { enqueue, sendWaiting, takeBack, type Waiting } from '../../../frame/outbox'
import {
  RequestEmailConfirmationDocument,
  SubmitOpinionDocument,
  type SubmitOpinionInput,
} from '../../../generated/graphql'
import { readRefusal } from '../read'
import { claimText, keepReceipt } from './kept-receipts'
import type { CodeAsked } from './submit/confirm-email'
import { type Draft, forgetDraft, nameOf } from './submit/draft'
import type { Sent } from './submit/flow'

export type WaitingOpinion = { draft: Draft; caseTitle: Bilingual }

export function submissionInput(draft: Draft): SubmitOpinionInput {
  const individual = draft.kind === 'INDIVIDUAL'
  return {
    commandId: draft.commandId,
    case: draft.caseId,
    opinion: {
      passage: draft.passage || null,
      body: draft.body,
      attachments: draft.attachments.map(({ id }) => id),
    },
    submitter: {
      kind: draft.kind === '' ? 'INDIVIDUAL' : draft.kind,
      name: nameOf(draft),
      kana: individual ? `${draft.familyKana} ${draft.givenKana}`.trim() : null,
      address: draft.address,
      contact: draft.contact,
      wardCode: draft.ward || null,
      declaresCitizen: draft.ward !== '',
    },
    secret: draft.secret,
    confirmationCode: draft.code || null,
  }
}

async function attempt({ draft, caseTitle }: WaitingOpinion): Promise<Sent> {
  const result = await client.mutation(SubmitOpinionDocument, { input: submissionInput(draft) }).toPromise()
  if (lineBroke(result)) return { kind: 'noLine' }
  const outcome = result.data?.submitOpinion
  if (!outcome) {
    if (result.error && troubleOf(result.error).kind === 'rateLimited') return { kind: 'rateLimited' }
    const words = result.error?.graphQLErrors[0]?.message ?? ''
    return { kind: 'refused', refusal: { code: '', message: { ja: words, en: words } } }
  }
  if (outcome.__typename === 'Refusal') return { kind: 'refused', refusal: readRefusal(outcome) }
  const { submission, receiptNumber, position, leaf, openings, proof, repeated } = outcome
  const held = { submission: submission.id, secret: draft.secret, receiptNumber, position }
  await keepReceipt(held)
  await takeBack(draft.commandId)
  await forgetDraft(draft.caseId)
  return {
    kind: 'recorded',
    again: repeated,
    receipt: {
      receiptNumber,
      submissionId: submission.id,
      caseTitle,
      position,
      recordedAt: submission.recordedAt,
      legalDate: submission.receivedOn,
      late: (submission.late ?? null) !== null,
      claim: claimText(held),
      leaf,
      openings,
      proof: proof ?? undefined,
    },
  }
}

/** Has a code sent to the contact, with which this opinion can be handed in. */
export async function askForCode({ commandId, caseId, contact }: Draft): Promise<CodeAsked> {
  const input = { commandId, case: caseId, address: contact }
  const result = await client.mutation(RequestEmailConfirmationDocument, { input }).toPromise()
  const outcome = result.data?.requestEmailConfirmation
  if (outcome?.__typename === 'RequestEmailConfirmationPayload')
    return { kind: 'sent', minutes: outcome.validMinutes }
  if (outcome) return { kind: 'refused', message: readRefusal(outcome).message }
  if (lineBroke(result)) return { kind: 'noLine' }
  if (result.error && troubleOf(result.error).kind === 'rateLimited') return { kind: 'rateLimited' }
  const words = result.error?.graphQLErrors[0]?.message ?? ''
  return { kind: 'refused', message: { ja: words, en: words } }
}

/** Hands the opinion in, or lets it wait on the device until there is a line. */
export async function submit(opinion: WaitingOpinion): Promise<Sent> {
  const sent = await attempt(opinion)
  if (sent.kind === 'noLine')
    await enqueue({ id: opinion.draft.commandId, writtenAt: new Date().toISOString(), command: opinion })
  return sent
}

/** What became of opinions that had waited, by their command, since this page was opened. */
const lately = new Map<string, Sent>()
export const sentLately = (commandId: string) => lately.get(commandId)

/** Sends what waits; called when the line comes back and when the reader asks. */
export const sendAllWaiting = (): Promise<Waiting<WaitingOpinion>[]> =>
  sendWaiting<WaitingOpinion>(async ({ command }) => {
    const sent = await attempt(command)
    if (sent.kind !== 'noLine') lately.set(command.draft.commandId, sent)
    if (sent.kind === 'recorded') return { kind: 'taken', number: sent.receipt.receiptNumber }
    if (sent.kind === 'refused') return { kind: 'refused', because: sent.refusal.message }
    return { kind: 'noLine' }
  })
