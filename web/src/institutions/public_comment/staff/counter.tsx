import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  CityWords,
  Dialog,
  ErrorSummary,
  Facts,
  type FieldErrors,
  P,
  Screen,
  Section,
  TextArea,
  TextField,
} from '../../../frame/components'
import { formatDate } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import { Link } from '../../../frame/router'
import { useLocale } from '../../../frame/settings'
import { type Attaching, AttachmentsField } from '../citizen/submit/attachments'
import type { Attachment } from '../citizen/submit/draft'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { CaseCard, Passage } from '../model'
import { readReceiptNumber } from '../receipt-number'
import type { CounterSubmission } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'
import { PassageSelect } from './passage-select'
import { Twice, twiceErrors } from './twice'

export type NewText = { passage: string; body: string }

export type CounterActs = {
  onReplace: Act<NewText>
  onWithdraw: Act<void>
  onAppeal: Act<string>
  onErase: Act<void>
}

type CounterProps = CounterActs & {
  card: CaseCard
  passages: readonly Passage[]
  today: string
  found?: CounterSubmission | undefined
  /** Why the number that was looked for shows no submission: none has it, or by chance several. */
  unfound?: 'missing' | 'several' | undefined
  /** Files for the text that is to stand in the place of the opinion. */
  files: readonly Attachment[]
  attaching: Attaching
  /** What is being done, for the gallery. */
  task?: Task
  onFind: (receiptNumber: string) => void
}

type Task = 'replace' | 'withdraw' | 'appeal' | 'erase'

/** What an operator does for a submitter who came to the counter. */
export function CounterScreen(props: CounterProps) {
  const { card, found, unfound, onFind } = props
  const c = useStaffMessages().counter
  return (
    <Screen title={c.title}>
      <P>
        <CityWords text={card.title} />
      </P>
      <P>{c.lead}</P>
      <Find onFind={onFind} />
      {unfound && <Banner kind="error" title={c.unfound[unfound]} live />}
      {found && <Acting key={found.id} {...props} found={found} />}
    </Screen>
  )
}

function Find({ onFind }: Pick<CounterProps, 'onFind'>) {
  const c = useStaffMessages().counter
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string>()
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        const number = readReceiptNumber(typed)
        setError(number ? undefined : c.badNumber)
        if (number) onFind(number)
      }}
    >
      <TextField
        label={c.number}
        name="receipt-number"
        hint={c.numberHint}
        short
        required
        error={error}
        value={typed}
        onChange={setTyped}
        autoComplete="off"
      />
      <Button type="submit">{c.find}</Button>
    </form>
  )
}

