import { useEffect, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { parseReceipt } from '../../../../audit/proof/receipt'
import { WARDS } from '../../../../frame/chart/wards'
import { useCity, useNow, useToday } from '../../../../frame/city'
import { endOfDayInTokyo } from '../../../../frame/dates'
import { subscribeOutbox, takeBack, waiting } from '../../../../frame/outbox'
import { navigate, type Params, useAddress } from '../../../../frame/router'
import { accessToken } from '../../../../frame/session'
import { Loaded } from '../../../../frame/states'
import { CaseAsOfDocument, CaseDocument, EmailConfirmationDocument } from '../../../../generated/graphql'
import { useCitizenMessages } from '../../messages'
import type { CaseView } from '../../model'
import { readCase } from '../../read'
import { CaseScreen } from '../case'
import { saveKept } from '../kept-file'
import { askForCode, sentLately, submit, type WaitingOpinion } from '../send'
import { ticketOf, usable, useAttaching } from './attach'
import { type Draft, emptyDraft, forgetDraft, keepDraft, readDraft } from './draft'
import { type Sent, SUBMIT_STEPS, SubmitFlow, type SubmitStep } from './flow'

/** The gateway's limit; what is longer belongs into an attachment. */
const LONGEST_OPINION = 20_000
const PROOF_TRIES = 6
const PROOF_WAIT_MS = 1500

export default function SubmitPage({ params }: { params: Params }) {
  const { answer, retry } = useCity(CaseDocument, CaseAsOfDocument, { id: params.id ?? '' }, (city) =>
    city.publicCommentCase ? readCase(city.publicCommentCase) : null,
  )
  return (
    <Loaded answer={answer} onRetry={retry}>
      {(data) => <Submission data={data} />}
    </Loaded>
  )
}

function Submission({ data }: { data: CaseView }) {
  const m = useCitizenMessages()
  const now = useNow()
  const today = useToday()
  const address = useAddress()
  const [saved, setSaved] = useState<Draft>()
  const [draft, setDraft] = useState(() => emptyDraft(data.id, address.searchParams.get('passage') ?? ''))
  const [outcome, setOutcome] = useState<Sent>()
  const [confirmation] = useQuery({ query: EmailConfirmationDocument })
  const byMail = confirmation.data?.emailConfirmationRequired === true && accessToken() === undefined
  const asked = SUBMIT_STEPS.find((one) => one === address.searchParams.get('step')) ?? 'start'
  const over = data.closesOn !== undefined && now >= endOfDayInTokyo(data.closesOn)
  const begun = draft.writtenAt !== ''
  const step = shownStep(asked, begun, outcome)

  useEffect(() => {
    void readDraft(data.id).then((found) => {
      if (!found) return
      setSaved(found)
      setDraft(usable(found))
    })
  }, [data.id])
  useOutbox(data.id, draft.commandId, setDraft, setOutcome)
  useProof(outcome, setOutcome)

  const go = (next: SubmitStep) => {
    const search = new URLSearchParams(address.search)
    search.set('step', next)
    navigate(`${address.pathname}?${search}`)
  }
  const edit = (part: Partial<Draft> | ((now: Draft) => Partial<Draft>)) =>
    setDraft((now) => {
      const more = typeof part === 'function' ? part(now) : part
      return { ...now, ...more, writtenAt: new Date().toISOString() }
    })
  useEffect(() => {
    if (draft.writtenAt !== '') void keepDraft(draft)
  }, [draft])
  const attaching = useAttaching(draft.attachments, ticketOf(draft), (files) =>
    edit(({ attachments }) => ({ attachments: files(attachments) })),
  )
  const discard = () => {
    void forgetDraft(data.id)
    setSaved(undefined)
    setDraft(emptyDraft(data.id))
  }
  const send = async (finished: Draft) => {
    const sent = await submit({ draft: finished, caseTitle: data.title })
    setOutcome(sent)
    return sent
  }
  const wards = useMemo(() => WARDS.map(({ code, name }) => ({ code, name })), [])
  if (data.state !== 'OPEN' && !begun && !outcome) return <CaseScreen data={data} today={today} />
  return (
    <SubmitFlow
      data={data}
      limit={LONGEST_OPINION}
      wards={wards}
      step={step}
      onStep={go}
      saved={saved}
      draft={draft}
      onEdit={edit}
      attaching={attaching}
      onDiscard={discard}
      askForCode={byMail ? askForCode : undefined}
      send={send}
      over={over}
      outcome={outcome}
      onTakeBack={() => {
        void takeBack(draft.commandId)
        setOutcome(undefined)
        go('check')
      }}
      onSave={({ proof, ...kept }) => {
        if (proof) saveKept({ ...kept, proof }, kept.caseTitle, m.receipt.about)
      }}
    />
  )
}

/** The middle makes no sense without a draft, nor the end without an outcome; what waits is shown as waiting. */
function shownStep(asked: SubmitStep, begun: boolean, outcome: Sent | undefined): SubmitStep {
  if (outcome?.kind === 'noLine') return 'done'
  if (asked === 'done') return outcome?.kind === 'recorded' ? 'done' : outcome ? 'check' : 'start'
  return asked === 'check' && !begun ? 'start' : asked
}

/** Goes on where an opinion on this case waits since an earlier visit, and follows what becomes of it. */
function useOutbox(
  caseId: string,
  commandId: string,
  onDraft: (draft: Draft) => void,
  onOutcome: (outcome: Sent) => void,
) {
  useEffect(() => {
    void waiting<WaitingOpinion>().then((entries) => {
      const entry = entries.find(({ command }) => command.draft.caseId === caseId)
      if (!entry) return
      onDraft(entry.command.draft)
      const message = entry.refusedBecause
      onOutcome(message ? { kind: 'refused', refusal: { code: '', message } } : { kind: 'noLine' })
    })
  }, [caseId, onDraft, onOutcome])
  useEffect(
    () =>
      subscribeOutbox(() => {
        const sent = sentLately(commandId)
        if (sent) onOutcome(sent)
      }),
    [commandId, onOutcome],
  )
}

/** The log signs a moment after the opinion is recorded; the proof is fetched as soon as it is there. */
function useProof(outcome: Sent | undefined, onOutcome: (outcome: Sent) => void) {
  const position =
    outcome?.kind === 'recorded' && !outcome.receipt.proof ? outcome.receipt.position : undefined
  useEffect(() => {
    if (position === undefined || outcome?.kind !== 'recorded') return
    let tries = 0
    const timer = setInterval(() => {
      tries += 1
      if (tries >= PROOF_TRIES) clearInterval(timer)
      void fetch(`/log/receipt/${position}`).then(async (response) => {
        const proof = response.ok ? await response.text() : ''
        if (!parseReceipt(proof)) return
        clearInterval(timer)
        onOutcome({ ...outcome, receipt: { ...outcome.receipt, proof } })
      })
    }, PROOF_WAIT_MS)
    return () => clearInterval(timer)
  }, [position, outcome, onOutcome])
}
