import { useState } from 'react'
import { useCity } from '../frame/city'
import { navigate, useAddress } from '../frame/router'
import { Loaded } from '../frame/states'
import { SearchAsOfDocument, SearchDocument, type SearchKind } from '../generated/graphql'
import { type Hit, KINDS, readHit, tooLong } from './model'
import { SearchScreen } from './search'

/** `/cases?q=`: what was asked for stands in the address. */
export function SearchPage() {
  const address = useAddress()
  const words = (address.searchParams.get('q') ?? '').trim()
  const asked = address.searchParams.get('kind') ?? ''
  const kind = KINDS.find((one) => one === asked) ?? ''
  const choose = (next: SearchKind | '') =>
    navigate(`/cases?${new URLSearchParams({ q: words, ...(next && { kind: next }) })}`)
  if (tooLong(words)) return <SearchScreen words={words} kind={kind} onKind={choose} />
  // Other words are another list.
  return <Found key={`${kind} ${words}`} words={words} kind={kind} onKind={choose} />
}

type FoundProps = { words: string; kind: SearchKind | ''; onKind: (kind: SearchKind | '') => void }

function Found({ words, kind, onKind }: FoundProps) {
  const [pages, setPages] = useState<{ after: string | null; hits: readonly Hit[] }>({
    after: null,
    hits: [],
  })
  const variables = { words, kinds: kind ? [kind] : null, after: pages.after }
  const { answer, retry } = useCity(SearchDocument, SearchAsOfDocument, variables, ({ search }) => ({
    hits: [...pages.hits, ...search.edges.map(readHit)],
    total: search.totalCount,
    complete: search.complete,
    next: search.pageInfo.hasNextPage ? (search.pageInfo.endCursor ?? undefined) : undefined,
  }))
  return (
    <Loaded answer={answer} onRetry={retry}>
      {(found) => (
        <SearchScreen
          words={words}
          kind={kind}
          found={found}
          onKind={onKind}
          onMore={found.next ? () => setPages({ after: found.next ?? null, hits: found.hits }) : undefined}
        />
      )}
    </Loaded>
  )
}
