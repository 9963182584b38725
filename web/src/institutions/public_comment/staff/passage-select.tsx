import { Select } from '../../../frame/components'
import { useCitizenMessages } from '../messages'
import type { Passage } from '../model'

type PassageSelectProps = {
  passages: readonly Passage[]
  value: string
  onChange: (passage: string) => void
}

/** Which passage of the draft an opinion speaks of; none for the whole. */
export function PassageSelect({ passages, value, onChange }: PassageSelectProps) {
  const m = useCitizenMessages()
  return (
    <Select
      label={m.submit.opinion.about}
      name="passage"
      empty={m.submit.opinion.whole}
      value={value}
      onChange={onChange}
      options={passages.map(({ passage, heading }) => ({
        value: passage,
        label: [m.case.passage(passage), heading].filter(Boolean).join('　'),
      }))}
    />
  )
}