/** The submission, without its words, which the operator has no need to read; and what can be done with it. */
function Acting(props: CounterProps & { found: CounterSubmission }) {
  const { card, found, today } = props
  const m = useStaffMessages()
  const c = m.counter
  const words = useCitizenMessages()
  const locale = useLocale()
  const [task, setTask] = useState(props.task)
  const [outcome, setOutcome] = useState<Outcome>()
  const run = async (acting: Promise<Outcome>, done: string) => {
    const result = await acting
    setOutcome(result.kind === 'recorded' ? { ...result, words: done } : result)
    if (result.kind === 'recorded') setTask(undefined)
  }
  const changeable =
    card.state === 'OPEN' &&
    card.closesOn !== undefined &&
    today <= card.closesOn &&
    !found.withdrawn &&
    !found.late
  const { receiptNumber, channel, receivedOn, position, hidden } = found
  return (
    <Section heading={`${words.receipt.number} ${receiptNumber}`}>
      <OutcomeNotice outcome={outcome} />
      <Banner kind="warning" title={c.identity}>
        <p>
          <Link className="tap" href={`/staff/cases/${card.id}/submissions/${found.id}`}>
            {c.openPersonal}
          </Link>
        </p>
      </Banner>
      <Facts
        rows={[
          [m.paper.channel, words.channels[channel]],
          [m.paper.receivedOn, formatDate(receivedOn, locale)],
          [words.mine.state, stateOf(found, m)],
          [
            words.receipt.position,
            <Link key="at" className="tap" href={`/log/${position}`}>{`#${position}`}</Link>,
          ],
          ...(hidden ? [[m.queue.hidden, hidden.reason] as const] : []),
        ]}
      />
      {!changeable && <P>{c.over}</P>}
      <Actions>
        {changeable && <Button onClick={() => setTask('replace')}>{c.replace}</Button>}
        {changeable && (
          <Button look="outline" onClick={() => setTask('withdraw')}>
            {c.withdraw}
          </Button>
        )}
        {hidden && !hidden.underAppeal && (
          <Button look="outline" onClick={() => setTask('appeal')}>
            {c.appeal}
          </Button>
        )}
        <Button look="outline" onClick={() => setTask('erase')}>
          {c.erase}
        </Button>
      </Actions>
      {task === 'replace' && (
        <Replacing
          {...props}
          onClose={() => setTask(undefined)}
          onSend={(text) => run(props.onReplace(text), c.replaced)}
        />
      )}
      {task === 'appeal' && (
        <Appealing
          onClose={() => setTask(undefined)}
          onSend={(statement) => run(props.onAppeal(statement), c.appealed)}
        />
      )}
      {task === 'withdraw' && (
        <Dialog
          title={c.withdrawQuestion}
          confirm={c.withdraw}
          danger
          onClose={() => setTask(undefined)}
          onConfirm={() => {
            setTask(undefined)
            void run(props.onWithdraw(), c.withdrawn)
          }}
        >
          <P>{c.withdrawNote}</P>
        </Dialog>
      )}
      {task === 'erase' && (
        <Dialog
          title={c.eraseQuestion}
          confirm={c.erase}
          danger
          onClose={() => setTask(undefined)}
          onConfirm={() => {
            setTask(undefined)
            void run(props.onErase(), c.eraseAsked)
          }}
        >
          <P>{c.eraseNote}</P>
        </Dialog>
      )}
    </Section>
  )
}

function stateOf(
  { withdrawn, late, replacements }: CounterSubmission,
  m: ReturnType<typeof useStaffMessages>,
): string {
  if (withdrawn) return m.queue.withdrawn
  if (late) return m.queue.late
  return replacements > 0 ? m.counter.replacements(replacements) : m.counter.standing
}

type ReplacingProps = CounterProps & { onSend: (text: NewText) => Promise<void>; onClose: () => void }

function Replacing({ passages, files, attaching, onSend, onClose }: ReplacingProps) {
  const m = useStaffMessages()
  const frame = useFrameMessages()
  const c = m.counter
  const { unfinished } = useCitizenMessages().submit.attachments
  const [passage, setPassage] = useState('')
  const [body, setBody] = useState('')
  const [again, setAgain] = useState('')
  const [errors, setErrors] = useState<FieldErrors>({})
  const send = () => {
    const found: FieldErrors = twiceErrors(body, again, m.paper)
    if (files.some(({ stored }) => !stored)) found.attachments = unfinished
    setErrors(found)
    if (Object.keys(found).length === 0) void onSend({ passage, body })
  }
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <P>{c.replaceNote}</P>
      <ErrorSummary errors={errors} />
      <PassageSelect passages={passages} value={passage} onChange={setPassage} />
      <Twice body={body} again={again} errors={errors} onBody={setBody} onAgain={setAgain} />
      <AttachmentsField {...attaching} files={files} error={errors.attachments} words={c.files} />
      <Actions>
        <Button type="submit">{c.replace}</Button>
        <Button look="outline" onClick={onClose}>
          {frame.form.cancel}
        </Button>
      </Actions>
    </form>
  )
}

type AppealingProps = { onSend: (statement: string) => Promise<void>; onClose: () => void }

function Appealing({ onSend, onClose }: AppealingProps) {
  const c = useStaffMessages().counter
  const frame = useFrameMessages()
  const [statement, setStatement] = useState('')
  const [error, setError] = useState<string>()
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        setError(statement.trim() ? undefined : c.missing.statement)
        if (statement.trim()) void onSend(statement)
      }}
    >
      <TextArea
        label={c.appealText}
        name="statement"
        required
        rows={5}
        error={error}
        value={statement}
        onChange={setStatement}
      />
      <Actions>
        <Button type="submit">{c.appeal}</Button>
        <Button look="outline" onClick={onClose}>
          {frame.form.cancel}
        </Button>
      </Actions>
    </form>
  )
}
