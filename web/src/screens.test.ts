// @vitest-environment node
// docs/screens.md tells everybody what the page can do and where: it may neither forget nor invent.
import { readdirSync, readFileSync } from 'node:fs'
import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const under = (folder: string) => {
  const names = readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
  return names.map((name) => `${folder}/${name}`)
}
const document = text('../../docs/screens.md')

const OPERATIONS = ['query', 'mutation', 'subscription'] as const

/** `mutation submitOpinion`, for every field of the roots. */
function served(): string[] {
  const schema = buildSchema(text('../../schema.graphql'))
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return roots.flatMap((root, at) =>
    Object.keys(root?.getFields() ?? {}).map((field) => `${OPERATIONS[at]} ${field}`),
  )
}

/** The fields that the documents of the page ask for. */
function asked(): string[] {
  const documents = under('.').filter((name) => name.endsWith('.graphql'))
  const operations = documents
    .flatMap((name) => parse(text(name)).definitions)
    .filter((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION)
  const fields = operations.flatMap(({ operation, selectionSet }) =>
    selectionSet.selections.flatMap((one) =>
      one.kind === Kind.FIELD ? [`${operation} ${one.name.value}`] : [],
    ),
  )
  return [...new Set(fields)]
}

/** The rows of the table: the field, and its addresses or why it has none. */
function described() {
  const rows = document.matchAll(/^\| `(query|mutation|subscription) (\w+)` \| (.*) \|$/gm)
  return [...rows].map(([, operation, field, place = '']) => ({
    field: `${operation} ${field}`,
    addresses: [...place.matchAll(/`(\/[^`]*)`/g)].map(([, address = '']) => address),
    place,
  }))
}

const routes = ['./citizen.tsx', './staff.tsx'].flatMap((file) =>
  [...text(file).matchAll(/pattern: '([^']+)'/g)].map(([, pattern = '']) => pattern),
)

describe('docs/screens.md', () => {
  it('names every field of the schema once, and none that is gone', () => {
    const named = described().map(({ field }) => field)
    expect(named.toSorted()).toEqual(served().toSorted())
  })

  it('gives an address to what the page asks for, and to nothing else', () => {
    const placed = described().filter(({ addresses }) => addresses.length > 0)
    expect(placed.map(({ field }) => field).toSorted()).toEqual(asked().toSorted())
    for (const { field, place } of described())
      expect(place.length, `${field} has neither a place nor a reason`).toBeGreaterThan(1)
  })

  it('names addresses that the page has, and has every address of the page', () => {
    for (const { field, addresses } of described())
      for (const address of addresses) expect(routes, field).toContain(address)
    const named = [...document.matchAll(/`(\/[^`?]*)(?:\?[^`]*)?`/g)].map(([, address]) => address)
    for (const route of routes) expect(named).toContain(route)
  })

  it('names every state of the gallery, and none that is gone', () => {
    const stories = under('./stories')
      .filter((name) => name.endsWith('.tsx'))
      .flatMap((name) => [...text(name).matchAll(/^ {2}'([a-z-]+\/[a-z-]+)':/gm)].map(([, story]) => story))
    const named = [...document.matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map(([, story]) => story)
    expect([...new Set(named)].toSorted()).toEqual(stories.toSorted())
  })
})
