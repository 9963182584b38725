import { R } from '../../../frame/ruby'
import { UserWords } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import type { PublishedFile } from '../model'
import { described } from './materials'

/** Files beside an opinion: links for everybody, and only their number before the publication. */
export function PublishedFiles({ files }: { files: readonly PublishedFile[] }) {
  const m = useCitizenMessages()
  if (files.length === 0) return null
  return (
    <ul aria-label={m.personalFields.ATTACHMENTS}>
      {files.map(({ href, about }, at) => {
        const name = <FileName about={about} at={at} />
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the files of an opinion keep their order
          <li key={at}>
            {href ? (
              <a className="tap" href={href} download={about?.name ?? ''}>
                {name}
              </a>
            ) : (
              name
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** What the city says of a file, else which one it is. */
export function FileName({ about, at }: Pick<PublishedFile, 'about'> & { at: number }) {
  const { attachments } = useCitizenMessages().submit
  if (!about) return <R>{attachments.number(at + 1)}</R>
  return (
    <>
      <UserWords lang="ja">{about.name}</UserWords>
      {described(about)}
    </>
  )
}
