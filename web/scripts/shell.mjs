// Writes into the service worker which files the shell is made of: the page and every part of the citizen's
// bundle, so that it opens without a line wherever it was closed; and a name that changes with them.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const dist = new URL('../dist/', import.meta.url)
const read = (name) => readFileSync(new URL(name, dist), 'utf8')
const manifest = JSON.parse(read('.vite/manifest.json'))

const files = new Set(['/index.html', '/icon.svg', '/manifest.webmanifest'])
const seen = new Set()
function add(key) {
  // The office is loaded where there is a line, and only by those who work there.
  if (seen.has(key) || key === 'src/staff.tsx') return
  seen.add(key)
  const { file, css = [], imports = [], dynamicImports = [] } = manifest[key]
  for (const one of [file, ...css]) files.add(`/${one}`)
  for (const next of [...imports, ...dynamicImports]) add(next)
}
add('index.html')

const release = createHash('sha256')
for (const file of files) release.update(read(file.slice(1)))
const worker = read('sw.js')
const written = worker
  .replace(/const RELEASE = '.*'/, `const RELEASE = '${release.digest('hex').slice(0, 16)}'`)
  .replace(/const FILES = \[.*\]/, `const FILES = ${JSON.stringify([...files])}`)
if (written === worker || files.size < 10) throw new Error('the service worker has no place for the shell')
writeFileSync(new URL('sw.js', dist), written)
console.log(`shell: ${files.size} files`)
