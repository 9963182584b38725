import { useState } from 'react'
import {
  Actions,
  Badge,
  Banner,
  Button,
  CityText,
  CityWords,
  Dialog,
  ErrorSummary,
  Facts,
  H3,
  P,
  Screen,
  Section,
  Table,
  TextArea,
  useBilingual,
} from '../../../frame/components'
import { formatDate, formatInstant, type LocalDate } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useLocale } from '../../../frame/settings'
import { UserText, UserWords } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import type { Look, MySubmission, Refusal } from '../model'
import { FileName } from './published-files'
import { Changes } from './result'

type MySubmissionProps = {
  data: MySubmission
  looks: readonly Look[]
  today: LocalDate
  limit: number
  onReplace: (body: string) => Promise<Refusal | undefined>
  onWithdraw: () => Promise<Refusal | undefined>
  onAppeal?: ((statement: string) => Promise<Refusal | undefined>) | undefined
  onErase?: (() => Promise<Refusal | undefined>) | undefined
  onExport: () => void
  /** Saves what is kept of the text as it stood after so many replacements. */
  onKeep: (replacements: number) => void
  /** The file was asked for, and is not there yet. */
  fileLate?: boolean
  /** Saves a file that came with it; tells whether that was possible. */
  onFile: (path: string) => Promise<boolean>
}

type Task = 'replace' | 'appeal' | 'withdraw' | 'erase'

/** One submission: what I wrote, what the city answered, what I may still do, and who looked at my data. */
export function MySubmissionScreen(props: MySubmissionProps) {
  const { data, today, looks, onAppeal, onErase } = props
  const m = useCitizenMessages()
  const locale = useLocale()
  const [task, setTask] = useState<Task>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [done, setDone] = useState<string>()
  const changeable =
    (data.state === 'SUBMITTED' || data.state === 'REPLACED') &&
    data.case.closesOn !== undefined &&
    today <= data.case.closesOn
  const run = async (act: () => Promise<Refusal | undefined>, success: string) => {
    const refused = await act()
    setRefusal(refused)
    setDone(refused ? undefined : success)
    setTask(undefined)
  }
  return (
    <Screen title={`${m.receipt.number} ${data.receiptNumber}`}>
      {refusal && (
        <Banner kind="error" title={m.submit.refused} live>
          <P>
            <CityWords text={refusal.message} />
          </P>
        </Banner>
      )}
      {done && <Banner kind="success" title={done} live />}
      {props.fileLate && <Banner kind="info" title={m.receipt.filePending} live />}
      {data.hidden && (
        <Banner kind="warning" title={m.mine.hidden}>
          <P>{data.hidden.reason}</P>
          {data.hidden.underAppeal ? (
            <P>{m.mine.underAppeal}</P>
          ) : (
            onAppeal && (
              <Button look="outline" small onClick={() => setTask('appeal')}>
                {m.mine.appeal}
              </Button>
            )
          )}
        </Banner>
      )}
      <Facts
        rows={[
          [m.mine.state, <Badge key="state">{m.submissionStates[data.state]}</Badge>],
          [
            m.mine.case,
            <Link key="case" href={`/cases/${data.case.id}`} className="tap">
              <CityWords text={data.case.title} />
            </Link>,
          ],
          [m.mine.submittedAt, formatInstant(data.submittedAt, locale)],
          [
            m.receipt.position,
            <Link key="at" href={`/log/${data.position}`} className="tap">{`#${data.position}`}</Link>,
          ],
        ]}
      />
      <Section heading={m.mine.body}>
        {data.erased || data.body === undefined ? <P>{m.mine.erased}</P> : <UserText>{data.body}</UserText>}
        <Attached files={data.attachments} onFile={props.onFile} />
        {data.case.closesOn && data.state !== 'ANSWERED' && data.state !== 'WITHDRAWN' && (
          <P>{changeable ? m.mine.until(formatDate(data.case.closesOn, locale)) : m.mine.over}</P>
        )}
        <Actions>
          {changeable && <Button onClick={() => setTask('replace')}>{m.mine.replace}</Button>}
          {changeable && (
            <Button look="outline" onClick={() => setTask('withdraw')}>
              {m.mine.withdraw}
            </Button>
          )}
          <Kept replacements={data.replacements} onKeep={props.onKeep} />
          <Link href={`/receipts/${data.position}`} className="button button-outline">
            {m.receipt.check}
          </Link>
        </Actions>
        {task === 'replace' && (
          <Writing
            heading={m.mine.replaceTitle}
            label={m.mine.replaceText}
            send={m.mine.replaceSend}
            initial={data.body ?? ''}
            limit={props.limit}
            onSend={(body) => run(() => props.onReplace(body), m.mine.replaced)}
            onClose={() => setTask(undefined)}
          />
        )}
        {task === 'appeal' && onAppeal && (
          <Writing
            heading={m.mine.appeal}
            label={m.mine.appealText}
            send={m.mine.appeal}
            initial=""
            limit={props.limit}
            onSend={(statement) => run(() => onAppeal(statement), m.mine.underAppeal)}
            onClose={() => setTask(undefined)}
          />
        )}
      </Section>
      <Answers data={data} />
      <Section heading={m.mine.data}>
        {!data.erased && data.erasureRequestedAt && (
          <Banner kind="info" title={m.mine.eraseAskedAt(formatInstant(data.erasureRequestedAt, locale))} />
        )}
        {looks.length === 0 ? <P>{m.mine.noLooks}</P> : <Looks looks={looks} />}
        <Actions>
          <Button look="outline" onClick={props.onExport}>
            {m.mine.export}
          </Button>
          {!data.erased && !data.erasureRequestedAt && onErase && (
            <Button look="outline" onClick={() => setTask('erase')}>
              {m.mine.erase}
            </Button>
          )}
        </Actions>
      </Section>
      {task === 'withdraw' && (
        <Dialog
          title={m.mine.withdrawQuestion}
          confirm={m.mine.withdraw}
          danger
          onClose={() => setTask(undefined)}
          onConfirm={() => void run(props.onWithdraw, m.mine.withdrawn)}
        >
          <P>{m.mine.withdrawNote}</P>
        </Dialog>
      )}
      {task === 'erase' && onErase && (
        <Dialog
          title={m.mine.eraseQuestion}
          confirm={m.mine.erase}
          danger
          onClose={() => setTask(undefined)}
          onConfirm={() => void run(onErase, m.mine.eraseAsked)}
        >
          <P>{m.mine.eraseNote}</P>
        </Dialog>
      )}
    </Screen>
  )
}

