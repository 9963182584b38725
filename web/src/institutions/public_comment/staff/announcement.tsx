import { CityWords, Facts, H3 } from '../../../frame/components'
import { daysBetween, formatDate, type LocalDate } from '../../../frame/dates'
import { useLocale } from '../../../frame/settings'
import { UserText } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import type { Material } from '../model'
import type { CaseDraft, Publication } from './model'

type AnnouncementProps = { draft: CaseDraft; publication: Publication; materials: readonly Material[] }

/**
 * The public notice (募集の公示) as it will hang on the board, in the order of the sheet that the city prints once
 * the call is published.
 */
export function Announcement({ draft, publication, materials }: AnnouncementProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const locale = useLocale()
  const { opensOn, closesOn } = publication
  const day = (date: LocalDate) => (date ? formatDate(date, locale) : '')
  const city = (words: string) => <CityWords key={words} text={{ ja: words }} />
  return (
    <article className="card">
      <H3>{m.publish.announcementTitle(draft.title.ja)}</H3>
      <Facts
        rows={[
          [c.case.number, city(draft.number)],
          [c.case.summary, <UserText key="summary">{draft.summary.ja}</UserText>],
          [c.case.legalBasis, city(draft.legalBasis)],
          [m.draft.draftedOn, day(draft.draftedOn)],
          [c.case.period, c.case.periodOf(day(opensOn), day(closesOn), daysBetween(opensOn, closesOn) + 1)],
          ...(publication.shorteningReason.trim()
            ? [[m.publish.shorteningReason, city(publication.shorteningReason)] as const]
            : []),
          [c.case.channels, publication.channels.map((channel) => c.channels[channel]).join('、')],
          [c.case.readingPlaces, city(publication.readingPlaces.join('、'))],
          [c.case.publicity, city(publication.publicity.join('、'))],
          [c.case.resultMethod, city(publication.resultMethod)],
          [c.case.bureau, city(draft.bureau)],
          [c.case.contact, city(draft.contact)],
          [c.case.materials, city(materials.map(({ title }) => title.ja).join('、') || c.case.noMaterials)],
        ]}
      />
      {draft.passages.map(({ passage, heading, text }) => (
        <section key={passage}>
          <H3>{[c.case.passage(passage), heading].filter(Boolean).join('　')}</H3>
          <UserText>{text}</UserText>
        </section>
      ))}
    </article>
  )
}
