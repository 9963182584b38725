import { useState } from 'react'
import { useCity, useToday } from '../../../frame/city'
import { navigate, type Params, useAddress } from '../../../frame/router'
import { Loaded } from '../../../frame/states'
import {
  CaseAsOfDocument,
  CaseDocument,
  CasesAsOfDocument,
  CasesDocument,
  ResultAsOfDocument,
  ResultDocument,
} from '../../../generated/graphql'
import { SearchPage } from '../../../search/page'
import { useCitizenMessages } from '../messages'
import { CASE_STATES, type CaseCard, type CaseState, type ResultView } from '../model'
import { readCard, readCase, readResult } from '../read'
import { CaseScreen } from './case'
import { CaseListScreen } from './case-list'
import { ResultScreen } from './result'

export function CasePage({ params }: { params: Params }) {
  const today = useToday()
  const { answer, retry } = useCity(CaseDocument, CaseAsOfDocument, { id: params.id ?? '' }, (city) =>
    city.publicCommentCase ? readCase(city.publicCommentCase) : null,
  )
  return (
    <Loaded answer={answer} onRetry={retry}>
      {(data) => <CaseScreen data={data} today={today} address={`/cases/${data.id}`} />}
    </Loaded>
  )
}

/** The list; with words to look for (`?q=`), where they stand. */
export function CaseListPage() {
  const words = useAddress().searchParams.get('q') ?? ''
  return words.trim() ? <SearchPage /> : <ListPage />
}

function ListPage() {
  const today = useToday()
  const address = useAddress()
  const asked = address.searchParams.get('state') ?? ''
  const state = CASE_STATES.find((one) => one === asked) ?? ''
  const [pages, setPages] = useState<{ after: string | null; cards: CaseCard[] }>({ after: null, cards: [] })
  const filter = { phases: state ? [state] : CASE_STATES.filter((one) => one !== 'DRAFTING') }
  const { answer, retry } = useCity(
    CasesDocument,
    CasesAsOfDocument,
    { filter, after: pages.after },
    ({ publicCommentCases: { nodes, pageInfo, totalCount } }) => ({
      cards: [...pages.cards, ...nodes.map(readCard)],
      total: totalCount,
      next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
    }),
  )
  const choose = (next: CaseState | '') => {
    setPages({ after: null, cards: [] })
    navigate(next ? `/cases?state=${next}` : '/cases')
  }
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ cards, total, next }) => (
        <CaseListScreen
          state={state}
          cards={cards}
          total={total}
          today={today}
          onState={choose}
          onMore={next ? () => setPages({ after: next, cards }) : undefined}
        />
      )}
    </Loaded>
  )
}

export function ResultPage({ params }: { params: Params }) {
  const m = useCitizenMessages()
  const [page, setPage] = useState<{ after: string | null; items: ResultView['items'] }>({
    after: null,
    items: [],
  })
  const words = {
    hidingReason: (code: string) => m.hidingReasons[code] ?? code,
    other: m.result.other,
    kind: (code: string) => (m.submitterKinds as Record<string, string>)[code] ?? code,
  }
  const { answer, retry } = useCity(
    ResultDocument,
    ResultAsOfDocument,
    { id: params.id ?? '', after: page.after },
    ({ publicCommentCase: node }) => {
      const data = node ? readResult(node, page.items, words) : undefined
      return data && node ? { data, next: node.items.pageInfo.endCursor ?? null } : null
    },
  )
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ data, next }) => (
        <ResultScreen
          data={data}
          onMore={data.moreItems ? () => setPage({ after: next, items: data.items }) : undefined}
        />
      )}
    </Loaded>
  )
}
