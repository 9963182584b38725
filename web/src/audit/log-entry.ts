import * as v from 'valibot'

/** A leaf of the log as every reader finds it: what is not listed here makes it unreadable, not wrong. */
const leafSchema = v.object({
  actor: v.object({ id: v.string(), role: v.string() }),
  basis: v.string(),
  cause: v.object({ command: v.string(), event: v.optional(v.string()) }),
  data: v.record(v.string(), v.unknown()),
  event: v.string(),
  kind: v.string(),
  legal_date: v.string(),
  recorded_at: v.string(),
  schema: v.number(),
  stream: v.string(),
  version: v.number(),
})

export type Leaf = v.InferOutput<typeof leafSchema>

/** An entry with its place; `leaf` is missing where the bytes are not an event that this page knows. */
export type LogEntry = { position: number; bytes: Uint8Array<ArrayBuffer>; leaf?: Leaf | undefined }

export function readLeaf(bytes: Uint8Array): Leaf | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const result = v.safeParse(leafSchema, json)
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

/** What an auditor may ask of the log; empty parts match everything. */
export type Filter = { kind: string; stream: string; role: string }
export const NO_FILTER: Filter = { kind: '', stream: '', role: '' }

export const matches = ({ leaf }: LogEntry, { kind, stream, role }: Filter) =>
  (kind === '' || leaf?.kind === kind) &&
  (stream === '' || leaf?.stream.includes(stream) === true) &&
  (role === '' || leaf?.actor.role === role)

/** Entries counted by what `key` reads from them, most frequent first. */
export function countBy(entries: readonly LogEntry[], key: (leaf: Leaf) => string | undefined) {
  const counts = new Map<string, number>()
  for (const { leaf } of entries) {
    const one = leaf && key(leaf)
    if (one !== undefined) counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
}

/** A text field of an event's public data. */
export const textOf = (leaf: Leaf, field: string) => {
  const value = leaf.data[field]
  return typeof value === 'string' ? value : undefined
}
