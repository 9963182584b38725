import { useState } from 'react'
import { Bars } from '../../../frame/chart/bars'
import { WardMap } from '../../../frame/chart/ward-map'
import {
  Actions,
  Badge,
  Banner,
  Button,
  CityText,
  CityWords,
  Facts,
  H3,
  P,
  Screen,
  Section,
  Select,
  useBilingual,
} from '../../../frame/components'
import { formatDate } from '../../../frame/dates'
import { Difference } from '../../../frame/diff'
import { useFrameMessages } from '../../../frame/messages'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useLocale } from '../../../frame/settings'
import { UserText, UserWords } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import type { Category, Change, PublishedItem, ResultView } from '../model'
import { PublishedFiles } from './published-files'

type ResultProps = { data: ResultView; onMore?: (() => void) | undefined }

/** The result document: what came in, what the city thinks of it, and what it changed. */
export function ResultScreen(props: ResultProps) {
  const { colon } = useFrameMessages()
  const m = useCitizenMessages()
  const title = useBilingual()(props.data.case.title)
  return (
    <Screen title={colon(m.result.title) + title.text} shown={<R>{m.result.title}</R>}>
      <ResultBody {...props} />
    </Screen>
  )
}

/** The same without the screen's heading, for the preview before publication. */
export function ResultBody({ data, onMore }: ResultProps) {
  const { colon } = useFrameMessages()
  const m = useCitizenMessages()
  const frame = useFrameMessages()
  const locale = useLocale()
  const bilingual = useBilingual()
  const named = data.byCategory.map((bar) => {
    const category = data.categories.find(({ code }) => code === bar.key)
    return category ? { ...bar, name: `${bar.key} ${bilingual(category.name).text}` } : bar
  })
  return (
    <>
      <p>
        <Link href={`/cases/${data.case.id}`} className="tap">
          <CityWords text={data.case.title} />
        </Link>
      </p>
      <Facts
        rows={[
          [
            m.result.outcome,
            <Badge key="outcome" look="done">
              {m.outcomes[data.outcome]}
            </Badge>,
          ],
          [m.result.publishedOn, formatDate(data.publishedOn, locale)],
          [m.result.submissions, m.result.submissionUnit(data.submissionCount)],
          [m.result.items, m.result.itemUnit(data.itemCount)],
          [m.result.withdrawn, m.result.submissionUnit(data.withdrawnCount)],
          [m.result.late, m.result.submissionUnit(data.lateCount)],
          [m.result.hidden, m.result.itemUnit(data.hiddenCount)],
        ]}
      />
      <Actions>
        <Button look="outline" onClick={() => window.print()}>
          {m.case.print}
        </Button>
      </Actions>
      <Section heading={m.result.reasons}>
        <CityText text={{ ja: data.reasons }} />
      </Section>
      {data.submissionCount === 0 ? (
        <Banner kind="info" title={m.result.none} />
      ) : (
        <>
          <Bars caption={m.result.byCategory} bars={named} unit={m.result.itemUnit} />
          <Bars
            caption={m.result.byChannel}
            bars={data.byChannel.map((bar) => ({
              ...bar,
              name: (m.channels as Record<string, string>)[bar.key] ?? bar.name,
            }))}
            unit={m.result.submissionUnit}
          />
          <WardMap
            label={m.result.wardMap}
            counts={new Map(data.byWard.map(({ name, count }) => [name, count]))}
          />
          <Bars caption={m.result.byWard} bars={data.byWard} unit={m.result.submissionUnit} />
          <P>{m.result.suppressed}</P>
        </>
      )}
      <Section heading={m.result.changes}>
        <Changes changes={data.changes} />
      </Section>
      {data.submissionCount > 0 && (
        <Section heading={m.result.opinions}>
          {data.summariesOnly && <P>{m.result.summariesOnly}</P>}
          {data.summariesOnly && data.fullOpinionsAt && (
            <p>
              <R>{colon(m.result.fullOpinionsAt)}</R>
              <UserWords lang="ja">{data.fullOpinionsAt}</UserWords>
            </p>
          )}
          <Items items={data.items} categories={data.categories} />
          {onMore && (
            <Button look="outline" onClick={onMore}>
              {frame.states.more}
            </Button>
          )}
        </Section>
      )}
    </>
  )
}

export function Changes({ changes }: { changes: readonly Change[] }) {
  const { colon } = useFrameMessages()
  const m = useCitizenMessages()
  if (changes.length === 0) return <P>{m.result.noChanges}</P>
  return changes.map((change) => (
    <article key={change.id} className="card">
      <H3>{m.case.passage(change.passage)}</H3>
      <Difference before={change.before ?? ''} after={change.after ?? ''} />
      <p>
        <R>{colon(m.case.reason)}</R>
        <UserWords lang="ja">{change.reason}</UserWords>
      </p>
      <P>{m.result.causedBy(change.itemCount)}</P>
    </article>
  ))
}

function Items({ items, categories }: { items: readonly PublishedItem[]; categories: readonly Category[] }) {
  const m = useCitizenMessages()
  const bilingual = useBilingual()
  const [category, setCategory] = useState('')
  const shown = items.filter((item) => category === '' || item.category === category)
  const nameOf = (code: string) => {
    const known = categories.find((one) => one.code === code)
    return known ? `${code} ${bilingual(known.name).text}` : code
  }
  return (
    <>
      <div className="no-print">
        <Select
          label={m.result.filter}
          name="category"
          empty={m.search.any}
          value={category}
          onChange={setCategory}
          options={categories.map(({ code }) => ({ value: code, label: nameOf(code) }))}
        />
      </div>
      {shown.length === 0 && <P>{m.result.filterEmpty}</P>}
      <ol className="card-list">
        {shown.map((item) => (
          <li key={item.id} className="card">
            {item.hidden ? (
              <p>
                <Badge look="hidden">{m.result.hiddenBecause(item.hidden.reason)}</Badge>{' '}
                {item.hidden.underAppeal && <Badge>{m.result.underAppeal}</Badge>}
              </p>
            ) : (
              <>
                <H3>{m.result.opinion}</H3>
                <UserText>{item.summary}</UserText>
                <PublishedFiles files={item.files} />
              </>
            )}
            <p>
              <Badge>{nameOf(item.category)}</Badge>{' '}
              {item.similar > 1 && <R>{m.result.similar(item.similar)}</R>}
            </p>
            <H3>{m.result.answer}</H3>
            <CityText text={{ ja: item.response }} />
            {item.position !== undefined && (
              <Link
                href={`/log/${item.position}`}
                className="tap"
              >{`${m.result.proof} #${item.position}`}</Link>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}
