import { useState } from 'react'
import { wardName } from '../../../../frame/chart/ward-codes'
import type { Ward } from '../../../../frame/chart/wards'
import {
  Actions,
  Banner,
  Button,
  Checkbox,
  Dialog,
  ErrorSummary,
  Facts,
  P,
  Radios,
  Select,
  TextArea,
  TextField,
} from '../../../../frame/components'
import { formatInstant } from '../../../../frame/dates'
import { useFrameMessages } from '../../../../frame/messages'
import { R } from '../../../../frame/ruby'
import { useLocale } from '../../../../frame/settings'
import { UserText, UserWords } from '../../../../frame/user-text'
import { useCitizenMessages } from '../../messages'
import { type CaseView, SUBMITTER_KINDS } from '../../model'
import { type Attaching, AttachmentsField } from './attachments'
import { type AskForCode, ConfirmEmail } from './confirm-email'
import {
  type Draft,
  type Errors,
  nameOf,
  type OpinionField,
  opinionErrors,
  repeatsPersonalData,
  toKatakana,
  type WhoField,
  whoErrors,
} from './draft'

type Edit = (part: Partial<Draft>) => void

type StartProps = { saved: Draft | undefined; onBegin: () => void; onDiscard: () => void }

export function StartPage({ saved, onBegin, onDiscard }: StartProps) {
  const m = useCitizenMessages()
  const locale = useLocale()
  const [asking, ask] = useState(false)
  const s = m.submit.start
  return (
    <>
      {saved && (
        <Banner kind="info" title={s.restored}>
          <P>{s.restoredAt(formatInstant(saved.writtenAt, locale))}</P>
          <Actions>
            <Button onClick={onBegin}>{s.resume}</Button>
            <Button look="outline" onClick={() => ask(true)}>
              {s.discard}
            </Button>
          </Actions>
        </Banner>
      )}
      <ul>
        {[s.anyone, s.time, s.embargo, s.publication, s.record].map((line) => (
          <li key={line}>
            <R>{line}</R>
          </li>
        ))}
      </ul>
      {!saved && (
        <Actions>
          <Button onClick={onBegin}>{s.begin}</Button>
        </Actions>
      )}
      {asking && (
        <Dialog
          title={s.discardQuestion}
          confirm={s.discard}
          danger
          onClose={() => ask(false)}
          onConfirm={() => {
            ask(false)
            onDiscard()
          }}
        >
          <P>{s.discardNote}</P>
        </Dialog>
      )}
    </>
  )
}

type PageProps = { draft: Draft; onEdit: Edit; onBack: () => void; onNext: () => void }

export function OpinionPage({
  draft,
  onEdit,
  onBack,
  onNext,
  data,
  limit,
  attaching,
}: PageProps & { data: CaseView; limit: number; attaching: Attaching }) {
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  const [errors, setErrors] = useState<Errors<OpinionField>>({})
  const submit = () => {
    const found = opinionErrors(draft, limit, m)
    setErrors(found)
    if (Object.keys(found).length === 0) onNext()
  }
  const passages = data.passages.map(({ passage, heading }) => ({
    value: passage,
    label: [m.case.passage(passage), heading].filter(Boolean).join('　'),
  }))
  return (
    <Form onSubmit={submit} onBack={onBack} next={frame.form.next}>
      <ErrorSummary errors={errors} />
      <Radios
        label={m.submit.opinion.about}
        name="passage"
        value={draft.passage}
        onChange={(passage) => onEdit({ passage })}
        options={[{ value: '', label: m.submit.opinion.whole }, ...passages]}
      />
      <TextArea
        label={m.submit.opinion.body}
        name="body"
        required
        hint={m.submit.opinion.bodyHint}
        limit={limit}
        rows={12}
        error={errors.body}
        value={draft.body}
        onChange={(body) => onEdit({ body })}
      />
      <AttachmentsField {...attaching} files={draft.attachments} error={errors.attachments} />
    </Form>
  )
}

