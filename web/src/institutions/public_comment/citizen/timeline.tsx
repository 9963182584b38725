import { formatDate } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import type { CaseState, CaseView } from '../model'

const AHEAD: Partial<Record<CaseState, string[]>> = {
  DRAFTING: ['CASE_PUBLISHED', 'CASE_CLOSED', 'POLICY_DECIDED', 'RESULTS_PUBLISHED'],
  OPEN: ['CASE_CLOSED', 'REVIEW_STARTED', 'POLICY_DECIDED', 'RESULTS_PUBLISHED'],
  CLOSED: ['REVIEW_STARTED', 'POLICY_DECIDED', 'RESULTS_PUBLISHED'],
  UNDER_REVIEW: ['POLICY_DECIDED', 'RESULTS_PUBLISHED'],
  DECIDED: ['RESULTS_PUBLISHED'],
}

/** What happened, each step with its place in the public log, and what is still to come. */
export function Timeline({ data }: { data: CaseView }) {
  const { colon } = useFrameMessages()
  const m = useCitizenMessages()
  const locale = useLocale()
  const ahead = AHEAD[data.state] ?? []
  return (
    <ol className="timeline">
      {data.timeline.map(({ kind, on, position }, at) => (
        <li
          key={position}
          data-state="done"
          aria-current={at === data.timeline.length - 1 && ahead.length > 0 ? 'step' : undefined}
        >
          <R>{m.events[kind] ?? kind}</R> <time dateTime={on}>{formatDate(on, locale)}</time>{' '}
          <Link href={`/log/${position}`} className="tap">{`#${position}`}</Link>
        </li>
      ))}
      {ahead.map((kind) => (
        <li key={kind} data-state="ahead">
          <R>{colon(m.case.ahead) + (m.events[kind] ?? kind)}</R>
        </li>
      ))}
    </ol>
  )
}
