import { useQuery } from 'urql'
import { answerOf } from '../../../frame/api'
import type { Params } from '../../../frame/router'
import { signIn } from '../../../frame/session'
import { Loaded } from '../../../frame/states'
import {
  ErasePersonalDataByScheduleDocument,
  ErasePersonalDataDocument,
  RecordsDocument,
  RecordsHomeDocument,
  WithdrawPublicationDocument,
} from '../../../generated/staff/graphql'
import { readCard } from '../read'
import { act } from './act'
import { refreshing } from './pages'
import { RecordsScreen, type RecordView } from './records'
import { RecordsHomeScreen } from './records-home'

export function RecordsHomePage() {
  const [result, ask] = useQuery({ query: RecordsHomeDocument, requestPolicy: 'network-only' })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const answer = answerOf(result, ({ erasureRequests, dueForErasure }) => ({
    requests: erasureRequests.map((request) => ({
      ...request,
      submissions: request.submissions.map((one) => ({
        id: one.id,
        receiptNumber: one.receiptNumber ?? '',
        case: readCard(one.case),
      })),
    })),
    due: dueForErasure
      ? {
          ordinance: dueForErasure.ordinance,
          count: dueForErasure.totalCount,
          listed: dueForErasure.nodes.map((one) => ({ ...one, case: readCard(one.case) })),
        }
      : undefined,
  }))
  return (
    <Loaded answer={answer} onRetry={reload} onSignIn={() => void signIn()}>
      {(data) => (
        <RecordsHomeScreen
          {...data}
          onEraseDue={(basis) => refreshing(act(ErasePersonalDataByScheduleDocument, basis), reload)}
        />
      )}
    </Loaded>
  )
}

export function RecordsPage({ params }: { params: Params }) {
  const id = params.submission ?? ''
  const [result, ask] = useQuery({
    query: RecordsDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  })
  const reload = () => ask({ requestPolicy: 'network-only' })
  const answer = answerOf(result, ({ submission }): RecordView | null =>
    submission
      ? {
          id: submission.id,
          receiptNumber: submission.receiptNumber ?? '',
          position: submission.position,
          case: readCard(submission.case),
          erased: submission.body.state === 'ERASED',
          keptUntil: submission.keptUntil ?? undefined,
          items: submission.items.map((item) => ({
            id: item.id,
            number: item.number,
            summary: item.summary.text ?? '',
          })),
        }
      : null,
  )
  return (
    <Loaded answer={answer} onRetry={reload} onSignIn={() => void signIn()}>
      {(data) => (
        <RecordsScreen
          data={data}
          onTakeDown={(input) => refreshing(act(WithdrawPublicationDocument, input), reload)}
          onErase={(input) =>
            refreshing(act(ErasePersonalDataDocument, { submission: id, ...input }), reload)
          }
        />
      )}
    </Loaded>
  )
}
