import { useEffect, useState } from 'react'
import type { Ward } from '../../../../frame/chart/wards'
import {
  Actions,
  Banner,
  Button,
  CityWords,
  P,
  Screen,
  Steps,
  useBilingual,
} from '../../../../frame/components'
import { formatDate } from '../../../../frame/dates'
import { useFrameMessages } from '../../../../frame/messages'
import { useLocale } from '../../../../frame/settings'
import { UserText } from '../../../../frame/user-text'
import { useCitizenMessages } from '../../messages'
import type { CaseView, Receipt, Refusal } from '../../model'
import { ReceiptSheet } from '../receipt-sheet'
import type { Attaching } from './attachments'
import type { AskForCode } from './confirm-email'
import type { Draft } from './draft'
import { CheckPage, OpinionPage, StartPage, WhoPage } from './pages'

export const SUBMIT_STEPS = ['start', 'opinion', 'who', 'check', 'done'] as const
export type SubmitStep = (typeof SUBMIT_STEPS)[number]

/** What became of an attempt to hand the opinion in. */
export type Sent =
  | { kind: 'recorded'; receipt: Receipt; again: boolean }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'rateLimited' }
  | { kind: 'noLine' }

export type SubmitProps = {
  data: CaseView
  /** Longest opinion in characters; the ordinance's parameter, not a matter of the screen. */
  limit: number
  wards: readonly Pick<Ward, 'code' | 'name'>[]
  step: SubmitStep
  onStep: (step: SubmitStep) => void
  saved: Draft | undefined
  draft: Draft
  onEdit: (part: Partial<Draft>) => void
  attaching: Attaching
  onDiscard: () => void
  /** Sends a code to the contact; absent where none is needed. */
  askForCode?: AskForCode | undefined
  send: (draft: Draft) => Promise<Sent>
  /** The deadline has passed, perhaps while typing. */
  over: boolean
  outcome?: Sent | undefined
  onTakeBack: () => void
  onSave: (receipt: Receipt) => void
}

/** From reading the conditions to the receipt; every page can be left and found again. */
export function SubmitFlow(props: SubmitProps) {
  const { colon } = useFrameMessages()
  const { data, step, onStep, draft, onEdit, limit } = props
  const m = useCitizenMessages()
  const title = useBilingual()(data.title)
  const [sending, setSending] = useState(false)
  const [outcome, setOutcome] = useState(props.outcome)
  useEffect(() => setOutcome(props.outcome), [props.outcome])
  const headings = [
    m.submit.start.heading,
    m.submit.opinion.heading,
    m.submit.who.heading,
    m.submit.check.heading,
    m.receipt.title,
  ]
  const at = SUBMIT_STEPS.indexOf(step)
  const send = async () => {
    setSending(true)
    const sent = await props.send(draft)
    setSending(false)
    setOutcome(sent)
    if (sent.kind === 'recorded' || sent.kind === 'noLine') onStep('done')
  }
  if (step === 'done' && outcome?.kind === 'noLine') return <Queued {...props} onSend={send} />
  if (step === 'done' && outcome?.kind === 'recorded')
    return (
      <ReceiptSheet
        receipt={outcome.receipt}
        again={outcome.again}
        onSave={() => props.onSave(outcome.receipt)}
      />
    )
  return (
    <Screen key={step} title={colon(headings[at] ?? '') + title.text} shown={headings[at]}>
      <Steps names={m.submit.steps} current={at} />
      <P>
        <CityWords text={data.title} />
      </P>
      {props.over && step !== 'start' && <ClosedWhileTyping body={draft.body} />}
      {outcome?.kind === 'refused' && <Refused refusal={outcome.refusal} />}
      {outcome?.kind === 'rateLimited' && <RateLimited />}
      {step === 'start' && (
        <StartPage saved={props.saved} onBegin={() => onStep('opinion')} onDiscard={props.onDiscard} />
      )}
      {step === 'opinion' && (
        <OpinionPage
          draft={draft}
          onEdit={onEdit}
          data={data}
          limit={limit}
          attaching={props.attaching}
          onBack={() => onStep('start')}
          onNext={() => onStep('who')}
        />
      )}
      {step === 'who' && (
        <WhoPage
          draft={draft}
          onEdit={onEdit}
          wards={props.wards}
          byMail={props.askForCode !== undefined}
          onBack={() => onStep('opinion')}
          onNext={() => onStep('check')}
        />
      )}
      {(step === 'check' || step === 'done') && (
        <CheckPage
          draft={draft}
          data={data}
          sending={sending}
          onChange={onStep}
          onEdit={onEdit}
          askForCode={props.askForCode}
          onSend={send}
        />
      )}
    </Screen>
  )
}

function Refused({ refusal }: { refusal: Refusal }) {
  const m = useCitizenMessages()
  return (
    <Banner kind="error" title={m.submit.refused} live>
      <P>
        <CityWords text={refusal.message} />
      </P>
    </Banner>
  )
}

function RateLimited() {
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  return (
    <Banner kind="warning" title={m.submit.tooMany} live>
      <P>{frame.states.rateLimited}</P>
    </Banner>
  )
}

/** Nobody loses words to a deadline: they stay, and can be copied. */
function ClosedWhileTyping({ body }: { body: string }) {
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  const [copied, setCopied] = useState(false)
  return (
    <Banner kind="warning" title={m.submit.closed.heading} live>
      <P>{m.submit.closed.text}</P>
      <P>{m.submit.closed.late}</P>
      <UserText>{body}</UserText>
      <Button
        look="outline"
        small
        onClick={() => void navigator.clipboard.writeText(body).then(() => setCopied(true))}
      >
        {copied ? frame.form.copied : frame.form.copy}
      </Button>
    </Banner>
  )
}

function Queued({ data, draft, onSend, onTakeBack }: SubmitProps & { onSend: () => void }) {
  const m = useCitizenMessages()
  const locale = useLocale()
  return (
    <Screen title={m.submit.queued.heading}>
      <Banner kind="warning" title={m.submit.queued.badge} live>
        <P>{m.submit.queued.text}</P>
        {data.closesOn && <P>{m.submit.queued.deadline(formatDate(data.closesOn, locale))}</P>}
      </Banner>
      <UserText>{draft.body}</UserText>
      <Actions>
        <Button onClick={onSend}>{m.submit.queued.sendNow}</Button>
        <Button look="outline" onClick={onTakeBack}>
          {m.submit.queued.takeBack}
        </Button>
      </Actions>
    </Screen>
  )
}
