import { useState } from 'react'
import {
  Actions,
  Button,
  Checkbox,
  ErrorSummary,
  type FieldErrors,
  P,
  Radios,
  Screen,
  Select,
  TextField,
} from '../../../frame/components'
import { type Attaching, AttachmentsField } from '../citizen/submit/attachments'
import { type Attachment, toKatakana } from '../citizen/submit/draft'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import { type Passage, SUBMITTER_KINDS } from '../model'
import type { PaperEntry } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'
import { type PaperReceipt, PaperReceiptSheet } from './paper-receipt'
import { PassageSelect } from './passage-select'
import { Twice, twiceErrors } from './twice'

const PAPER_CHANNELS = ['POST', 'FAX', 'IN_PERSON', 'EMAIL'] as const

const empty = (today: string): PaperEntry => ({
  channel: 'POST',
  receivedOn: today,
  postmarkedOn: '',
  passage: '',
  body: '',
  kind: 'INDIVIDUAL',
  name: '',
  kana: '',
  address: '',
  ward: '',
  contact: '',
  declaresCitizen: false,
})

type PaperProps = {
  today: string
  passages: readonly Passage[]
  wards: readonly { code: string; name: string }[]
  /** The scans, which are sent as soon as they are chosen. */
  scans: readonly Attachment[]
  attaching: Attaching
  initial?: Partial<PaperEntry>
  again?: string
  /** Of the last letter that was entered, for whoever sent it. */
  receipt?: PaperReceipt | undefined
  onSend: Act<PaperEntry>
}

/** A letter, typed in twice, with its scan and what it says of its sender. */
export function PaperScreen(props: PaperProps) {
  const { today, scans, receipt } = props
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const p = m.paper
  const [entry, setEntry] = useState<PaperEntry>({ ...empty(today), ...props.initial })
  const [again, setAgain] = useState(props.again ?? '')
  const [errors, setErrors] = useState<FieldErrors>({})
  const [outcome, setOutcome] = useState<Outcome>()
  const edit = (part: Partial<PaperEntry>) => setEntry({ ...entry, ...part })
  const send = async () => {
    const found: FieldErrors = twiceErrors(entry.body, again, p)
    if (entry.receivedOn === '') found.receivedOn = p.missing.receivedOn
    if (scans.some(({ stored }) => !stored)) found.attachments = c.submit.attachments.unfinished
    if (entry.name.trim() === '') found.name = p.missing.name
    setErrors(found)
    if (Object.keys(found).length > 0) return
    const result = await props.onSend(entry)
    setOutcome(result)
    if (result.kind === 'recorded') {
      setEntry({ ...empty(today), channel: entry.channel })
      setAgain('')
    }
  }
  const line = (name: 'name' | 'kana' | 'address' | 'contact', more = {}) => (
    <TextField
      label={p[name]}
      name={name}
      value={entry[name]}
      onChange={(words) => edit({ [name]: words })}
      autoComplete="off"
      {...more}
    />
  )
  return (
    <Screen title={p.title}>
      <OutcomeNotice outcome={outcome} />
      {receipt && <PaperReceiptSheet receipt={receipt} />}
      <form
        noValidate
        className="prose no-print"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <P>{p.lead}</P>
        <ErrorSummary errors={errors} />
        <Radios
          label={p.channel}
          name="channel"
          required
          value={entry.channel}
          onChange={(channel) => edit({ channel })}
          options={PAPER_CHANNELS.map((channel) => ({ value: channel, label: c.channels[channel] }))}
        />
        <TextField
          label={p.receivedOn}
          name="receivedOn"
          type="date"
          short
          required
          error={errors.receivedOn}
          value={entry.receivedOn}
          onChange={(receivedOn) => edit({ receivedOn })}
        />
        {entry.channel === 'POST' && (
          <TextField
            label={p.postmarkedOn}
            name="postmarkedOn"
            type="date"
            short
            value={entry.postmarkedOn}
            onChange={(postmarkedOn) => edit({ postmarkedOn })}
          />
        )}
        <PassageSelect
          passages={props.passages}
          value={entry.passage}
          onChange={(passage) => edit({ passage })}
        />
        <Twice
          body={entry.body}
          again={again}
          errors={errors}
          onBody={(body) => edit({ body })}
          onAgain={setAgain}
        />
        <AttachmentsField {...props.attaching} files={scans} error={errors.attachments} words={p.scans} />
        <Radios
          label={p.kind}
          name="kind"
          value={entry.kind}
          onChange={(kind) => edit({ kind })}
          options={SUBMITTER_KINDS.map((kind) => ({ value: kind, label: c.submitterKinds[kind] }))}
        />
        {line('name', { required: true, error: errors.name })}
        {line('kana', { onChange: (kana: string) => edit({ kana: toKatakana(kana) }) })}
        {line('address')}
        <Select
          label={c.submit.who.ward}
          name="ward"
          empty={p.noWard}
          value={entry.ward}
          onChange={(ward) => edit({ ward })}
          options={props.wards.map(({ code, name }) => ({ value: code, label: name }))}
        />
        <Checkbox
          label={p.declaresCitizen}
          name="declaresCitizen"
          checked={entry.declaresCitizen}
          onChange={(declaresCitizen) => edit({ declaresCitizen })}
        />
        {line('contact')}
        <Actions>
          <Button type="submit">{p.send}</Button>
        </Actions>
      </form>
    </Screen>
  )
}
