import { useEffect } from 'react'
import { useCity, useToday } from '../../../frame/city'
import { Loaded } from '../../../frame/states'
import { CasesAsOfDocument, CasesDocument } from '../../../generated/graphql'
import type { CaseCard } from '../model'
import { readCard } from '../read'
import { Home } from './home'

const SHOWN = { filter: { phases: ['OPEN' as const, 'RESULT_PUBLISHED' as const] }, after: null }
const COPY = 'hiroba/home'

function copy(): CaseCard[] | undefined {
  try {
    return JSON.parse(localStorage.getItem(COPY) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** The first route. Without a line the last list that this device saw is shown, and said to be a copy. */
export function HomePage() {
  const today = useToday()
  const { answer, retry } = useCity(CasesDocument, CasesAsOfDocument, SHOWN, ({ publicCommentCases }) =>
    publicCommentCases.nodes.map(readCard),
  )
  const cards = answer.state === 'ready' ? answer.data : undefined
  useEffect(() => {
    try {
      if (cards) localStorage.setItem(COPY, JSON.stringify(cards))
    } catch {
      // Without a store there is no copy.
    }
  }, [cards])
  const home = (shown: readonly CaseCard[], offlineCopy: boolean) => (
    <Home
      open={shown.filter(({ state }) => state === 'OPEN')}
      decided={shown.filter(({ state }) => state === 'RESULT_PUBLISHED')}
      today={today}
      offlineCopy={offlineCopy}
    />
  )
  const kept = answer.state === 'trouble' && answer.trouble.kind === 'offline' ? copy() : undefined
  if (kept) return home(kept, true)
  return (
    <Loaded answer={answer} onRetry={retry}>
      {(shown) => home(shown, false)}
    </Loaded>
  )
}
