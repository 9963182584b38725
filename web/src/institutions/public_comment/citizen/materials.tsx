import { Badge, CityWords, P } from '../../../frame/components'
import { R } from '../../../frame/ruby'
import { UserWords } from '../../../frame/user-text'
import { useCitizenMessages } from '../messages'
import type { Material } from '../model'

const KIB = 1024

/** 1.2 MB and not 1,234,567 bytes. */
export function readableSize(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`
  if (bytes < KIB * KIB) return `${Math.round(bytes / KIB)} KB`
  return `${(bytes / KIB / KIB).toFixed(1)} MB`
}

/** What people call the kind of a file: the ending of its name. */
const kindOf = (name: string) => (/\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? '').toUpperCase()

export function Materials({ materials }: { materials: readonly Material[] }) {
  const m = useCitizenMessages()
  if (materials.length === 0) return <P>{m.case.noMaterials}</P>
  return (
    <ul>
      {materials.map((material) => (
        <li key={material.id}>
          <a className="tap" href={material.href} download={material.name}>
            <CityWords text={material.title} />（
            {[kindOf(material.name), readableSize(material.size)].filter(Boolean).join('、')}）
          </a>{' '}
          <R>{m.case.version(material.version)}</R>
          {material.correction && (
            <p>
              <Badge>{m.case.corrected}</Badge> <UserWords lang="ja">{material.correction.note}</UserWords>
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}
