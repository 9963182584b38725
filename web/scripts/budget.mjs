// Fails the build when the first route of the citizen bundle outgrows an old phone.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = { js: 120_000, css: 20_000 }
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

/** Every chunk that the browser must have before the named source runs. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) closure(next, seen)
  return seen
}

const gzip = (file) => gzipSync(readFileSync(new URL(file, dist))).length

// The first route: the entry with the home screen, and its sentences.
const first = new Set()
for (const key of ['index.html', 'src/institutions/public_comment/messages/ja.ts']) {
  if (!manifest[key]) throw new Error(`budget: ${key} is not in the manifest`)
  closure(key, first)
}
const js = [...first].reduce((sum, key) => sum + gzip(manifest[key].file), 0)
const css = [...new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []))].reduce(
  (sum, file) => sum + gzip(file),
  0,
)

console.log(
  `budget: JavaScript of the first route ${js} of ${BUDGET.js} bytes gzip, all CSS ${css} of ${BUDGET.css}`,
)
if (js > BUDGET.js || css > BUDGET.css) {
  console.error('budget: exceeded. Load what the home screen does not need with import().')
  process.exit(1)
}
