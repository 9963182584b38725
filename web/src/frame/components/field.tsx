import { type InputHTMLAttributes, type ReactNode, useId } from 'react'
import { useFrameMessages } from '../messages'
import { R } from '../ruby'
import { printableText } from '../user-text'

type Common = {
  label: string
  /** The name that the error summary links to. */
  name: string
  hint?: ReactNode
  error?: string | undefined
  required?: boolean
}

function useDescription(error: string | undefined, hint: ReactNode, more?: string) {
  const id = useId()
  const parts = [hint && `${id}-hint`, error && `${id}-error`, more].filter(Boolean)
  return { id, describedBy: parts.length > 0 ? parts.join(' ') : undefined }
}

function Required({ on }: { on: boolean | undefined }) {
  const m = useFrameMessages()
  return on ? <span className="required">{m.form.required}</span> : null
}

function Notes({ id, hint, error }: { id: string; hint: ReactNode; error: string | undefined }) {
  return (
    <>
      {hint && (
        <div className="field-hint" id={`${id}-hint`}>
          <R>{hint}</R>
        </div>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          <R>{error}</R>
        </p>
      )}
    </>
  )
}

type TextFieldProps = Common & {
  value: string
  onChange: (value: string) => void
  short?: boolean
} & Pick<
    InputHTMLAttributes<HTMLInputElement>,
    'type' | 'autoComplete' | 'inputMode' | 'min' | 'max' | 'readOnly'
  >

export function TextField(props: TextFieldProps) {
  const { label, name, hint, error, required, value, onChange, short, ...input } = props
  const { id, describedBy } = useDescription(error, hint)
  return (
    <div className="field">
      <label htmlFor={name}>
        <R>{label}</R>
        <Required on={required} />
      </label>
      <Notes id={id} hint={hint} error={error} />
      <input
        {...input}
        className={`input${short ? ' input-short' : ''}`}
        id={name}
        name={name}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={describedBy}
        aria-invalid={error ? true : undefined}
        aria-required={required}
      />
    </div>
  )
}

type TextAreaProps = Common & {
  value: string
  onChange: (value: string) => void
  rows?: number
  /** Characters that fit; the counter says how many are left, and typing is never cut off. */
  limit?: number
}

export const characters = (text: string) => [...text].length

export function TextArea({
  label,
  name,
  hint,
  error,
  required,
  value,
  onChange,
  rows = 8,
  limit,
}: TextAreaProps) {
  const m = useFrameMessages()
  const { id, describedBy } = useDescription(error, hint, limit ? `${name}-count` : undefined)
  const left = limit === undefined ? 0 : limit - characters(value)
  return (
    <div className="field">
      <label htmlFor={name}>
        <R>{label}</R>
        <Required on={required} />
      </label>
      <Notes id={id} hint={hint} error={error} />
      <textarea
        className="input"
        dir="auto"
        id={name}
        name={name}
        rows={rows}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={describedBy}
        aria-invalid={error ? true : undefined}
        aria-required={required}
      />
      {limit !== undefined && (
        <p id={`${name}-count`} className={left < 0 ? 'field-error' : 'field-hint'}>
          <R>{left < 0 ? m.form.tooMany(-left) : m.form.left(left)}</R>
        </p>
      )}
    </div>
  )
}

export type Option<V extends string = string> = { value: V; label: string; hint?: ReactNode }

type ChoiceProps<V extends string> = Common & { options: readonly Option<V>[] }

export function Radios<V extends string>(
  props: ChoiceProps<V> & { value: V | undefined; onChange: (value: V) => void },
) {
  const { label, name, hint, error, required, options, value, onChange } = props
  const { id, describedBy } = useDescription(error, hint)
  return (
    <fieldset className="field" aria-describedby={describedBy}>
      <legend>
        <R>{label}</R>
        <Required on={required} />
      </legend>
      <Notes id={id} hint={hint} error={error} />
      {options.map((option, at) => (
        <label key={option.value} className="choice">
          <input
            type="radio"
            id={at === 0 ? name : undefined}
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span>
            <R>{option.label}</R>
            {option.hint && (
              <span className="field-hint block">
                <R>{option.hint}</R>
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

export function Checkboxes<V extends string>(
  props: ChoiceProps<V> & { values: readonly V[]; onChange: (values: V[]) => void },
) {
  const { label, name, hint, error, required, options, values, onChange } = props
  const { id, describedBy } = useDescription(error, hint)
  return (
    <fieldset className="field" aria-describedby={describedBy}>
      <legend>
        <R>{label}</R>
        <Required on={required} />
      </legend>
      <Notes id={id} hint={hint} error={error} />
      {options.map((option, at) => (
        <label key={option.value} className="choice">
          <input
            type="checkbox"
            id={at === 0 ? name : undefined}
            name={name}
            checked={values.includes(option.value)}
            onChange={(event) =>
              onChange(
                event.target.checked
                  ? [...values, option.value]
                  : values.filter((one) => one !== option.value),
              )
            }
          />
          <span>
            <R>{option.label}</R>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

type CheckboxProps = Omit<Common, 'hint'> & { checked: boolean; onChange: (checked: boolean) => void }

export function Checkbox({ label, name, error, required, checked, onChange }: CheckboxProps) {
  const { id, describedBy } = useDescription(error, undefined)
  return (
    <div className="field">
      <Notes id={id} hint={undefined} error={error} />
      <label className="choice">
        <input
          type="checkbox"
          id={name}
          name={name}
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          aria-describedby={describedBy}
          aria-invalid={error ? true : undefined}
          aria-required={required}
        />
        <span>
          <R>{label}</R>
          <Required on={required} />
        </span>
      </label>
    </div>
  )
}

export function Select<V extends string>(
  props: ChoiceProps<V> & { value: V | ''; onChange: (value: V) => void; empty?: string },
) {
  const { label, name, hint, error, required, options, value, onChange, empty } = props
  const { id, describedBy } = useDescription(error, hint)
  return (
    <div className="field">
      <label htmlFor={name}>
        <R>{label}</R>
        <Required on={required} />
      </label>
      <Notes id={id} hint={hint} error={error} />
      <select
        className="input input-short"
        id={name}
        name={name}
        value={value}
        onChange={(event) => onChange(event.target.value as V)}
        aria-describedby={describedBy}
        aria-invalid={error ? true : undefined}
        aria-required={required}
      >
        {empty !== undefined && <option value="">{empty}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {printableText(option.label)}
          </option>
        ))}
      </select>
    </div>
  )
}
