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
      {(data) => <CaseScreen data={data} today={today} />}
    </Loaded>
  )
}

const folded = (text: string) => text.normalize('NFKC').toLowerCase()

export function CaseListPage() {
  const today = useToday()
  const address = useAddress()
  const words = address.searchParams.get('q') ?? ''
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
    const search = new URLSearchParams({ ...(words && { q: words }), ...(next && { state: next }) })
    setPages({ after: null, cards: [] })
    navigate(`/cases?${search}`)
  }
  const fits = ({ title, number, bureau }: CaseCard) =>
    folded([title.ja, title.en, number, bureau].join(' ')).includes(folded(words))
  return (
    <Loaded answer={answer} onRetry={retry}>
      {({ cards, total, next }) => {
        const found = cards.filter(fits)
        return (
          <CaseListScreen
            words={words}
            state={state}
            cards={found}
            total={words ? found.length : total}
            today={today}
            onState={choose}
            onMore={next ? () => setPages({ after: next, cards }) : undefined}
          />
        )
      }}
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
