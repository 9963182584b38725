import { Banner, TextArea } from '../../../frame/components'
import { Difference } from '../../../frame/diff'
import { useStaffMessages } from '../messages/staff-index'

/** Spaces and width do not count: two people type them differently. */
export const same = (a: string, b: string) =>
  a.normalize('NFKC').replace(/\s/g, '') === b.normalize('NFKC').replace(/\s/g, '')

/** What is wrong with an opinion that was to be typed twice. */
export function twiceErrors(body: string, again: string, p: ReturnType<typeof useStaffMessages>['paper']) {
  if (body.trim() === '') return { body: p.missing.body }
  return same(body, again) ? {} : { again: p.mismatch }
}

type TwiceProps = {
  body: string
  again: string
  errors: { body?: string; again?: string }
  onBody: (body: string) => void
  onAgain: (again: string) => void
}

/** The opinion, typed twice; where the two differ is shown while they are typed. */
export function Twice({ body, again, errors, onBody, onAgain }: TwiceProps) {
  const p = useStaffMessages().paper
  return (
    <>
      <TextArea label={p.body} name="body" required error={errors.body} value={body} onChange={onBody} />
      <TextArea label={p.again} name="again" required error={errors.again} value={again} onChange={onAgain} />
      {again !== '' && !same(body, again) && (
        <Banner kind="warning" title={p.difference}>
          <Difference before={body} after={again} />
        </Banner>
      )}
    </>
  )
}
