import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  ErrorSummary,
  type FieldErrors,
  Screen,
  Section,
  Select,
  Tabs,
  TextArea,
  TextField,
} from '../../../frame/components'
import type { LocalDate } from '../../../frame/dates'
import { Link } from '../../../frame/router'
import { CaseBody } from '../citizen/case'
import { Materials } from '../citizen/materials'
import { useCitizenMessages } from '../messages'
import { type StaffMessages, useStaffMessages } from '../messages/staff-index'
import { CHANNELS, type Material, OBJECT_KINDS, type Passage } from '../model'
import type { CaseDraft } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type DraftProps = {
  draft: CaseDraft
  materials: readonly Material[]
  today: LocalDate
  conflict?: boolean
  onSave: Act<CaseDraft>
  /** Where documents are attached; none before the draft is saved. */
  materialsHref?: string | undefined
}

const REQUIRED = ['number', 'legalBasis', 'bureau', 'contact'] as const

export function draftErrors(draft: CaseDraft, m: StaffMessages): FieldErrors {
  const { missing } = m.draft
  const errors: FieldErrors = {}
  for (const field of REQUIRED) if (draft[field].trim() === '') errors[field] = missing[field]
  if (draft.title.ja.trim() === '') errors.titleJa = missing.titleJa
  if (draft.summary.ja.trim() === '') errors.summaryJa = missing.summaryJa
  const filled = draft.passages.length > 0 && draft.passages.every(({ text }) => text.trim() !== '')
  if (!filled) errors['text-0'] = missing.passages
  return errors
}

/** The draft as it is written, and the public page as it will be read. */
export function DraftScreen({
  draft: initial,
  materials,
  today,
  conflict,
  onSave,
  materialsHref,
}: DraftProps) {
  const m = useStaffMessages()
  const [draft, setDraft] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [outcome, setOutcome] = useState<Outcome>()
  const edit = (part: Partial<CaseDraft>) => setDraft({ ...draft, ...part })
  const save = async () => {
    const found = draftErrors(draft, m)
    setErrors(found)
    if (Object.keys(found).length === 0) setOutcome(await onSave(draft))
  }
  return (
    <Screen title={m.draft.title}>
      {conflict && <Banner kind="warning" title={m.draft.conflict} live />}
      <OutcomeNotice outcome={outcome} />
      <Tabs
        label={m.draft.title}
        tabs={[
          {
            id: 'edit',
            name: m.draft.edit,
            content: (
              <form
                noValidate
                className="prose"
                onSubmit={(event) => {
                  event.preventDefault()
                  void save()
                }}
              >
                <ErrorSummary errors={errors} />
                <Fields draft={draft} edit={edit} errors={errors} />
                <Passages
                  passages={draft.passages}
                  error={errors['text-0']}
                  onChange={(passages) => edit({ passages })}
                />
                <Actions>
                  <Button type="submit">{m.draft.save}</Button>
                </Actions>
              </form>
            ),
          },
          {
            id: 'preview',
            name: m.draft.preview,
            content: <Preview draft={draft} materials={materials} today={today} />,
          },
        ]}
      />
      <Section heading={m.draft.materials}>
        <Materials materials={materials} />
        {materialsHref && (
          <p>
            <Link className="button button-outline" href={materialsHref}>
              {m.draft.attach}
            </Link>
          </p>
        )}
      </Section>
    </Screen>
  )
}

type FieldsProps = { draft: CaseDraft; edit: (part: Partial<CaseDraft>) => void; errors: FieldErrors }

