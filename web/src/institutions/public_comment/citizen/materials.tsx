import { Badge, Button, CityWords, P } from '../../../frame/components'
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

type MaterialsProps = {
  materials: readonly Material[]
  /** Opens a file that only officers may read yet; without it the files are links for everybody. */
  onOpen?: ((material: Material) => void) | undefined
}

export function Materials({ materials, onOpen }: MaterialsProps) {
  const m = useCitizenMessages()
  if (materials.length === 0) return <P>{m.case.noMaterials}</P>
  return (
    <ul>
      {materials.map((material) => (
        <li key={material.id}>
          {onOpen ? (
            <Button look="text" onClick={() => onOpen(material)}>
              {material.title.ja}
            </Button>
          ) : (
            <a className="tap" href={material.href} download={material.name}>
              <CityWords text={material.title} />
              {described(material)}
            </a>
          )}{' '}
          <R>{m.case.version(material.version)}</R>
          {material.correction && (
            <p>
              <Badge>{m.case.corrected}</Badge> <UserWords lang="ja">{material.correction.note}</UserWords>
            </p>
          )}
          {material.earlier.length > 0 && (
            <p>
              <R>{m.case.earlier}</R>{' '}
              {material.earlier.map(({ version, name, href }) => (
                <a key={version} className="tap" href={href} download={name}>
                  <R>{m.case.version(version)}</R>
                </a>
              ))}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}

/** （PDF、1.2 MB） */
export function described({ name, size }: Pick<Material, 'name' | 'size'>) {
  const parts = [kindOf(name), size === undefined ? '' : readableSize(size)].filter(Boolean)
  return parts.length > 0 ? `（${parts.join('、')}）` : ''
}
