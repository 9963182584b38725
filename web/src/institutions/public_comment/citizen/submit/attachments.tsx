import { useRef, useState } from 'react'
import { Button } from '../../../../frame/components'
import { R } from '../../../../frame/ruby'
import { endingOf, FILE_ENDINGS } from '../../../../frame/upload'
import { UserWords } from '../../../../frame/user-text'
import type { CitizenMessages } from '../../messages'
import { useCitizenMessages } from '../../messages'
import { readableSize } from '../materials'
import type { Attachment } from './draft'

/** The gateway's limit. */
const MOST = 20

/** How far a file is that is not with the city yet; none if it was chosen before the page was opened. */
export type Way = { kind: 'sending'; sent: number } | { kind: 'cut' } | { kind: 'refused'; because: string }

export type Attaching = {
  /** The largest file, in bytes, if it is known. */
  largest: number | undefined
  ways: Readonly<Record<string, Way>>
  onAdd: (files: readonly File[]) => void
  onRemove: (id: string) => void
}

/** What can be said of a file before it is sent. */
export function attachmentError(
  { name, size }: Pick<File, 'name' | 'size'>,
  largest: number | undefined,
  m: CitizenMessages,
): string | undefined {
  const a = m.submit.attachments
  if (!FILE_ENDINGS.includes(endingOf(name))) return a.wrongType(name)
  if (size === 0) return a.empty(name)
  if (largest !== undefined && size > largest) return a.tooLarge(name, readableSize(largest))
  return undefined
}

type FieldProps = Attaching & {
  files: readonly Attachment[]
  error: string | undefined
  /** What they are called where it is not the submitter who attaches them. */
  words?: { label: string; hint: (types: string, most: number) => string }
}

/** Files beside an opinion: sent when they are chosen, and named when the opinion is. */
export function AttachmentsField({ files, error, words, largest, ways, onAdd, onRemove }: FieldProps) {
  const m = useCitizenMessages()
  const a = m.submit.attachments
  const chooser = useRef<HTMLInputElement>(null)
  const [faults, setFaults] = useState<string[]>([])
  const choose = (chosen: readonly File[]) => {
    const known = (file: File) => files.some(({ name, size }) => name === file.name && size === file.size)
    const good: File[] = []
    const wrong: string[] = []
    for (const file of chosen) {
      const added = files.length + good.filter((one) => !known(one)).length
      const fault =
        attachmentError(file, largest, m) ?? (added >= MOST && !known(file) ? a.tooMany(MOST) : undefined)
      if (fault) wrong.push(fault)
      else good.push(file)
    }
    setFaults([...new Set(wrong)])
    if (good.length > 0) onAdd(good)
    if (chooser.current) chooser.current.value = ''
  }
  const described = ['attachments-hint', (error || faults.length > 0) && 'attachments-error']
  return (
    <div className="field">
      <label htmlFor="attachments">
        <R>{(words ?? a).label}</R>
      </label>
      <div className="field-hint" id="attachments-hint">
        <R>{(words ?? a).hint(FILE_ENDINGS.join('、'), MOST)}</R>{' '}
        {largest !== undefined && <R>{a.largest(readableSize(largest))}</R>}
      </div>
      <div id="attachments-error" role="alert">
        {[...(error ? [error] : []), ...faults].map((fault) => (
          <p key={fault} className="field-error">
            <UserWords>{fault}</UserWords>
          </p>
        ))}
      </div>
      <input
        ref={chooser}
        id="attachments"
        className="input"
        type="file"
        multiple
        accept={FILE_ENDINGS.map((ending) => `.${ending}`).join()}
        aria-describedby={described.filter(Boolean).join(' ')}
        aria-invalid={error || faults.length > 0 ? true : undefined}
        onChange={(event) => choose([...(event.target.files ?? [])])}
      />
      {files.length > 0 && (
        <ul aria-label={a.list}>
          {files.map((file) => (
            <li key={file.id}>
              <UserWords>{file.name}</UserWords> <State file={file} way={ways[file.id]} />{' '}
              <Button look="text" small onClick={() => onRemove(file.id)}>
                {a.remove(file.name)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function State({ file, way }: { file: Attachment; way: Way | undefined }) {
  const a = useCitizenMessages().submit.attachments
  if (file.stored)
    return (
      <span>
        <R>{a.stored(readableSize(file.size))}</R>
      </span>
    )
  if (way?.kind === 'sending') {
    const words = a.sending(readableSize(way.sent), readableSize(file.size))
    return (
      <span role="status">
        {words}{' '}
        <progress className="w-full" value={way.sent} max={Math.max(1, file.size)} aria-label={words} />
      </span>
    )
  }
  if (way?.kind === 'refused')
    return (
      <span className="field-error" role="alert">
        {way.because}
      </span>
    )
  return (
    <span className="field-error" role={way ? 'alert' : undefined}>
      <R>{way ? a.cut : a.again}</R>
    </span>
  )
}
