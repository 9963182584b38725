import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  Checkboxes,
  ErrorSummary,
  Facts,
  type FieldErrors,
  Screen,
  TextArea,
} from '../../../frame/components'
import { UserWords } from '../../../frame/user-text'
import { described } from '../citizen/materials'
import { useStaffMessages } from '../messages/staff-index'
import type { AttachedFile, Refusal } from '../model'
import { OutcomeNotice } from './notice'

export const PERSONAL_FIELDS = ['NAME', 'KANA', 'ADDRESS', 'WARD', 'CONTACT', 'BODY', 'ATTACHMENTS'] as const
export type PersonalField = (typeof PERSONAL_FIELDS)[number]
export type Opened =
  | {
      kind: 'opened'
      values: Partial<Record<PersonalField, string>>
      statement?: string | undefined
      files: readonly AttachedFile[]
    }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'erased' }

type PersonalProps = {
  receiptNumber: string
  opened?: Opened | undefined
  onOpen: (request: { reason: string; fields: PersonalField[] }) => void
  /** Saves a file; tells whether that was possible. */
  onSave: (path: string) => Promise<boolean>
}

/** Personal data is closed until somebody says why it has to be opened. */
export function PersonalScreen({ receiptNumber, opened, onOpen, onSave }: PersonalProps) {
  const m = useStaffMessages()
  const p = m.personal
  const [reason, setReason] = useState('')
  const [fields, setFields] = useState<PersonalField[]>([])
  const [errors, setErrors] = useState<FieldErrors>({})
  const open = () => {
    const found: FieldErrors = {}
    if (reason.trim() === '') found.reason = p.missingReason
    if (fields.length === 0) found.fields = p.missingFields
    setErrors(found)
    if (Object.keys(found).length === 0) onOpen({ reason, fields })
  }
  return (
    <Screen title={`${p.title} ${receiptNumber}`}>
      <Banner kind="warning" title={p.note} />
      {opened?.kind === 'erased' && <Banner kind="info" title={p.erased} live />}
      {opened?.kind === 'refused' && <OutcomeNotice outcome={opened} />}
      {opened?.kind === 'opened' && (
        <>
          <Facts
            rows={[
              ...Object.entries(opened.values).map(([field, value]) => [p.fieldNames[field] ?? field, value]),
              ...(opened.statement === undefined ? [] : [[p.statement, opened.statement]]),
            ].map(([name = '', value = '']) => [name, <UserWords key={name}>{value}</UserWords>])}
          />
          {opened.files.length > 0 && <Files files={opened.files} onSave={onSave} />}
        </>
      )}
      {opened?.kind !== 'opened' && opened?.kind !== 'erased' && (
        <form
          noValidate
          className="prose"
          onSubmit={(event) => {
            event.preventDefault()
            open()
          }}
        >
          <ErrorSummary errors={errors} />
          <Checkboxes
            label={p.fields}
            name="fields"
            required
            error={errors.fields}
            values={fields}
            onChange={setFields}
            options={PERSONAL_FIELDS.map((field) => ({ value: field, label: p.fieldNames[field] ?? field }))}
          />
          <TextArea
            label={p.reason}
            name="reason"
            required
            rows={3}
            error={errors.reason}
            value={reason}
            onChange={setReason}
          />
          <Button type="submit">{p.open}</Button>
        </form>
      )}
    </Screen>
  )
}

type FilesProps = { files: readonly AttachedFile[]; onSave: PersonalProps['onSave'] }

function Files({ files, onSave }: FilesProps) {
  const p = useStaffMessages().personal
  const [failed, setFailed] = useState(false)
  return (
    <div className="prose">
      <Banner kind="info" title={p.untilTonight} />
      {failed && <Banner kind="error" title={p.fileFailed} live />}
      <Actions>
        {files.map(({ href, about }, at) => (
          <Button
            key={href}
            look="outline"
            onClick={() => void onSave(href).then((saved) => setFailed(!saved))}
          >
            {about ? p.save(about.name + described(about)) : p.file(at + 1)}
          </Button>
        ))}
      </Actions>
    </div>
  )
}
