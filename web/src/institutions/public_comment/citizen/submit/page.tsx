import { useEffect, useMemo, useState } from 'react'
import { parseReceipt } from '../../../../audit/proof/receipt'
import { WARDS } from '../../../../frame/chart/wards'
import { useCity, useNow, useToday } from '../../../../frame/city'
import { endOfDayInTokyo } from '../../../../frame/dates'
import { takeBack } from '../../../../frame/outbox'
import { navigate, type Params, useAddress } from '../../../../frame/router'
import { saveFile } from '../../../../frame/save-file'
import { Loaded } from '../../../../frame/states'
import { CaseAsOfDocument, CaseDocument } from '../../../../generated/graphql'
import type { CaseView } from '../../model'
import { readCase } from '../../read'
import { CaseScreen } from '../case'
import { submit } from '../send'
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
  const now = useNow()
  const today = useToday()
  const address = useAddress()
  const [saved, setSaved] = useState<Draft>()
  const [draft, setDraft] = useState(() => emptyDraft(data.id, address.searchParams.get('passage') ?? ''))
  const [outcome, setOutcome] = useState<Sent>()
  const asked = SUBMIT_STEPS.find((one) => one === address.searchParams.get('step')) ?? 'start'
  const over = data.closesOn !== undefined && now >= endOfDayInTokyo(data.closesOn)
  const begun = draft.writtenAt !== ''
  // Opened anew in the middle, without a draft: the middle makes no sense.
  const step: SubmitStep =
    asked === 'done' ? (outcome ? 'done' : 'start') : asked === 'check' && !begun ? 'start' : asked

  useEffect(() => {
    void readDraft(data.id).then((found) => {
      if (!found) return
      setSaved(found)
      setDraft(found)
    })
  }, [data.id])
  useProof(outcome, setOutcome)

  const go = (next: SubmitStep) => {
    const search = new URLSearchParams(address.search)
    search.set('step', next)
    navigate(`${address.pathname}?${search}`)
  }
  const edit = (part: Partial<Draft>) => {
    const next = { ...draft, ...part, writtenAt: new Date().toISOString() }
    setDraft(next)
    void keepDraft(next)
  }
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
      onDiscard={discard}
      send={send}
      over={over}
      outcome={outcome}
      onTakeBack={() => {
        void takeBack(draft.commandId)
        setOutcome(undefined)
        go('check')
      }}
      onSaveProof={({ receiptNumber, proof }) =>
        saveFile(`${receiptNumber}.tlog-proof`, 'text/plain', proof ?? '')
      }
    />
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
