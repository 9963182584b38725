import { useState } from 'react'
import { wardName } from '../../frame/chart/ward-codes'
import { Banner, Button, ErrorSummary, Facts, P, Screen, TextField } from '../../frame/components'
import { useFrameMessages } from '../../frame/messages'
import { Link } from '../../frame/router'
import { R } from '../../frame/ruby'
import { UserText, UserWords } from '../../frame/user-text'
import { useCitizenMessages } from '../../institutions/public_comment/messages'
import { useReceiptMessages } from '../messages'
import { wordOf } from '../names'
import type { Opening } from '../proof/commitment'
import type { ReceiptVerdict } from '../verification'
import { Coded } from './coded'

export type ReceiptCheckState =
  | { kind: 'ready' }
  | { kind: 'badFile' }
  | { kind: 'checking' }
  | { kind: 'done'; verdict: ReceiptVerdict }

type ReceiptCheckProps = {
  state: ReceiptCheckState
  position?: string
  onPosition: (position: number) => void
  onFile: (text: string) => void
}

/** The longest opinion with all that opens it, several times over. */
const LARGEST_FILE = 1_048_576

/** Anybody's check of a receipt: by number, by the file that a submitter keeps, or by a bare proof. */
export function ReceiptCheckScreen({ state, position = '', onPosition, onFile }: ReceiptCheckProps) {
  const m = useReceiptMessages()
  const [number, setNumber] = useState(position)
  const [error, setError] = useState<string>()
  return (
    <Screen title={m.title}>
      <P>{m.lead}</P>
      <div role="status" data-loading={state.kind === 'checking' || undefined}>
        {state.kind === 'checking' && <P>{m.checking}</P>}
      </div>
      {state.kind === 'done' && <Verdict verdict={state.verdict} />}
      {state.kind === 'badFile' && <Banner kind="error" title={m.badFile} live />}
      <form
        noValidate
        className="prose"
        onSubmit={(event) => {
          event.preventDefault()
          const digits = number.normalize('NFKC').trim().replace(/^#/, '')
          const good = /^[0-9]{1,15}$/.test(digits)
          setError(good ? undefined : m.badNumber)
          if (good) onPosition(Number(digits))
        }}
      >
        <ErrorSummary errors={error ? { position: error } : {}} />
        <TextField
          label={m.position}
          name="position"
          hint={m.positionHint}
          short
          inputMode="numeric"
          error={error}
          value={number}
          onChange={setNumber}
        />
        <Button type="submit">{m.check}</Button>
      </form>
      <div className="field prose">
        <label htmlFor="proof-file">
          <R>{m.file}</R>
        </label>
        <div className="field-hint" id="proof-file-hint">
          <R>{m.fileHint}</R>
        </div>
        <input
          id="proof-file"
          aria-describedby="proof-file-hint"
          className="input"
          type="file"
          accept=".json,.tlog-proof,application/json,text/plain"
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (!file) return
            if (file.size > LARGEST_FILE) onFile('')
            else void file.text().then(onFile)
          }}
        />
      </div>
    </Screen>
  )
}

function Verdict({ verdict }: { verdict: ReceiptVerdict }) {
  const { colon } = useFrameMessages()
  const m = useReceiptMessages()
  const kind = {
    found: 'success',
    notFound: 'warning',
    behind: 'info',
    tampered: 'error',
    unreadable: 'warning',
  } as const
  return (
    <Banner kind={kind[verdict.kind]} title={m.titles[verdict.kind]} live>
      <P>{m.texts[verdict.kind]}</P>
      {verdict.kind === 'tampered' && (
        <p>
          <Coded word={colon(m.reason) + m.faults[verdict.fault]} code={verdict.fault} />
        </p>
      )}
      {verdict.kind === 'behind' && <Facts rows={[[m.size, m.entries(verdict.size)]]} />}
      {verdict.kind === 'found' && (
        <>
          <Facts
            rows={[
              [m.position, `#${verdict.position}`],
              [m.size, m.entries(verdict.size)],
              [m.key, m.sources[verdict.keySource]],
              [
                m.witnesses,
                verdict.witnesses.length === 0 ? (
                  m.noWitnesses
                ) : (
                  <UserWords key="witnesses">
                    {verdict.witnesses.map(({ name }) => name).join(', ')}
                  </UserWords>
                ),
              ],
            ]}
          />
          <Link className="tap" href={`/log/${verdict.position}`}>
            {m.entry}
          </Link>
          {verdict.opened.length > 0 && <Opened of={verdict.opened} />}
        </>
      )}
    </Banner>
  )
}

/** What was handed in, in the words that the log committed to; nothing of it left this device. */
function Opened({ of }: { of: readonly Opening[] }) {
  const m = useReceiptMessages()
  const { submitterKinds } = useCitizenMessages()
  return (
    <>
      <P>{m.opened}</P>
      <Facts
        rows={of
          .filter(({ field }) => field !== 'claim')
          .map((opening) => [
            wordOf(m.fields, opening.field.split('/')[0] ?? '') ?? opening.field,
            <UserText key={opening.field}>{shown(opening, submitterKinds)}</UserText>,
          ])}
      />
    </>
  )
}

/** A text as it is; a person or a file, which were recorded as JSON, as a list of what is known of them. */
function shown({ field, text, bytes }: Opening, kinds: Readonly<Record<string, string>>): string {
  if (field === 'body' || field === 'passage' || typeof text !== 'string') return text ?? bytes ?? ''
  try {
    const parts = Object.entries(JSON.parse(text) as Record<string, unknown>)
    return parts
      .filter(([, part]) => typeof part === 'string' || typeof part === 'number')
      .map(([name, part]) => {
        const code = String(part)
        if (name === 'kind') return wordOf(kinds, code.toUpperCase()) ?? code
        return name === 'ward' ? wardName(code) : code
      })
      .join('\n')
  } catch {
    return text
  }
}
