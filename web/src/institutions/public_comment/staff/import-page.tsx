import { useState } from 'react'
import { useToday } from '../../../frame/city'
import type { Params } from '../../../frame/router'
import { EnterOpinionDocument } from '../../../generated/staff/graphql'
import { act } from './act'
import { commandIdOf, type ImportRow, type Plan } from './import'
import { type ImportProgress, ImportScreen } from './import-screen'

/** A row as the gateway takes it. */
const inputOf = (
  caseId: string,
  { passage, body, channel, receivedOn, postmarkedOn, ...submitter }: ImportRow,
) => ({
  case: caseId,
  channel,
  receivedOn,
  postmarkedOn: postmarkedOn || null,
  opinion: { passage: passage || null, body },
  submitter: {
    kind: submitter.kind,
    name: submitter.name || null,
    kana: submitter.kana || null,
    address: submitter.address || null,
    contact: submitter.contact || null,
    wardCode: submitter.ward || null,
    declaresCitizen: false,
  },
  secret: null,
})

/** Row by row through the same door as a letter; what the rules refuse is listed, and the rest goes on. */
export function ImportPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const today = useToday()
  const [progress, setProgress] = useState<ImportProgress>()
  const send = async ({ rows, text }: Plan) => {
    const refused: ImportProgress['refused'] = []
    for (const [done, row] of rows.entries()) {
      setProgress({ done, of: rows.length, state: 'running', refused: [...refused] })
      const command = await commandIdOf(id, text, row.row)
      const { outcome } = await act(EnterOpinionDocument, inputOf(id, row), command)
      if (outcome.kind === 'recorded') continue
      refused.push({ row: row.row, refusal: outcome.refusal })
      // A rule is about this row; anything else would meet the next one as well.
      if (outcome.refusal.code === '')
        return setProgress({ done, of: rows.length, state: 'stopped', refused })
    }
    setProgress({ done: rows.length, of: rows.length, state: 'finished', refused })
  }
  return <ImportScreen today={today} progress={progress} onSend={(plan) => void send(plan)} />
}
