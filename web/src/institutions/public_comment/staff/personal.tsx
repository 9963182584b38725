import { useState } from 'react'
import {
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
import { useStaffMessages } from '../messages/staff-index'
import type { Refusal } from '../model'
import { OutcomeNotice } from './notice'

export const PERSONAL_FIELDS = ['NAME', 'ADDRESS', 'CONTACT'] as const
export type PersonalField = (typeof PERSONAL_FIELDS)[number]
export type Opened =
  | { kind: 'opened'; values: Partial<Record<PersonalField, string>> }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'erased' }

type PersonalProps = {
  receiptNumber: string
  opened?: Opened | undefined
  onOpen: (request: { reason: string; fields: PersonalField[] }) => void
}

/** Personal data is closed until somebody says why it has to be opened. */
export function PersonalScreen({ receiptNumber, opened, onOpen }: PersonalProps) {
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
        <Facts
          rows={Object.entries(opened.values).map(([field, value]) => [
            p.fieldNames[field] ?? field,
            <UserWords key={field}>{value}</UserWords>,
          ])}
        />
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
