import { useState } from 'react'
import { Banner, CityWords, Facts, Radios, Screen, Section, Select } from '../../../frame/components'
import { formatDate, type LocalDate } from '../../../frame/dates'
import { Link } from '../../../frame/router'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { CaseCard } from '../model'
import { type Basis, FinalForm } from './final-form'
import { type Act, type Outcome, OutcomeNotice } from './notice'

export const WITHDRAWN_FIELDS = ['BODY', 'ATTACHMENTS', 'SUMMARY', 'EXCERPT', 'RESPONSE'] as const
export type WithdrawnField = (typeof WITHDRAWN_FIELDS)[number]
/** Texts of the submission itself; the others are of one of its items. */
const OF_SUBMISSION: readonly WithdrawnField[] = ['BODY', 'ATTACHMENTS']

export type RecordView = {
  id: string
  receiptNumber: string
  position: number
  case: CaseCard
  erased: boolean
  /** The last day on which it has to be kept, once that is known. */
  keptUntil: LocalDate | undefined
  items: { id: string; number: number; summary: string }[]
}

export type Takedown = Basis & { target: string; field: WithdrawnField }
export type Erasure = Basis & { requestedByPerson: boolean }

type RecordsProps = { data: RecordView; onTakeDown: Act<Takedown>; onErase: Act<Erasure> }

/** What the records manager may do with one submission: both for good, both on a legal basis. */
export function RecordsScreen({ data, onTakeDown, onErase }: RecordsProps) {
  const m = useStaffMessages()
  const r = m.records
  const c = useCitizenMessages()
  const locale = useLocale()
  const [outcome, setOutcome] = useState<Outcome>()
  return (
    <Screen title={`${r.title} ${data.receiptNumber}`}>
      <OutcomeNotice outcome={outcome} />
      {data.erased && <Banner kind="info" title={m.personal.erased} />}
      <Facts
        rows={[
          [c.submit.check.case, <CityWords key="case" text={data.case.title} />],
          [
            c.receipt.position,
            <Link key="at" className="tap" href={`/log/${data.position}`}>{`#${data.position}`}</Link>,
          ],
          [r.id, <code key="id">{data.id}</code>],
          ...(data.keptUntil
            ? [[r.keptUntil, formatDate(data.keptUntil, locale)] satisfies [string, string]]
            : []),
        ]}
      />
      <Section heading={r.takeDown}>
        <TakedownForm data={data} onSend={(one) => onTakeDown(one).then(setOutcome)} />
      </Section>
      {!data.erased && (
        <Section heading={r.erase}>
          <ErasureForm onSend={(one) => onErase(one).then(setOutcome)} />
        </Section>
      )}
    </Screen>
  )
}

function TakedownForm({ data, onSend }: { data: RecordView; onSend: (one: Takedown) => void }) {
  const r = useStaffMessages().records
  const [field, setField] = useState<WithdrawnField>('BODY')
  const [item, setItem] = useState(data.items[0]?.id ?? '')
  const fields = WITHDRAWN_FIELDS.filter((one) => data.items.length > 0 || OF_SUBMISSION.includes(one))
  const target = OF_SUBMISSION.includes(field) ? data.id : item
  return (
    <FinalForm
      name="takedown"
      note={r.takeDownNote}
      act={r.takeDown}
      question={r.takeDownQuestion}
      onSend={(basis) => onSend({ ...basis, field, target })}
    >
      <Select
        label={r.field}
        name="takedown-field"
        value={field}
        onChange={setField}
        options={fields.map((one) => ({ value: one, label: r.fields[one] }))}
      />
      {!OF_SUBMISSION.includes(field) && (
        <Select
          label={r.item}
          name="takedown-item"
          value={item}
          onChange={setItem}
          options={data.items.map(({ id, number, summary }) => ({
            value: id,
            label: `${number} ${[...summary].slice(0, 40).join('')}`,
          }))}
        />
      )}
    </FinalForm>
  )
}

type Ground = 'person' | 'retention'

function ErasureForm({ onSend }: { onSend: (one: Erasure) => void }) {
  const r = useStaffMessages().records
  const [ground, setGround] = useState<Ground>('person')
  return (
    <FinalForm
      name="erasure"
      note={r.eraseNote}
      act={r.erase}
      question={r.eraseQuestion}
      onSend={(basis) => onSend({ ...basis, requestedByPerson: ground === 'person' })}
    >
      <Radios<Ground>
        label={r.ground}
        name="ground"
        value={ground}
        onChange={setGround}
        options={[
          { value: 'person', label: r.byPerson },
          { value: 'retention', label: r.byRetention },
        ]}
      />
    </FinalForm>
  )
}
