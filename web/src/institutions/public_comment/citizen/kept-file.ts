import type { Opening } from '../../../audit/proof/commitment'
import type { Bilingual } from '../../../frame/components'
import { saveFile } from '../../../frame/save-file'

/** What the city gives to the submitter of what it recorded. */
export type KeptContent = {
  receiptNumber: string
  position: number
  /** In base64. */
  leaf: string
  openings: readonly Opening[]
}

/** An opening with exactly the members that every checker expects, and no trace of the way it came. */
const bare = ({ alg, event, field, salt, text, bytes }: Opening) =>
  typeof text === 'string' ? { alg, event, field, salt, text } : { alg, event, field, salt, bytes }

/**
 * The one file to keep. `proof`, `leaf` and `openings` are all that `hiroba-verify receipt` and the page's own
 * check read; the rest says to a person, years later, what this is. The secret is not in it: who shows the file
 * to somebody does not hand over the opinion.
 */
export function keptFile(
  kept: KeptContent & { proof: string },
  caseTitle: Bilingual,
  about: readonly string[],
): string {
  const { receiptNumber, position, proof, leaf, openings } = kept
  const file = {
    about,
    receiptNumber,
    case: caseTitle.ja,
    city: window.location.origin,
    position,
    proof,
    leaf,
    openings: openings.map(bare),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

export const saveKept = (
  kept: KeptContent & { proof: string },
  caseTitle: Bilingual,
  about: readonly string[],
) =>
  saveFile(
    `${kept.receiptNumber}-${kept.position}.json`,
    'application/json',
    keptFile(kept, caseTitle, about),
  )
