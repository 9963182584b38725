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
        const name = about ? (
          <>
            <UserWords lang="ja">{about.name}</UserWords>
            {described(about)}
          </>
        ) : (
          <R>{m.submit.attachments.number(at + 1)}</R>
        )
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
