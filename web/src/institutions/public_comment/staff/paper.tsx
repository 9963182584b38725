import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  ErrorSummary,
  type FieldErrors,
  P,
  Radios,
  Screen,
  TextArea,
  TextField,
} from '../../../frame/components'
import { Difference } from '../../../frame/diff'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { PaperEntry } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

const PAPER_CHANNELS = ['POST', 'FAX', 'IN_PERSON', 'EMAIL'] as const

const empty = (today: string): PaperEntry => ({
  channel: 'POST',
  receivedOn: today,
  postmarkedOn: '',
  body: '',
  name: '',
  address: '',
  contact: '',
})

/** Spaces and width do not count: two people type them differently. */
const same = (a: string, b: string) =>
  a.normalize('NFKC').replace(/\s/g, '') === b.normalize('NFKC').replace(/\s/g, '')

type PaperProps = { today: string; initial?: Partial<PaperEntry>; again?: string; onSend: Act<PaperEntry> }

/** A letter, typed in twice. */
export function PaperScreen({ today, initial, again: initialAgain = '', onSend }: PaperProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const p = m.paper
  const [entry, setEntry] = useState<PaperEntry>({ ...empty(today), ...initial })
  const [again, setAgain] = useState(initialAgain)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [outcome, setOutcome] = useState<Outcome>()
  const edit = (part: Partial<PaperEntry>) => setEntry({ ...entry, ...part })
  const mismatch = again !== '' && !same(entry.body, again)
  const send = async () => {
    const found: FieldErrors = {}
    if (entry.receivedOn === '') found.receivedOn = p.missing.receivedOn
    if (entry.body.trim() === '') found.body = p.missing.body
    else if (!same(entry.body, again)) found.again = p.mismatch
    if (entry.name.trim() === '') found.name = p.missing.name
    setErrors(found)
    if (Object.keys(found).length > 0) return
    const result = await onSend(entry)
    setOutcome(result)
    if (result.kind === 'recorded') {
      setEntry({ ...empty(today), channel: entry.channel })
      setAgain('')
    }
  }
  return (
    <Screen title={p.title}>
      <P>{p.lead}</P>
      <OutcomeNotice outcome={outcome} />
      <form
        noValidate
        className="prose"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
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
        <TextArea
          label={p.body}
          name="body"
          required
          error={errors.body}
          value={entry.body}
          onChange={(body) => edit({ body })}
        />
        <TextArea
          label={p.again}
          name="again"
          required
          error={errors.again}
          value={again}
          onChange={setAgain}
        />
        {mismatch && (
          <Banner kind="warning" title={p.difference}>
            <Difference before={entry.body} after={again} />
          </Banner>
        )}
        <TextField
          label={p.name}
          name="name"
          required
          error={errors.name}
          value={entry.name}
          onChange={(name) => edit({ name })}
          autoComplete="off"
        />
        <TextField
          label={p.address}
          name="address"
          value={entry.address}
          onChange={(address) => edit({ address })}
          autoComplete="off"
        />
        <TextField
          label={p.contact}
          name="contact"
          value={entry.contact}
          onChange={(contact) => edit({ contact })}
          autoComplete="off"
        />
        <Actions>
          <Button type="submit">{p.send}</Button>
        </Actions>
      </form>
    </Screen>
  )
}
