import { useRef, useState } from 'react'
import {
  Actions,
  Banner,
  Button,
  Facts,
  P,
  Screen,
  Select,
  Table,
  TextField,
} from '../../../frame/components'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'
import { CHANNELS, type Refusal } from '../model'
import { type ImportDefaults, type Plan, planImport } from './import'
import { RefusalWords } from './notice'

export type ImportProgress = {
  done: number
  of: number
  state: 'running' | 'finished' | 'stopped'
  /** The rows that the city did not take, and why. */
  refused: { row: number; refusal: Refusal }[]
}

type ImportProps = {
  today: string
  plan?: Plan
  progress?: ImportProgress | undefined
  onSend: (plan: Plan) => void
}

/** Many submissions at once: a dry run first, with a reason for every row that cannot be sent. */
export function ImportScreen({ today, plan: initial, progress, onSend }: ImportProps) {
  const m = useStaffMessages()
  const c = useCitizenMessages()
  const i = m.import
  const [plan, setPlan] = useState(initial)
  const [defaults, setDefaults] = useState<ImportDefaults>({ channel: 'POST', receivedOn: today })
  const bytes = useRef<Uint8Array>(undefined)
  const change = (part: Partial<ImportDefaults>) => {
    const next = { ...defaults, ...part }
    setDefaults(next)
    if (bytes.current) setPlan(planImport(bytes.current, next))
  }
  const read = async (file: File) => {
    bytes.current = new Uint8Array(await file.arrayBuffer())
    setPlan(planImport(bytes.current, defaults))
  }
  return (
    <Screen title={i.title}>
      <P>{i.lead}</P>
      <div className="prose">
        <Select
          label={i.defaultChannel}
          name="default-channel"
          empty={i.noDefault}
          value={defaults.channel}
          onChange={(channel) => change({ channel })}
          options={CHANNELS.map((channel) => ({ value: channel, label: c.channels[channel] }))}
        />
        <TextField
          label={i.defaultReceivedOn}
          name="default-received-on"
          type="date"
          short
          value={defaults.receivedOn}
          onChange={(receivedOn) => change({ receivedOn })}
        />
        <div className="field">
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
      </div>
      {plan && <DryRun plan={plan} />}
      {plan && plan.rows.length > 0 && progress?.state !== 'running' && (
        <Actions>
          <Button onClick={() => onSend(plan)}>{i.send(plan.rows.length)}</Button>
        </Actions>
      )}
      {progress && <Progress progress={progress} />}
    </Screen>
  )
}

function DryRun({ plan }: { plan: Plan }) {
  const i = useStaffMessages().import
  return (
    <>
      <Banner kind={plan.faults.length > 0 ? 'warning' : 'success'} title={i.dryRun} live>
        <Facts
          rows={[
            [i.good, i.rows(plan.rows.length)],
            [i.bad, i.rows(plan.faults.length)],
            [i.encoding, plan.encoding || '–'],
          ]}
        />
      </Banner>
      {plan.faults.length > 0 && (
        <Table
          caption={i.faults}
          rows={plan.faults}
          keyOf={({ row, column }) => `${row}-${column}`}
          columns={[
            { name: i.line, cell: ({ row }) => String(row), number: true, head: true },
            { name: i.column, cell: ({ column }) => column },
            { name: i.reason, cell: ({ reason }) => i.reasons[reason] },
          ]}
        />
      )}
    </>
  )
}

function Progress({ progress }: { progress: ImportProgress }) {
  const i = useStaffMessages().import
  const { done, of, state, refused } = progress
  return (
    <div role="status">
      <progress className="w-full" value={done} max={Math.max(1, of)} aria-label={i.title} />
      <P>{i.progress(done, of)}</P>
      {state === 'stopped' && <Banner kind="warning" title={i.stopped} />}
      {state === 'finished' && refused.length === 0 && <Banner kind="success" title={i.finished} />}
      {state === 'finished' && refused.length > 0 && (
        <Banner kind="warning" title={i.finishedBut(refused.length)} />
      )}
      {refused.length > 0 && (
        <Table
          caption={i.refused}
          rows={refused}
          keyOf={({ row }) => String(row)}
          columns={[
            { name: i.line, cell: ({ row }) => String(row), number: true, head: true },
            { name: i.reason, cell: ({ refusal }) => <RefusalWords refusal={refusal} /> },
            { name: i.code, cell: ({ refusal }) => refusal.code },
          ]}
        />
      )}
    </div>
  )
}
