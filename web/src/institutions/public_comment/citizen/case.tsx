import {
  Actions,
  Banner,
  Button,
  CityText,
  CityWords,
  Facts,
  H3,
  P,
  Screen,
  Section,
  useBilingual,
} from '../../../frame/components'
import { daysBetween, formatDate, type LocalDate } from '../../../frame/dates'
import { useFrameMessages } from '../../../frame/messages'
import { Link } from '../../../frame/router'
import { R } from '../../../frame/ruby'
import { useLocale } from '../../../frame/settings'
import { UserText } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import type { CaseView } from '../model'
import { StateBadge } from './case-card'
import { Materials } from './materials'
import { Timeline } from './timeline'

type CaseProps = {
  data: CaseView
  today: LocalDate
  /** Where the server keeps the calendar and the feed of the case; none in a preview. */
  address?: string | undefined
}

/** One public comment: the draft, until when, how to answer, and how far the procedure is. */
export function CaseScreen(props: CaseProps) {
  const title = useBilingual()(props.data.title)
  return (
    <Screen title={title.text} shown={<CityWords text={props.data.title} />}>
      <CaseBody {...props} />
    </Screen>
  )
}

/** The same without the screen's heading, for the preview of a draft. */
export function CaseBody({ data, today, address }: CaseProps) {
  const m = useCitizenMessages()
  const locale = useLocale()
  const open = data.state === 'OPEN' && data.closesOn !== undefined && today <= data.closesOn
  const begun = data.opensOn !== undefined && data.opensOn <= today
  return (
    <>
      <StateBadge card={data} today={today} />
      <CaseNotices data={data} today={today} />
      <CityText text={data.summary} />
      <Period data={data} today={today} />
      <Actions>
        {open && begun && (
          <Link href={`/cases/${data.id}/submit`} className="button button-solid">
            {m.case.submit}
          </Link>
        )}
        {data.state === 'RESULT_PUBLISHED' && (
          <Link href={`/cases/${data.id}/result`} className="button button-solid">
            {m.case.result}
          </Link>
        )}
        <Button look="outline" onClick={() => window.print()}>
          {m.case.print}
        </Button>
      </Actions>
      {data.state !== 'RESULT_PUBLISHED' && <P>{m.case.count(data.submissionCount)}</P>}
      <Section heading={m.case.draft}>
        {locale === 'en' && <P>{m.case.translationNote}</P>}
        {data.passages.map(({ passage, heading, text }) => (
          <article key={passage} id={`passage-${passage}`} lang="ja" className="prose">
            <H3>{[m.case.passage(passage), heading].filter(Boolean).join('　')}</H3>
            <UserText>{text}</UserText>
            {open && begun && (
              <p className="no-print">
                <Link
                  href={`/cases/${data.id}/submit?passage=${encodeURIComponent(passage)}`}
                  className="tap"
                >
                  {`${m.case.submitOnPassage}（${passage}）`}
                </Link>
              </p>
            )}
          </article>
        ))}
      </Section>
      <Section heading={m.case.materials}>
        <Materials materials={data.materials} />
      </Section>
      <Section heading={m.case.timeline}>
        <Timeline data={data} />
      </Section>
      <Section heading={m.case.how}>
        <Facts
          rows={[
            [m.case.channels, data.channels.map((channel) => m.channels[channel]).join('、')],
            [m.case.readingPlaces, <CityList key="places" of={data.readingPlaces} />],
            [m.case.publicity, <CityList key="publicity" of={data.publicity} />],
            [m.case.resultMethod, <CityWords key="method" text={{ ja: data.resultMethod }} />],
            [m.case.bureau, <CityWords key="bureau" text={{ ja: data.bureau }} />],
            [m.case.contact, <CityWords key="contact" text={{ ja: data.contact }} />],
            [m.case.legalBasis, <CityWords key="basis" text={{ ja: data.legalBasis }} />],
            [m.case.number, <CityWords key="number" text={{ ja: data.number }} />],
            [m.case.ordinance, <code key="ordinance">{data.ordinance}</code>],
          ]}
        />
        <P>{m.case.postRule[data.postRule]}</P>
      </Section>
      <Section heading={m.case.follow}>
        <ul className="inline-list no-print">
          {address && data.closesOn && (
            <li>
              <a className="tap" href={`${address}/calendar.ics`}>
                <R>{m.case.calendar}</R>
              </a>
            </li>
          )}
          {address && (
            <li>
              <a className="tap" href={`${address}/feed.atom`}>
                <R>{m.case.feed}</R>
              </a>
            </li>
          )}
          <li>
            <Link className="tap" href={`/log/objects/${encodeURIComponent(data.id)}`}>
              {m.case.history}
            </Link>
          </li>
        </ul>
      </Section>
    </>
  )
}

function CityList({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((one) => (
        <li key={one}>
          <CityWords text={{ ja: one }} />
        </li>
      ))}
    </ul>
  )
}

function Period({ data, today }: { data: CaseView; today: LocalDate }) {
  const m = useCitizenMessages()
  const locale = useLocale()
  if (!data.opensOn || !data.closesOn) return null
  const day = (date: LocalDate) => formatDate(date, locale)
  return (
    <Facts
      rows={[
        [
          m.case.period,
          m.case.periodOf(
            day(data.opensOn),
            day(data.closesOn),
            daysBetween(data.opensOn, data.closesOn) + 1,
          ),
        ],
        [
          m.case.deadline,
          today > data.closesOn ? m.case.closedOn(day(data.closesOn)) : m.case.deadlineAt(day(data.closesOn)),
        ],
      ]}
    />
  )
}

/** What is unusual about this case, said before anything else. */
function CaseNotices({ data, today }: { data: CaseView; today: LocalDate }) {
  const { colon } = useFrameMessages()
  const m = useCitizenMessages()
  const locale = useLocale()
  const reason = (words: string) => (
    <p>
      <R>{colon(m.case.reason)}</R>
      <CityWords text={{ ja: words }} />
    </p>
  )
  const opening = data.opensOn ? daysBetween(today, data.opensOn) : 0
  return (
    <>
      {data.state === 'OPEN' && data.closesOn === today && <Banner kind="warning" title={m.case.lastDay} />}
      {data.state === 'OPEN' && opening > 0 && (
        <Banner kind="info" title={m.case.beforeOpening}>
          <P>{m.case.opensIn(opening)}</P>
        </Banner>
      )}
      {data.shortened && (
        <Banner kind="warning" title={m.case.shortened}>
          {reason(data.shortened)}
        </Banner>
      )}
      {data.extended && (
        <Banner kind="info" title={m.case.extended(formatDate(data.extended.from, locale))}>
          {reason(data.extended.reason)}
        </Banner>
      )}
      {data.exempted && (
        <Banner kind="info" title={m.case.exempted}>
          {reason(data.exempted.reason)}
        </Banner>
      )}
      {data.abandoned && (
        <Banner kind="warning" title={m.case.abandoned}>
          {reason(data.abandoned.reason)}
          <P>{data.abandoned.newProcedure ? m.case.newProcedure : m.case.noNewProcedure}</P>
        </Banner>
      )}
    </>
  )
}
