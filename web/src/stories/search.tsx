import type { ReactNode } from 'react'
import { type Hit, KINDS } from '../search/model'
import { SearchScreen } from '../search/search'
import { card, everythingHostile } from './fixtures'

const nothing = () => {}

const hit = (key: string, part: Partial<Hit>): Hit => ({
  key,
  kind: 'CASE',
  title: card.title,
  href: '/cases/case-01',
  pieces: [
    { text: '…歩いて楽しい', marked: false },
    { text: '駅前', marked: true },
    { text: '計画（素案）', marked: false },
  ],
  ...part,
})

const hits: readonly Hit[] = [
  ...KINDS.map((kind) =>
    hit(kind, { kind, ...(kind === 'PASSAGE' && { passage: { heading: '歩道の幅', final: false } }) }),
  ),
  hit('final', { kind: 'PASSAGE', passage: { heading: '歩道の幅', final: true } }),
]

const found = (part: { hits?: readonly Hit[]; total?: number; complete?: boolean }, words = '駅前') => (
  <SearchScreen
    words={words}
    kind=""
    found={{ hits, total: 41, complete: true, ...part }}
    onKind={nothing}
    onMore={part.hits?.length === 0 ? undefined : nothing}
  />
)

/** The search in every state that it has. */
export const searchStories: Record<string, () => ReactNode> = {
  'search/found': () => found({}),
  'search/nothing': () => found({ hits: [], total: 0 }, 'ない言葉'),
  'search/incomplete': () => found({ complete: false }),
  'search/too-long': () => <SearchScreen words={'駅前'.repeat(60)} kind="" onKind={nothing} />,
  'search/hostile': () =>
    found(
      {
        hits: [
          hit('hostile', {
            title: { ja: everythingHostile, en: everythingHostile },
            passage: { heading: everythingHostile, final: false },
            pieces: [
              { text: everythingHostile, marked: false },
              { text: everythingHostile, marked: true },
            ],
          }),
        ],
      },
      everythingHostile,
    ),
}
