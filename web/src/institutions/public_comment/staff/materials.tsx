import { useRef, useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  Checkbox,
  CityWords,
  ErrorSummary,
  type FieldErrors,
  P,
  Screen,
  Section,
  Select,
  TextArea,
  TextField,
  useBilingual,
} from '../../../frame/components'
import { endingOf, FILE_ENDINGS } from '../../../frame/upload'
import { Materials, readableSize } from '../citizen/materials'
import { useStaffMessages } from '../messages/staff-index'
import type { Material } from '../model'
import type { NewMaterial, StaffCase } from './model'
import { type Outcome, OutcomeNotice } from './notice'

/** What became of sending a document: as every act, or the line broke on the way. */
export type MaterialOutcome = Outcome | { kind: 'cut' }

type MaterialsProps = {
  data: StaffCase
  onOpen?: ((material: Material) => void) | undefined
  onSend: (material: NewMaterial, onProgress: (sent: number) => void) => Promise<MaterialOutcome>
  /** How far an upload is, for the gallery. */
  sent?: number | undefined
  outcome?: MaterialOutcome | undefined
}

/** Documents beside a draft: attached before publication, added or corrected while the period runs. */
export function MaterialsScreen(props: MaterialsProps) {
  const { data, onOpen } = props
  const m = useStaffMessages()
  const title = useBilingual()(data.card.title)
  const open = data.card.state === 'OPEN'
  return (
    <Screen title={`${m.materials.title} ${title.text}`} shown={m.materials.title}>
      <P>
        <CityWords text={data.card.title} />
      </P>
      <P>{open ? m.materials.openLead : m.materials.draftLead}</P>
      <Section heading={m.draft.materials}>
        <Materials materials={data.materials} onOpen={onOpen} />
      </Section>
      <Section heading={m.materials.send}>
        <Sending {...props} correcting={open} />
      </Section>
    </Screen>
  )
}

const EMPTY = { material: '', ja: '', en: '', note: '', substantive: false }

/** The form and the way of the file: refused before it is sent where that is known, else as the city says. */
function Sending({ data, onSend, correcting, ...shown }: MaterialsProps & { correcting: boolean }) {
  const m = useStaffMessages()
  const w = m.materials
  const [entry, setEntry] = useState(EMPTY)
  const [file, setFile] = useState<File>()
  const [errors, setErrors] = useState<FieldErrors>({})
  const [sent, setSent] = useState(shown.sent)
  const [outcome, setOutcome] = useState(shown.outcome)
  const chooser = useRef<HTMLInputElement>(null)
  const edit = (part: Partial<typeof EMPTY>) => setEntry({ ...entry, ...part })
  const choose = (material: string) => {
    const title = data.materials.find(({ id }) => id === material)?.title
    edit({ material, ja: title?.ja ?? entry.ja, en: title?.en ?? entry.en })
  }
  const isCorrection = correcting && entry.material !== ''
  const send = async () => {
    const found: FieldErrors = {}
    if (entry.ja.trim() === '') found['material-title'] = w.missing.title
    if (isCorrection && entry.note.trim() === '') found['material-note'] = w.missing.note
    if (!file) found['material-file'] = w.missing.file
    else if (file.size === 0) found['material-file'] = w.missing.empty
    else if (!FILE_ENDINGS.includes(endingOf(file.name)))
      found['material-file'] = w.wrongType(endingOf(file.name), FILE_ENDINGS.join('、'))
    setErrors(found)
    if (!file || Object.keys(found).length > 0) return
    setOutcome(undefined)
    setSent(0)
    const { material, ja, en, note, substantive } = entry
    const result = await onSend({ material, title: { ja, en }, file, note, substantive }, setSent)
    setOutcome(result)
    setSent(undefined)
    if (result.kind !== 'recorded') return
    setEntry(EMPTY)
    setFile(undefined)
    if (chooser.current) chooser.current.value = ''
  }
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        if (sent === undefined) void send()
      }}
    >
      {outcome?.kind === 'cut' ? (
        <Banner kind="warning" title={w.cut} live>
          <P>{w.cutText}</P>
        </Banner>
      ) : (
        <OutcomeNotice outcome={outcome} />
      )}
      <ErrorSummary errors={errors} />
      {data.materials.length > 0 && (
        <Select
          label={w.which}
          name="material"
          empty={w.newOne}
          value={entry.material}
          onChange={choose}
          options={data.materials.map(({ id, title }) => ({ value: id, label: title.ja }))}
        />
      )}
      <TextField
        label={m.draft.materialTitle}
        name="material-title"
        required
        error={errors['material-title']}
        value={entry.ja}
        onChange={(ja) => edit({ ja })}
      />
      <TextField
        label={w.titleEn}
        name="material-title-en"
        value={entry.en}
        onChange={(en) => edit({ en })}
      />
      {isCorrection && (
        <>
          <TextArea
            label={w.note}
            name="material-note"
            required
            rows={3}
            error={errors['material-note']}
            value={entry.note}
            onChange={(note) => edit({ note })}
          />
          <Checkbox
            label={w.substantive}
            name="substantive"
            checked={entry.substantive}
            onChange={(substantive) => edit({ substantive })}
          />
        </>
      )}
      <div className="field">
        <label htmlFor="material-file">{m.draft.file}</label>
        <div className="field-hint" id="material-file-hint">
          {w.types(FILE_ENDINGS.join('、'))}
        </div>
        {errors['material-file'] && (
          <p className="field-error" id="material-file-error">
            {errors['material-file']}
          </p>
        )}
        <input
          ref={chooser}
          id="material-file"
          className="input"
          type="file"
          accept={FILE_ENDINGS.map((ending) => `.${ending}`).join()}
          aria-describedby={`material-file-hint${errors['material-file'] ? ' material-file-error' : ''}`}
          aria-invalid={errors['material-file'] ? true : undefined}
          onChange={(event) => setFile(event.target.files?.[0])}
        />
      </div>
      {sent !== undefined && <Progress sent={sent} of={file?.size ?? sent * 2} />}
      <Actions>
        <Button type="submit" unavailable={sent === undefined ? undefined : w.sending}>
          {outcome?.kind === 'cut' ? w.goOn : isCorrection ? w.correct : m.draft.attach}
        </Button>
      </Actions>
    </form>
  )
}

function Progress({ sent, of }: { sent: number; of: number }) {
  const m = useStaffMessages()
  const words = m.materials.progress(readableSize(sent), readableSize(of))
  return (
    <div role="status">
      <p>{words}</p>
      <progress className="w-full" value={sent} max={Math.max(1, of)} aria-label={words} />
    </div>
  )
}
