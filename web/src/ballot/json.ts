import * as v from 'valibot'

/** Why a text is not the one canonical form of what it should be. */
export type JsonFault = 'MALFORMED' | 'NOT_CANONICAL'

/** The canonical form: compact, members in the order in which the schemas list them. */
export const write = (value: unknown): string => JSON.stringify(value)

/** Reads a value from its canonical form and from no other. */
export function read<S extends v.GenericSchema>(
  schema: S,
  text: string,
): { ok: true; value: v.InferOutput<S> } | { ok: false; fault: JsonFault } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, fault: 'MALFORMED' }
  }
  const result = v.safeParse(schema, json)
  if (!result.success) return { ok: false, fault: 'MALFORMED' }
  return write(result.output) === text
    ? { ok: true, value: result.output }
    : { ok: false, fault: 'NOT_CANONICAL' }
}
