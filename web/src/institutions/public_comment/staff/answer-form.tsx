import { useState } from 'react'
import {
  Actions,
  Button,
  ErrorSummary,
  type FieldErrors,
  Radios,
  TextArea,
  TextField,
  useBilingual,
} from '../../../frame/components'
import { R } from '../../../frame/ruby'
import { useStaffMessages } from '../messages/staff-index'
import type { Category } from '../model'
import { isReflected, type NewAnswer } from './model'
import type { Act, Outcome } from './notice'

type AnswerFormProps = {
  selected: string[]
  categories: readonly Category[]
  onAnswer: (answer: NewAnswer) => Promise<void>
  onGroup: Act<{ items: string[]; title: string }>
  onOutcome: (outcome: Outcome) => void
}

/** One answer for one opinion or for hundreds; opinions to the same effect can be grouped first. */
export function AnswerForm({ selected, categories, onAnswer, onGroup, onOutcome }: AnswerFormProps) {
  const m = useStaffMessages()
  const bilingual = useBilingual()
  const [category, setCategory] = useState<string>()
  const [response, setResponse] = useState('')
  const [title, setTitle] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const send = () => {
    const { missing } = m.queue
    const found: FieldErrors = {}
    if (selected.length === 0) found.items = missing.items
    if (!category) found.category = missing.category
    if (response.trim() === '') found.response = missing.response
    setErrors(found)
    if (Object.keys(found).length > 0 || !category) return
    // An opinion changed the policy exactly if it is in the category that says so (CATEGORY_DIFF_MISMATCH otherwise).
    void onAnswer({ items: selected, category, response, changedPolicy: isReflected(category, categories) })
  }
  return (
    <form
      noValidate
      className="card"
      id="items"
      tabIndex={-1}
      data-quiet-focus
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <p role="status">
        <R>{m.queue.selected(selected.length)}</R>
      </p>
      <ErrorSummary errors={errors} />
      <Radios
        label={m.queue.category}
        name="category"
        required
        error={errors.category}
        value={category}
        onChange={setCategory}
        options={categories.map(({ code, name }) => ({
          value: code,
          label: `${code} ${bilingual(name).text}`,
        }))}
      />
      <TextArea
        label={m.queue.response}
        name="response"
        required
        rows={5}
        error={errors.response}
        value={response}
        onChange={setResponse}
      />
      <Actions>
        <Button type="submit">
          {selected.length > 1 ? m.queue.answerAll(selected.length) : m.queue.answer}
        </Button>
      </Actions>
      {selected.length > 1 && (
        <>
          <TextField label={m.queue.groupTitle} name="group-title" value={title} onChange={setTitle} />
          <Button look="outline" onClick={() => void onGroup({ items: selected, title }).then(onOutcome)}>
            {m.queue.group}
          </Button>
        </>
      )}
    </form>
  )
}
