// Puts the manifest of trusted documents beside the page, for the server to load at start.
import { readFileSync, writeFileSync } from 'node:fs'

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const documents = ['', 'staff/'].map((part) => read(`../src/generated/${part}persisted-documents.json`))
writeFileSync(
  new URL('../dist/persisted-documents.json', import.meta.url),
  JSON.stringify(Object.assign({}, ...documents), null, 2),
)
