import { useState } from 'react'
import { Banner, Button, P, Screen, Section } from '../frame/components'
import { useHelpMessages } from './messages'

/** Answers to what people ask, and a broom for the device. */
export function HelpScreen({ onForget }: { onForget: () => Promise<void> }) {
  const m = useHelpMessages()
  const [forgotten, setForgotten] = useState(false)
  return (
    <Screen title={m.title}>
      {m.questions.map(([question, answer]) => (
        <Section key={question} heading={question}>
          <P className="prose">{answer}</P>
        </Section>
      ))}
      <Section heading={m.keep}>
        <P>{m.keepText}</P>
        {forgotten && <Banner kind="success" title={m.forgotten} live />}
        <Button look="outline" onClick={() => void onForget().then(() => setForgotten(true))}>
          {m.forget}
        </Button>
      </Section>
    </Screen>
  )
}
