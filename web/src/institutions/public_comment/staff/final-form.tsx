import { type ReactNode, useState } from 'react'
import { Button, Dialog, ErrorSummary, type FieldErrors, P, TextField } from '../../../frame/components'
import { useStaffMessages } from '../messages/staff-index'

/** On what law something is done, and by which decision. */
export type Basis = { legalBasis: string; decisionNo: string }

type FinalFormProps = {
  /** Tells the fields of several such forms on a screen apart. */
  name: string
  note?: string
  /** What is done, on the button and in the dialog. */
  act: string
  question: string
  children?: ReactNode
  onSend: (basis: Basis) => void
}

/** A form whose act cannot be undone: what is missing is said, then it is asked once more. */
export function FinalForm({ name, note, act, question, children, onSend }: FinalFormProps) {
  const r = useStaffMessages().records
  const [basis, setBasis] = useState<Basis>({ legalBasis: '', decisionNo: '' })
  const [errors, setErrors] = useState<FieldErrors>({})
  const [asking, ask] = useState(false)
  const check = () => {
    const found: FieldErrors = {}
    if (basis.legalBasis.trim() === '') found[`${name}-basis`] = r.missing.legalBasis
    if (basis.decisionNo.trim() === '') found[`${name}-decision`] = r.missing.decisionNo
    setErrors(found)
    ask(Object.keys(found).length === 0)
  }
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        check()
      }}
    >
      {note && <P>{note}</P>}
      <ErrorSummary errors={errors} />
      {children}
      <TextField
        label={r.legalBasis}
        name={`${name}-basis`}
        required
        error={errors[`${name}-basis`]}
        value={basis.legalBasis}
        onChange={(legalBasis) => setBasis({ ...basis, legalBasis })}
      />
      <TextField
        label={r.decisionNo}
        name={`${name}-decision`}
        required
        short
        error={errors[`${name}-decision`]}
        value={basis.decisionNo}
        onChange={(decisionNo) => setBasis({ ...basis, decisionNo })}
      />
      <Button type="submit" look="danger">
        {act}
      </Button>
      {asking && (
        <Dialog
          title={question}
          confirm={act}
          danger
          onClose={() => ask(false)}
          onConfirm={() => {
            ask(false)
            onSend(basis)
          }}
        >
          <P>{r.final}</P>
        </Dialog>
      )}
    </form>
  )
}
