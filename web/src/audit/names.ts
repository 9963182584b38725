import { useCitizenMessages } from '../institutions/public_comment/messages'
import { useAuditMessages } from './messages'

/** What people call the log's codes; a code that this page does not know is shown as it is. */
export function useNames() {
  const { kindNames, roleNames } = useAuditMessages()
  const { events, roles } = useCitizenMessages()
  return {
    kind: (code: string) => events[code.toUpperCase()] ?? kindNames[code] ?? code,
    role: (code: string) => roles[code] ?? roleNames[code] ?? code,
  }
}
