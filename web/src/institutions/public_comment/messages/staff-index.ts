import { catalogue, useMessages } from '../../../frame/catalogue'
import type { staffJa } from './staff-ja'

export type StaffMessages = typeof staffJa

const staffCatalogue = catalogue<StaffMessages>({
  ja: () => import('./staff-ja').then(({ staffJa }) => ({ default: staffJa })),
  en: () => import('./staff-en'),
})

export const useStaffMessages = () => useMessages(staffCatalogue)
