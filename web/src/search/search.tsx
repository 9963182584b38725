import { Badge, Banner, Button, CityWords, P, Screen, Select } from '../frame/components'
import { useFrameMessages } from '../frame/messages'
import { Link } from '../frame/router'
import { R } from '../frame/ruby'
import { printable } from '../frame/user-text'
import type { SearchKind } from '../generated/graphql'
import { SearchForm } from '../institutions/public_comment/citizen/home'
import { useSearchMessages } from './messages'
import { type Hit, KINDS } from './model'

type SearchProps = {
  words: string
  kind: SearchKind | ''
  /** None while the words are too long to be looked for. */
  found?: { hits: readonly Hit[]; total: number; complete: boolean } | undefined
  onKind: (kind: SearchKind | '') => void
  onMore?: (() => void) | undefined
}

/** Where words stand in all that is public: titles, passages, documents, opinions, answers. */
export function SearchScreen({ words, kind, found, onKind, onMore }: SearchProps) {
  const m = useSearchMessages()
  const frame = useFrameMessages()
  return (
    <Screen title={m.title(words)}>
      <SearchForm key={words} initial={words} />
      {found && (
        <Select
          label={m.where}
          name="kind"
          empty={m.everywhere}
          value={kind}
          onChange={onKind}
          options={KINDS.map((one) => ({ value: one, label: m.kinds[one] }))}
        />
      )}
      <p role="status">
        <R>{!found ? m.tooLong : found.total === 0 ? m.nothing : m.found(found.total)}</R>
      </p>
      {found && !found.complete && <Banner kind="info" title={m.incomplete} />}
      <ol className="card-list">
        {found?.hits.map((hit) => (
          <HitCard key={hit.key} hit={hit} />
        ))}
      </ol>
      {found && onMore && (
        <>
          <P>{frame.states.shown(found.hits.length, found.total)}</P>
          <Button look="outline" onClick={onMore}>
            {frame.states.more}
          </Button>
        </>
      )}
    </Screen>
  )
}

function HitCard({ hit }: { hit: Hit }) {
  const m = useSearchMessages()
  return (
    <li className="card">
      <Badge>{hit.passage?.final ? m.finalText : m.kinds[hit.kind]}</Badge>
      <h2 className="text-[1.125rem]! my-1!">
        <Link href={hit.href} className="tap">
          <CityWords text={hit.title} />
        </Link>
      </h2>
      {hit.passage && (
        <p>
          <CityWords text={{ ja: hit.passage.heading }} />
        </p>
      )}
      <p className="user-text" dir="auto">
        {hit.pieces.map(({ text, marked }, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their order
          marked ? <mark key={at}>{printable(text)}</mark> : <span key={at}>{printable(text)}</span>,
        )}
      </p>
    </li>
  )
}
