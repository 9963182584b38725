import { useState } from 'react'
import { Checkbox, Dialog, P, Select, TextArea, TextField } from '../../../frame/components'
import type { LocalDate } from '../../../frame/dates'
import { useStaffMessages } from '../messages/staff-index'
import type { ExemptionReason } from './model'

type DialogProps<T> = { onSend: (input: T) => void; onClose: () => void }

export function ExtendDialog({
  closesOn: initial,
  onSend,
  onClose,
}: DialogProps<{ closesOn: LocalDate; reason: string }> & { closesOn: LocalDate }) {
  const m = useStaffMessages()
  const [closesOn, setClosesOn] = useState(initial)
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title={m.case.extend}
      confirm={m.case.extend}
      onClose={onClose}
      onConfirm={() => onSend({ closesOn, reason })}
    >
      <TextField
        label={m.case.extendTo}
        name="closes-on"
        type="date"
        short
        value={closesOn}
        onChange={setClosesOn}
      />
      <TextArea label={m.case.reason} name="reason" rows={3} value={reason} onChange={setReason} />
    </Dialog>
  )
}

export function AbandonDialog({ onSend, onClose }: DialogProps<{ reason: string; newProcedure: boolean }>) {
  const m = useStaffMessages()
  const [reason, setReason] = useState('')
  const [newProcedure, setNewProcedure] = useState(false)
  return (
    <Dialog
      title={m.case.abandon}
      confirm={m.case.abandon}
      danger
      onClose={onClose}
      onConfirm={() => onSend({ reason, newProcedure })}
    >
      <P>{m.case.abandonNote}</P>
      <TextArea label={m.case.reason} name="reason" rows={3} value={reason} onChange={setReason} />
      <Checkbox
        label={m.case.newProcedure}
        name="new-procedure"
        checked={newProcedure}
        onChange={setNewProcedure}
      />
    </Dialog>
  )
}

/** That no public comment is held is decided first, and published when the policy is fixed. */
export function ExemptDialog({
  reasons,
  onSend,
  onClose,
}: DialogProps<{ code: ExemptionReason; reason: string }> & { reasons: readonly ExemptionReason[] }) {
  const m = useStaffMessages()
  const e = m.exemption
  const [code, setCode] = useState<ExemptionReason | ''>(reasons[0] ?? '')
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title={e.declare}
      confirm={e.declare}
      danger
      onClose={onClose}
      onConfirm={() => code && onSend({ code, reason })}
    >
      <P>{e.declareNote}</P>
      <Select
        label={e.code}
        name="exemption-code"
        value={code}
        onChange={setCode}
        options={reasons.map((one) => ({ value: one, label: e.codes[one] }))}
      />
      <TextArea label={m.case.reason} name="reason" rows={3} value={reason} onChange={setReason} />
    </Dialog>
  )
}

export function PublishExemptionDialog({
  today,
  onSend,
  onClose,
}: DialogProps<{ reason: string; policyFixedOn: LocalDate }> & { today: LocalDate }) {
  const m = useStaffMessages()
  const e = m.exemption
  const [reason, setReason] = useState('')
  const [policyFixedOn, setPolicyFixedOn] = useState(today)
  return (
    <Dialog
      title={e.publish}
      confirm={e.publish}
      onClose={onClose}
      onConfirm={() => onSend({ reason, policyFixedOn })}
    >
      <P>{e.publishNote}</P>
      <TextField
        label={e.fixedOn}
        name="fixed-on"
        type="date"
        short
        value={policyFixedOn}
        onChange={setPolicyFixedOn}
      />
      <TextArea label={e.publicReason} name="reason" rows={3} value={reason} onChange={setReason} />
    </Dialog>
  )
}
