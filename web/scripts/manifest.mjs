// Puts the manifest of trusted documents beside the page, for the server to load at start.
import { copyFileSync } from 'node:fs'

copyFileSync(
  new URL('../src/generated/persisted-documents.json', import.meta.url),
  new URL('../dist/persisted-documents.json', import.meta.url),
)
