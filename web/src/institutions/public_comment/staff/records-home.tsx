import { useState } from 'react'
import {
  Badge,
  Button,
  CityWords,
  ErrorSummary,
  P,
  Screen,
  Section,
  Table,
  TextField,
} from '../../../frame/components'
import { formatDate, formatInstant, type LocalDate } from '../../../frame/dates'
import { Link, navigate } from '../../../frame/router'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { CaseCard } from '../model'
import { type Basis, FinalForm } from './final-form'
import { type Act, type Outcome, OutcomeNotice } from './notice'

/** Somebody who asked that their data be erased, and still waits. */
export type ErasureRequest = {
  subject: string
  requestedAt: string
  position: number
  byOperator: boolean
  submissions: { id: string; receiptNumber: string; case: CaseCard }[]
}

export const RECORD_KINDS = ['OPINION', 'OPINION_OUTSIDE_PROCEDURE'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** Those whose data need not be kept any longer, the longest due first. */
export type Due = {
  ordinance: string
  /** How many there are; fewer may be listed. */
  count: number
  listed: {
    subject: string
    record: RecordKind
    keptUntil: LocalDate
    submissions: readonly string[]
    case: CaseCard
  }[]
}

const recordsOf = (submission: string) => `/staff/records/${encodeURIComponent(submission)}`

type RecordsHomeProps = {
  requests: readonly ErasureRequest[]
  due: Due | undefined
  onEraseDue: Act<Basis>
}

/** What waits for the records manager, and the way to any other submission. */
export function RecordsHomeScreen({ requests, due, onEraseDue }: RecordsHomeProps) {
  const m = useStaffMessages()
  const r = m.records
  const c = useCitizenMessages()
  const locale = useLocale()
  const [outcome, setOutcome] = useState<Outcome>()
  const [id, setId] = useState('')
  const [error, setError] = useState<string>()
  return (
    <Screen title={r.title}>
      <OutcomeNotice outcome={outcome} />
      <Section heading={r.requests}>
        {requests.length === 0 && <P>{r.noRequests}</P>}
        <ul className="card-list">
          {requests.map((request) => (
            <li key={request.subject} className="card">
              <P>{formatInstant(request.requestedAt, locale)}</P>
              {request.byOperator && <Badge>{r.byOperator}</Badge>}
              <ul>
                {request.submissions.map((one) => (
                  <li key={one.id}>
                    <Link className="tap" href={recordsOf(one.id)}>
                      {`${c.receipt.number} ${one.receiptNumber}`}
                    </Link>{' '}
                    <CityWords text={one.case.title} />
                  </li>
                ))}
              </ul>
              <p>
                <Link className="tap" href={`/log/${request.position}`}>
                  {`${c.receipt.position} #${request.position}`}
                </Link>
              </p>
            </li>
          ))}
        </ul>
      </Section>
      <Section heading={r.due}>
        {due && due.count > 0 ? (
          <>
            <P>{r.dueNote(due.count, due.ordinance)}</P>
            <DueTable due={due} />
            <FinalForm
              name="due"
              act={r.eraseDue}
              question={r.eraseDueQuestion(due.count)}
              onSend={(basis) => onEraseDue(basis).then(setOutcome)}
            />
          </>
        ) : (
          <P>{r.noneDue}</P>
        )}
      </Section>
      <Section heading={r.other}>
        <form
          noValidate
          className="prose"
          onSubmit={(event) => {
            event.preventDefault()
            const asked = id.normalize('NFKC').trim()
            const good = /^submission_[0-9A-HJKMNP-TV-Z]{26}$/.test(asked)
            setError(good ? undefined : r.badId)
            if (good) navigate(recordsOf(asked))
          }}
        >
          <ErrorSummary errors={error ? { submission: error } : {}} />
          <TextField
            label={r.id}
            name="submission"
            hint={r.idHint}
            error={error}
            value={id}
            onChange={setId}
          />
          <Button type="submit" look="outline">
            {r.open}
          </Button>
        </form>
      </Section>
    </Screen>
  )
}

function DueTable({ due }: { due: Due }) {
  const r = useStaffMessages().records
  const locale = useLocale()
  return (
    <Table
      caption={r.dueListed(due.listed.length)}
      rows={due.listed}
      keyOf={(one) => one.subject}
      columns={[
        {
          name: r.id,
          cell: (one) => (
            <ul>
              {one.submissions.map((submission) => (
                <li key={submission}>
                  <Link className="tap" href={recordsOf(submission)}>
                    <code>{submission}</code>
                  </Link>
                </li>
              ))}
            </ul>
          ),
        },
        { name: r.kind, cell: (one) => r.kinds[one.record] },
        { name: r.keptUntil, cell: (one) => formatDate(one.keptUntil, locale) },
        { name: r.case, cell: (one) => <CityWords text={one.case.title} /> },
      ]}
    />
  )
}
