import { WARDS } from './wards'

/** The ward's name; a code that this page does not know is shown as it is. */
export const wardName = (code: string) => WARDS.find((ward) => ward.code === code)?.name ?? code