export function WhoPage({
  draft,
  onEdit,
  onBack,
  onNext,
  wards,
  byMail,
}: PageProps & { wards: readonly Pick<Ward, 'code' | 'name'>[]; byMail: boolean }) {
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  const [errors, setErrors] = useState<Errors<WhoField>>({})
  const w = m.submit.who
  const submit = () => {
    const found = whoErrors(draft, m, byMail)
    setErrors(found)
    if (Object.keys(found).length === 0) onNext()
  }
  const text = (name: WhoField & keyof Draft, more?: Partial<Parameters<typeof TextField>[0]>) => (
    <TextField
      label={w[name as 'address']}
      name={name}
      required
      error={errors[name]}
      value={draft[name]}
      onChange={(value) => onEdit({ [name]: value })}
      {...more}
    />
  )
  return (
    <Form onSubmit={submit} onBack={onBack} next={frame.form.next}>
      <ErrorSummary errors={errors} />
      <Radios
        label={w.kind}
        name="kind"
        required
        error={errors.kind}
        value={draft.kind || undefined}
        onChange={(kind) => onEdit({ kind })}
        options={SUBMITTER_KINDS.map((kind) => ({ value: kind, label: m.submitterKinds[kind] }))}
      />
      {draft.kind === 'INDIVIDUAL' && (
        <>
          {text('familyName', { autoComplete: 'family-name', short: true })}
          {text('givenName', { autoComplete: 'given-name', short: true })}
          <TextField
            label={w.familyKana}
            name="familyKana"
            short
            value={draft.familyKana}
            onChange={(kana) => onEdit({ familyKana: toKatakana(kana) })}
          />
          <TextField
            label={w.givenKana}
            name="givenKana"
            short
            value={draft.givenKana}
            onChange={(kana) => onEdit({ givenKana: toKatakana(kana) })}
          />
        </>
      )}
      {(draft.kind === 'CORPORATION' || draft.kind === 'GROUP') && (
        <>
          {text('organisation', { autoComplete: 'organization' })}
          {text('representative', { autoComplete: 'name' })}
        </>
      )}
      {draft.kind !== '' && (
        <>
          {text('address', { hint: w.addressHint, autoComplete: 'street-address' })}
          <Select
            label={w.ward}
            name="ward"
            empty={w.wardOutside}
            value={draft.ward}
            onChange={(ward) => onEdit({ ward })}
            options={wards.map(({ code, name }) => ({ value: code, label: name }))}
          />
          {text(
            'contact',
            byMail
              ? { label: w.email, hint: w.emailHint, autoComplete: 'email', inputMode: 'email' }
              : { hint: w.contactHint, autoComplete: 'email' },
          )}
        </>
      )}
    </Form>
  )
}

type CheckProps = {
  draft: Draft
  data: CaseView
  sending: boolean
  onChange: (step: 'opinion' | 'who') => void
  onEdit: Edit
  askForCode: AskForCode | undefined
  onSend: () => void
}

export function CheckPage({ draft, data, sending, onChange, onEdit, askForCode, onSend }: CheckProps) {
  const m = useCitizenMessages()
  const [consent, setConsent] = useState(false)
  const [errors, setErrors] = useState<Errors<'code' | 'consent'>>({})
  const c = m.submit.check
  const unfinished = draft.attachments.some(({ stored }) => !stored)
  const passage = data.passages.find((one) => one.passage === draft.passage)
  const send = () => {
    const found: typeof errors = {}
    if (askForCode && draft.code.trim() === '') found.code = m.submit.email.missing
    if (!consent) found.consent = c.consentMissing
    setErrors(found)
    if (Object.keys(found).length === 0 && !sending && !unfinished) onSend()
  }
  const change = (what: string, step: 'opinion' | 'who') => (
    <Button look="text" small onClick={() => onChange(step)}>
      {c.change(what)}
    </Button>
  )
  return (
    <Form onSubmit={send} onBack={() => onChange('who')} next={sending ? c.sending : c.send}>
      <ErrorSummary errors={errors} />
      {unfinished && <Banner kind="error" title={m.submit.attachments.unfinished} />}
      {repeatsPersonalData(draft) && <Banner kind="warning" title={c.repeats} />}
      <Facts
        rows={[
          [
            c.case,
            <UserWords key="case" lang="ja">
              {data.title.ja}
            </UserWords>,
          ],
          [
            c.about,
            passage
              ? [m.case.passage(passage.passage), passage.heading].filter(Boolean).join('　')
              : m.submit.opinion.whole,
          ],
          [m.submit.opinion.body, <UserText key="body">{draft.body}</UserText>],
          ...draft.attachments.map(({ id, name }, at): [string, React.ReactNode] => [
            m.submit.attachments.number(at + 1),
            <UserWords key={id}>{name}</UserWords>,
          ]),
        ]}
      />
      {change(m.submit.opinion.body, 'opinion')}
      <Facts
        rows={[
          [m.submit.who.kind, draft.kind === '' ? '' : m.submitterKinds[draft.kind]],
          [m.submit.who.familyName, <UserWords key="name">{nameOf(draft)}</UserWords>],
          [m.submit.who.address, <UserWords key="address">{draft.address}</UserWords>],
          [m.submit.who.ward, draft.ward ? wardName(draft.ward) : m.submit.who.wardOutside],
          [m.submit.who.contact, <UserWords key="contact">{draft.contact}</UserWords>],
        ]}
      />
      {change(m.submit.steps[2] ?? '', 'who')}
      {askForCode && (
        <ConfirmEmail draft={draft} onEdit={onEdit} askForCode={askForCode} error={errors.code} />
      )}
      <Checkbox
        label={c.consent}
        name="consent"
        required
        error={errors.consent}
        checked={consent}
        onChange={setConsent}
      />
    </Form>
  )
}

type FormProps = { onSubmit: () => void; onBack: () => void; next: string; children: React.ReactNode }

function Form({ onSubmit, onBack, next, children }: FormProps) {
  const frame = useFrameMessages()
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
      <Actions>
        <Button type="submit">{next}</Button>
        <Button look="outline" onClick={onBack}>
          {frame.form.back}
        </Button>
      </Actions>
    </form>
  )
}
