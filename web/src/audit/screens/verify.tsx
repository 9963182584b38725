import { useState } from 'react'
import { Actions, Banner, Button, P, Screen, TextArea, TextField } from '../../frame/components'
import { useFrameMessages } from '../../frame/messages'
import { R } from '../../frame/ruby'
import { UserWords } from '../../frame/user-text'
import { useAuditMessages, useReceiptMessages } from '../messages'
import type { Finding, LogKey } from '../verification'

export type VerifyState =
  | { kind: 'ready' }
  | { kind: 'badKey' }
  | { kind: 'badEarlier' }
  | { kind: 'unreadable' }
  | { kind: 'running'; done: number; of: number }
  | { kind: 'done'; findings: Finding[]; keySource: LogKey['source'] }

type VerifyProps = {
  state: VerifyState
  onStart: (key: string, earlier: string) => void
  onSave: () => void
}

/** The auditor's own computation over the whole log. */
export function VerifyScreen({ state, onStart, onSave }: VerifyProps) {
  const m = useAuditMessages()
  const [key, setKey] = useState('')
  const [earlier, setEarlier] = useState('')
  const v = m.verify
  return (
    <Screen title={v.title}>
      <P>{v.lead}</P>
      <form
        className="prose"
        onSubmit={(event) => {
          event.preventDefault()
          if (state.kind !== 'running') onStart(key.trim(), earlier)
        }}
      >
        <TextField
          label={v.key}
          name="log-key"
          hint={v.keyHint}
          value={key}
          onChange={setKey}
          error={state.kind === 'badKey' ? v.badKey : undefined}
          autoComplete="off"
        />
        <TextArea
          label={v.earlier}
          name="earlier"
          hint={v.earlierHint}
          rows={4}
          value={earlier}
          onChange={setEarlier}
          error={state.kind === 'badEarlier' ? v.badEarlier : undefined}
        />
        <Button type="submit">{v.start}</Button>
      </form>
      {state.kind === 'unreadable' && <Banner kind="error" title={v.unreadable} live />}
      {state.kind === 'running' && (
        <p role="status">
          <progress className="w-full" value={state.done} max={Math.max(1, state.of)} aria-label={v.title} />
          <R>{v.running(state.done, state.of)}</R>
        </p>
      )}
      {state.kind === 'done' && (
        <Findings findings={state.findings} keySource={state.keySource} onSave={onSave} />
      )}
    </Screen>
  )
}

function Findings({
  findings,
  keySource,
  onSave,
}: {
  findings: Finding[]
  keySource: LogKey['source']
  onSave: () => void
}) {
  const { colon } = useFrameMessages()
  const m = useAuditMessages()
  const receipts = useReceiptMessages()
  const v = m.verify
  const ok = findings.every((finding) => finding.ok)
  const sentence = (finding: Finding) => {
    if (finding.kind === 'signature')
      return finding.ok ? v.signatureOk : v.signatureBad(receipts.faults[finding.fault])
    if (finding.kind === 'root') return finding.ok ? v.rootOk(finding.size) : v.rootBad(finding.size)
    return finding.ok ? v.unchangedOk(finding.since) : v.unchangedBad(finding.since)
  }
  const witnesses = findings.flatMap((finding) =>
    finding.kind === 'signature' && finding.ok ? finding.witnesses : [],
  )
  return (
    <>
      <Banner kind={ok ? 'success' : 'error'} title={ok ? v.ok : v.failed} live>
        <ul>
          {findings.map((finding) => (
            <li key={finding.kind}>
              {finding.ok ? '✓ ' : '✗ '}
              <R>{sentence(finding)}</R>
            </li>
          ))}
          {witnesses.map(({ name }) => (
            <li key={name}>
              <UserWords>{v.witness(name)}</UserWords>
            </li>
          ))}
        </ul>
        <P>{colon(receipts.key) + receipts.sources[keySource]}</P>
        {!ok && <P>{v.report}</P>}
      </Banner>
      <Actions>
        <Button look="outline" onClick={onSave}>
          {v.save}
        </Button>
      </Actions>
    </>
  )
}
