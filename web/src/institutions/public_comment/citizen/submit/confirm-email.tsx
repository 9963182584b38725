import { useState } from 'react'
import {
  Actions,
  Banner,
  type Bilingual,
  Button,
  CityWords,
  P,
  Section,
  TextField,
} from '../../../../frame/components'
import { useFrameMessages } from '../../../../frame/messages'
import { useCitizenMessages } from '../../messages'
import type { Draft } from './draft'

/** What became of asking for a code. */
export type CodeAsked =
  | { kind: 'sent'; minutes: number }
  | { kind: 'refused'; message: Bilingual }
  | { kind: 'rateLimited' }
  | { kind: 'noLine' }

export type AskForCode = (draft: Draft) => Promise<CodeAsked>

type Props = {
  draft: Draft
  onEdit: (part: Partial<Draft>) => void
  askForCode: AskForCode
  error: string | undefined
}

/** Whoever has no account shows that they read the mail of their contact. The code may be read on another device. */
export function ConfirmEmail({ draft, onEdit, askForCode, error }: Props) {
  const { email } = useCitizenMessages().submit
  const [asked, setAsked] = useState<CodeAsked>()
  const [asking, setAsking] = useState(false)
  const ask = async () => {
    setAsking(true)
    setAsked(await askForCode(draft))
    setAsking(false)
  }
  return (
    <Section heading={email.heading}>
      {asked && <Answer asked={asked} address={draft.contact} />}
      <Actions>
        <Button look="outline" onClick={() => void (asking || ask())}>
          {asked ? email.again : email.ask}
        </Button>
      </Actions>
      <TextField
        label={email.code}
        name="code"
        required
        short
        hint={email.codeHint}
        autoComplete="one-time-code"
        error={error}
        value={draft.code}
        onChange={(code) => onEdit({ code })}
      />
    </Section>
  )
}

function Answer({ asked, address }: { asked: CodeAsked; address: string }) {
  const { email } = useCitizenMessages().submit
  const frame = useFrameMessages()
  if (asked.kind === 'sent')
    return (
      <Banner kind="success" title={email.sent} live>
        <P>{email.sentTo(address, asked.minutes)}</P>
      </Banner>
    )
  return (
    <Banner kind="error" title={email.failed} live>
      <P>
        {asked.kind === 'refused' ? (
          <CityWords text={asked.message} />
        ) : asked.kind === 'noLine' ? (
          email.offline
        ) : (
          frame.states.rateLimited
        )}
      </P>
    </Banner>
  )
}
