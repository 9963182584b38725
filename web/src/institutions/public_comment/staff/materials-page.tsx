import { useRef, useState } from 'react'
import type { Params } from '../../../frame/router'
import { saveServedFile } from '../../../frame/served-file'
import { htmlLang, useLocale } from '../../../frame/settings'
import { TroubleNotice } from '../../../frame/states'
import { ulid } from '../../../frame/ulid'
import { newFileId, sendFile } from '../../../frame/upload'
import {
  AddMaterialDocument,
  AttachMaterialDocument,
  CorrectMaterialDocument,
} from '../../../generated/staff/graphql'
import { act } from './act'
import { type MaterialOutcome, MaterialsScreen } from './materials'
import type { NewMaterial } from './model'
import { bilingual, OfCase } from './pages'

/** The command that names a file once all of it is there. */
function named(caseId: string, open: boolean, given: NewMaterial, { file: id, command }: Begun) {
  const { material, title, file, note, substantive } = given
  const input = { case: caseId, title: bilingual(title), file: id, fileName: file.name }
  if (!open) return act(AttachMaterialDocument, { ...input, material: material || null }, command)
  if (material === '') return act(AddMaterialDocument, input, command)
  return act(CorrectMaterialDocument, { ...input, material, note, substantive }, command)
}

/** The ids of a file that was begun: sent again, it is the same file and the same command. */
type Begun = { of: File; file: string; command: string }

export function MaterialsPage({ params }: { params: Params }) {
  const id = params.id ?? ''
  const lang = htmlLang(useLocale())
  const [failed, setFailed] = useState(false)
  const begun = useRef<Begun>(undefined)
  const send = async (
    isOpen: boolean,
    material: NewMaterial,
    onProgress: (sent: number) => void,
  ): Promise<MaterialOutcome> => {
    const { file } = material
    if (begun.current?.of !== file) begun.current = { of: file, file: newFileId(), command: ulid() }
    const sent = await sendFile({
      id: begun.current.file,
      file,
      purpose: { for: 'material', case: id },
      lang,
      onProgress,
    })
    if (sent.kind !== 'stored') return sent
    return (await named(id, isOpen, material, begun.current)).outcome
  }
  return (
    <OfCase id={id}>
      {(data, _, reload) => (
        <>
          {failed && <TroubleNotice trouble={{ kind: 'error' }} />}
          <MaterialsScreen
            data={data}
            onOpen={
              data.card.state === 'DRAFTING'
                ? ({ href }) => void saveServedFile(href).then((saved) => setFailed(!saved))
                : undefined
            }
            onSend={async (material, onProgress) => {
              const outcome = await send(data.card.state === 'OPEN', material, onProgress)
              if (outcome.kind === 'recorded') reload()
              return outcome
            }}
          />
        </>
      )}
    </OfCase>
  )
}
