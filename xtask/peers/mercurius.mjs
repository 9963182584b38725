// Mercurius with JIT, answering a page of items from memory: the peer of `cargo xtask bench --only query`.
//
//   node mercurius.mjs SCHEMA DATA
//
// SCHEMA is ours; DATA holds the case and its items as our server answers them.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import mercurius from 'mercurius'

const [schema, data] = process.argv.slice(2)
const { id, items } = JSON.parse(readFileSync(data, 'utf8'))

// A cursor is the number of the item as our server writes it: eight bytes.
const numberOf = (cursor) => Number(Buffer.from(cursor, 'base64url').readBigUInt64BE())
const cursorOf = (number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(number))
  return bytes.toString('base64url')
}

// Resolvers stand in the schema: the compiled query calls no functions of data.
const page = (_, { first, after }) => {
  // Items are numbered from 1, without holes.
  const from = after ? numberOf(after) : 0
  const nodes = items.slice(from, from + first)
  return {
    totalCount: items.length,
    pageInfo: { hasNextPage: from + first < items.length, endCursor: cursorOf(from + nodes.length) },
    nodes,
  }
}

const app = Fastify()
await app.register(mercurius, {
  schema: readFileSync(schema, 'utf8'),
  resolvers: {
    Query: { publicCommentCase: (_, asked) => (asked.id === id ? { id } : null) },
    PublicCommentCase: { items: page },
  },
  jit: 1,
})
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
