import { useState } from 'react'
import { Actions, Banner, Button, Facts, P, Screen, Table } from '../../../frame/components'
import { useStaffMessages } from '../messages/staff-index'
import { type ImportRow, type Plan, planImport } from './import'

export type ImportProgress = { done: number; of: number; state: 'running' | 'stopped' | 'finished' }

type ImportProps = {
  today: string
  limit: number
  plan?: Plan
  progress?: ImportProgress | undefined
  onSend: (rows: readonly ImportRow[], fileHash: string) => void
}

/** Names the file by its bytes, so that importing it again sends the same commands and counts nothing twice. */
async function fingerprint(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Many submissions at once: a dry run first, with a reason for every row that cannot be sent. */
export function ImportScreen({ today, limit, plan: initial, progress, onSend }: ImportProps) {
  const m = useStaffMessages()
  const i = m.import
  const [plan, setPlan] = useState(initial)
  const [hash, setHash] = useState('')
  const read = async (file: File) => {
    const bytes = new Uint8Array(await file.arrayBuffer())
    setHash(await fingerprint(bytes))
    setPlan(planImport(bytes, today, limit))
  }
  return (
    <Screen title={i.title}>
      <P>{i.lead}</P>
      <div className="field prose">
        <label htmlFor="csv">{i.file}</label>
        <input
          id="csv"
          type="file"
          className="input"
          accept=".csv,text/csv"
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) void read(file)
          }}
        />
      </div>
      {plan && (
        <>
          <Banner kind={plan.faults.length > 0 ? 'warning' : 'success'} title={i.dryRun} live>
            <Facts
              rows={[
                [i.good(plan.rows.length), ''],
                [i.bad(plan.faults.length), ''],
                [i.encoding, plan.encoding || '–'],
              ]}
            />
          </Banner>
          {plan.faults.length > 0 && (
            <Table
              caption={i.faults}
              rows={plan.faults}
              keyOf={({ line, column }) => `${line}-${column}`}
              columns={[
                { name: i.line, cell: ({ line }) => String(line), number: true, head: true },
                { name: i.column, cell: ({ column }) => column },
                { name: i.reason, cell: ({ reason }) => i.reasons[reason] },
              ]}
            />
          )}
          {plan.rows.length > 0 && progress?.state !== 'running' && (
            <Actions>
              <Button onClick={() => onSend(plan.rows, hash)}>{i.send(plan.rows.length)}</Button>
            </Actions>
          )}
        </>
      )}
      {progress && (
        <div role="status">
          <progress
            className="w-full"
            value={progress.done}
            max={Math.max(1, progress.of)}
            aria-label={i.title}
          />
          <P>{i.progress(progress.done, progress.of)}</P>
          {progress.state === 'stopped' && <Banner kind="warning" title={i.stopped} />}
          {progress.state === 'finished' && <Banner kind="success" title={i.finished} />}
        </div>
      )}
    </Screen>
  )
}