/** The file to keep, and those of the texts that stood there before. */
function Kept({ replacements, onKeep }: { replacements: number; onKeep: (replacements: number) => void }) {
  const m = useCitizenMessages()
  return [...Array(replacements + 1).keys()].reverse().map((at) => (
    <Button key={at} look="outline" onClick={() => onKeep(at)}>
      {at === replacements ? m.receipt.file : m.receipt.earlierFile(at + 1)}
    </Button>
  ))
}

type AttachedProps = { files: MySubmission['attachments']; onFile: MySubmissionProps['onFile'] }

/** The files that came with it, each to be saved. */
function Attached({ files, onFile }: AttachedProps) {
  const a = useCitizenMessages().submit.attachments
  const [failed, setFailed] = useState(false)
  if (files.length === 0) return null
  return (
    <>
      {failed && <Banner kind="error" title={a.failed} live />}
      <ul aria-label={a.label}>
        {files.map(({ href, about }, at) => (
          <li key={href}>
            <Button look="text" onClick={() => void onFile(href).then((saved) => setFailed(!saved))}>
              <FileName about={about} at={at} />
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Answers({ data }: { data: MySubmission }) {
  const m = useCitizenMessages()
  const bilingual = useBilingual()
  return (
    <Section heading={m.mine.answers}>
      {data.items.length === 0 && <P>{m.mine.unanswered}</P>}
      {data.items.map((item) => (
        <article key={item.id} className="card">
          <H3>{m.mine.yourPoint}</H3>
          <UserText>{item.summary}</UserText>
          <p>
            <Badge>{`${item.category.code} ${bilingual(item.category.name).text}`}</Badge>
          </p>
          <H3>{m.mine.response}</H3>
          <CityText text={{ ja: item.response }} />
          {item.changes.length > 0 && (
            <>
              <H3>{m.mine.changed}</H3>
              <Changes changes={item.changes} />
            </>
          )}
        </article>
      ))}
    </Section>
  )
}

function Looks({ looks }: { looks: readonly Look[] }) {
  const m = useCitizenMessages()
  const locale = useLocale()
  return (
    <Table
      caption={m.mine.looks}
      rows={looks}
      keyOf={(look) => String(look.position)}
      columns={[
        { name: m.mine.when, cell: (look) => formatInstant(look.at, locale), head: true },
        { name: m.mine.role, cell: (look) => m.roles[look.role] ?? look.role },
        { name: m.mine.reason, cell: (look) => <UserWords lang="ja">{look.reason}</UserWords> },
        {
          name: m.mine.fields,
          cell: (look) => look.fields.map((field) => m.personalFields[field] ?? field).join('、'),
        },
      ]}
    />
  )
}

type WritingProps = {
  heading: string
  label: string
  send: string
  initial: string
  limit: number
  onSend: (text: string) => void
  onClose: () => void
}

function Writing({ heading, label, send, initial, limit, onSend, onClose }: WritingProps) {
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  const [text, setText] = useState(initial)
  const [error, setError] = useState<string>()
  return (
    <form
      noValidate
      className="prose"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() === '') setError(m.submit.opinion.missing)
        else onSend(text)
      }}
    >
      <h3>
        <R>{heading}</R>
      </h3>
      <ErrorSummary errors={error ? { words: error } : {}} />
      <TextArea
        label={label}
        name="words"
        required
        limit={limit}
        error={error}
        value={text}
        onChange={setText}
      />
      <Actions>
        <Button type="submit">{send}</Button>
        <Button look="outline" onClick={onClose}>
          {frame.form.cancel}
        </Button>
      </Actions>
    </form>
  )
}