function Fields({ draft, edit, errors }: FieldsProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const d = m.draft
  return (
    <>
      <TextField
        label={d.number}
        name="number"
        required
        short
        value={draft.number}
        error={errors.number}
        onChange={(number) => edit({ number })}
      />
      <TextField
        label={d.titleJa}
        name="titleJa"
        required
        value={draft.title.ja}
        error={errors.titleJa}
        onChange={(ja) => edit({ title: { ...draft.title, ja } })}
      />
      <TextField
        label={d.titleEn}
        name="titleEn"
        value={draft.title.en ?? ''}
        onChange={(en) => edit({ title: { ...draft.title, en } })}
      />
      <Select
        label={d.kind}
        name="kind"
        value={draft.objectKind}
        onChange={(objectKind) => edit({ objectKind })}
        options={OBJECT_KINDS.map((kind) => ({ value: kind, label: c.objectKinds[kind] }))}
      />
      <TextField
        label={d.legalBasis}
        name="legalBasis"
        required
        value={draft.legalBasis}
        error={errors.legalBasis}
        onChange={(legalBasis) => edit({ legalBasis })}
      />
      <TextField
        label={d.bureau}
        name="bureau"
        required
        value={draft.bureau}
        error={errors.bureau}
        onChange={(bureau) => edit({ bureau })}
      />
      <TextField
        label={d.contact}
        name="contact"
        required
        value={draft.contact}
        error={errors.contact}
        onChange={(contact) => edit({ contact })}
      />
      <TextField
        label={d.draftedOn}
        name="draftedOn"
        type="date"
        short
        value={draft.draftedOn}
        onChange={(draftedOn) => edit({ draftedOn })}
      />
      <TextArea
        label={d.summaryJa}
        name="summaryJa"
        required
        rows={4}
        value={draft.summary.ja}
        error={errors.summaryJa}
        onChange={(ja) => edit({ summary: { ...draft.summary, ja } })}
      />
      <TextArea
        label={d.summaryEn}
        name="summaryEn"
        rows={4}
        value={draft.summary.en ?? ''}
        onChange={(en) => edit({ summary: { ...draft.summary, en } })}
      />
    </>
  )
}

type PassagesProps = {
  passages: readonly Passage[]
  error: string | undefined
  onChange: (passages: Passage[]) => void
}

function Passages({ passages, error, onChange }: PassagesProps) {
  const m = useStaffMessages()
  const d = m.draft
  const change = (at: number, part: Partial<Passage>) =>
    onChange(passages.map((passage, index) => (index === at ? { ...passage, ...part } : passage)))
  return (
    <fieldset className="field">
      <legend>{d.passages}</legend>
      {passages.map((passage, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: passages are numbered by hand and may share a number while typing
        <div key={at} className="card">
          <TextField
            label={d.key}
            name={`key-${at}`}
            short
            value={passage.passage}
            onChange={(key) => change(at, { passage: key })}
          />
          <TextField
            label={d.heading}
            name={`heading-${at}`}
            value={passage.heading ?? ''}
            onChange={(heading) => change(at, { heading })}
          />
          <TextArea
            label={d.text}
            name={`text-${at}`}
            rows={5}
            error={at === 0 ? error : undefined}
            value={passage.text}
            onChange={(text) => change(at, { text })}
          />
          {passages.length > 1 && (
            <Button look="text" small onClick={() => onChange(passages.filter((_, index) => index !== at))}>
              {d.removePassage(passage.passage)}
            </Button>
          )}
        </div>
      ))}
      <Button
        look="outline"
        onClick={() =>
          onChange([...passages, { passage: String(passages.length + 1), heading: '', text: '' }])
        }
      >
        {d.addPassage}
      </Button>
    </fieldset>
  )
}

function Preview({
  draft,
  materials,
  today,
}: {
  draft: CaseDraft
  materials: readonly Material[]
  today: LocalDate
}) {
  return (
    <CaseBody
      today={today}
      data={{
        ...draft,
        id: 'preview',
        state: 'DRAFTING',
        materials: [...materials],
        channels: [...CHANNELS],
        readingPlaces: [],
        publicity: [],
        resultMethod: '',
        postRule: 'POSTMARK',
        ordinance: '',
        submissionCount: 0,
        timeline: [],
      }}
    />
  )
}
