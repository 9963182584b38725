import { wardName } from '../frame/chart/ward-codes'
import { type CitizenMessages, useCitizenMessages } from '../institutions/public_comment/messages'
import { type AuditMessages, useAuditMessages } from './messages'

/** A stranger may have written the code: what every object has is no word for it. */
export const wordOf = (words: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(words, code) ? words[code] : undefined

/** Fields whose texts are codes; in all others a text that reads like one is somebody's own. */
const CODED: ReadonlySet<string> = new Set([
  ...['channel', 'channels', 'code', 'exemptions', 'field', 'fields', 'form', 'institution', 'kind'],
  ...['late_reason', 'meaning', 'object_kind', 'of', 'outcome', 'post_rule', 'reason', 'reasons', 'record'],
  'who_may_comment',
])

/** What people call the log's codes; a code that this page does not know is shown as it is. */
export function namesOf({ names }: AuditMessages, citizen: CitizenMessages) {
  const { events, roles, channels, objectKinds, submitterKinds, outcomes } = citizen
  const capital = {
    ...{ ...channels, ...objectKinds, ...submitterKinds, ...outcomes },
    ...{ ...citizen.hidingReasons, ...citizen.personalFields, ...names.exemptions },
  }
  return {
    kind: (code: string) => wordOf(events, code.toUpperCase()) ?? wordOf(names.kinds, code) ?? code,
    role: (code: string) => wordOf(roles, code) ?? wordOf(names.roles, code) ?? code,
    field: (name: string) => wordOf(names.fields, name),
    /** The word for what stands in a field, if it is a code. */
    value(field: string, value: unknown) {
      const code = String(value)
      if (typeof value === 'boolean') return wordOf(names.codes, code)
      if (field === 'ward') return wardName(code)
      return CODED.has(field) ? (wordOf(capital, code.toUpperCase()) ?? wordOf(names.codes, code)) : undefined
    },
    /** Both in a line, where only text fits. */
    coded: (word: string, code: string) => (word === code ? code : names.coded(word, code)),
  }
}

export const useNames = () => namesOf(useAuditMessages(), useCitizenMessages())
