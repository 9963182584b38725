// node browser/run.mjs [--only PREFIX] [--url http://127.0.0.1:8080]
// Without an address the gallery of screens is built and served here; with one, a running server is walked through.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { launch } from './chromium.mjs'
import { keyboard } from './keyboard.mjs'
import { serve } from './serve.mjs'
import { stories } from './stories.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const argument = (name) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

const browser = await launch()
const findings = []
const url = argument('--url')
if (url) {
  const { flows } = await import('./flows.mjs')
  findings.push(...(await flows(browser, url, `${root}artefacts/flows`)))
} else {
  execFileSync('npx', ['vite', 'build', '--mode', 'stories', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' })
  const server = await serve(`${root}artefacts/gallery`, { fallback: 'gallery.html' })
  findings.push(...(await stories(browser, server.url, `${root}artefacts/screens`, argument('--only'))))
  if (!argument('--only')) findings.push(...(await keyboard(browser, server.url)))
  await server.close()
}
await browser.close()

for (const finding of findings) console.error(`✗ ${finding}`)
console.log(findings.length === 0 ? 'browser tests: no findings' : `browser tests: ${findings.length} findings`)
process.exit(findings.length === 0 ? 0 : 1)
