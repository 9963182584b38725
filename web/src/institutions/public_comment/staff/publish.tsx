import { useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  Checkboxes,
  Dialog,
  ErrorSummary,
  type FieldErrors,
  P,
  Screen,
  Section,
  TextArea,
  TextField,
} from '../../../frame/components'
import { daysBetween } from '../../../frame/dates'
import { useCitizenMessages } from '../messages'
import { type StaffMessages, useStaffMessages } from '../messages/staff-index'
import { CHANNELS } from '../model'
import { Announcement } from './announcement'
import type { Publication, StaffCase } from './model'
import { type Act, type Outcome, OutcomeNotice } from './notice'

type PublishProps = {
  data: StaffCase
  minPeriodDays: number
  /** Whether a last day that is a holiday moves to the next working day. */
  rollsOver: boolean
  initial: Publication
  onPublish: Act<Publication>
}

export const periodDays = ({ opensOn, closesOn }: Publication) => daysBetween(opensOn, closesOn) + 1

export function publicationErrors(publication: Publication, minDays: number, m: StaffMessages): FieldErrors {
  const { missing } = m.publish
  const errors: FieldErrors = {}
  const days = periodDays(publication)
  if (!(days >= 1)) errors.closesOn = missing.period
  else if (days < minDays && publication.shorteningReason.trim() === '') errors.reason = missing.reason
  if (publication.channels.length === 0) errors.channels = missing.channels
  if (publication.readingPlaces.length === 0) errors.places = missing.places
  if (publication.publicity.length === 0) errors.publicity = missing.publicity
  if (publication.resultMethod.trim() === '') errors.method = missing.method
  return errors
}

/** One entry a line while typing; empty lines go when the form is sent. */
const lines = (text: string) => text.split('\n')
const tidy = (publication: Publication): Publication => ({
  ...publication,
  readingPlaces: publication.readingPlaces.map((one) => one.trim()).filter(Boolean),
  publicity: publication.publicity.map((one) => one.trim()).filter(Boolean),
})

/** The approver opens the comment period; the drafter cannot. */
export function PublishScreen({ data, minPeriodDays, rollsOver, initial, onPublish }: PublishProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const p = m.publish
  const [publication, setPublication] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [asking, ask] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const edit = (part: Partial<Publication>) => setPublication({ ...publication, ...part })
  const days = periodDays(publication)
  const check = () => {
    const found = publicationErrors(tidy(publication), minPeriodDays, m)
    setErrors(found)
    ask(Object.keys(found).length === 0)
  }
  const publish = async () => {
    ask(false)
    setOutcome(await onPublish(tidy(publication)))
  }
  return (
    <Screen title={p.title}>
      <OutcomeNotice outcome={outcome} />
      {data.draftedByMe && <Banner kind="warning" title={p.twoPersons} />}
      <form
        noValidate
        className="prose"
        onSubmit={(event) => {
          event.preventDefault()
          check()
        }}
      >
        <ErrorSummary errors={errors} />
        <TextField
          label={p.opensOn}
          name="opensOn"
          type="date"
          short
          required
          value={publication.opensOn}
          onChange={(opensOn) => edit({ opensOn })}
        />
        <TextField
          label={p.closesOn}
          name="closesOn"
          type="date"
          short
          required
          hint={[days >= 1 ? p.days(days) : '', rollsOver ? p.rollsOver : ''].join(' ').trim()}
          error={errors.closesOn}
          value={publication.closesOn}
          onChange={(closesOn) => edit({ closesOn })}
        />
        {days < minPeriodDays && (
          <TextArea
            label={p.shorteningReason}
            name="reason"
            required
            rows={3}
            hint={p.tooShort(minPeriodDays)}
            error={errors.reason}
            value={publication.shorteningReason}
            onChange={(shorteningReason) => edit({ shorteningReason })}
          />
        )}
        <Checkboxes
          label={p.channels}
          name="channels"
          required
          error={errors.channels}
          values={publication.channels}
          onChange={(channels) => edit({ channels })}
          options={CHANNELS.map((channel) => ({ value: channel, label: c.channels[channel] }))}
        />
        <TextArea
          label={p.places}
          name="places"
          required
          rows={3}
          error={errors.places}
          value={publication.readingPlaces.join('\n')}
          onChange={(text) => edit({ readingPlaces: lines(text) })}
        />
        <TextArea
          label={p.publicity}
          name="publicity"
          required
          rows={3}
          error={errors.publicity}
          value={publication.publicity.join('\n')}
          onChange={(text) => edit({ publicity: lines(text) })}
        />
        <TextField
          label={p.method}
          name="method"
          required
          error={errors.method}
          value={publication.resultMethod}
          onChange={(resultMethod) => edit({ resultMethod })}
        />
        <Actions>
          <Button type="submit" unavailable={data.draftedByMe ? p.twoPersons : undefined}>
            {p.send}
          </Button>
        </Actions>
      </form>
      <Section heading={p.announcement}>
        <P>{p.announcementNote}</P>
        <Announcement draft={data.draft} publication={tidy(publication)} materials={data.materials} />
      </Section>
      {asking && (
        <Dialog
          title={p.question}
          confirm={p.send}
          onClose={() => ask(false)}
          onConfirm={() => void publish()}
        >
          <P>{p.days(days)}</P>
          <P>{p.note}</P>
        </Dialog>
      )}
    </Screen>
  )
}
