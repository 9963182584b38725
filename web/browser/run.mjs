// node browser/run.mjs [--only PREFIX | --flows] [--update] [--url http://127.0.0.1:8080]
// Without an address the screens and the built page are served here; with one, a running city is walked through.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { launch } from './chromium.mjs'
import { flows } from './flows.mjs'
import { keyboard } from './keyboard.mjs'
import { names, paper } from './names.mjs'
import { serve } from './serve.mjs'
import { SmallCity } from './small-city.mjs'
import { speed } from './speed.mjs'
import { publishResults, stories } from './stories.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const has = (name) => process.argv.includes(name)
const argument = (name) => (has(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)

/** Every screen in every state, from the gallery. */
async function screens(browser, only) {
  execFileSync('npx', ['vite', 'build', '--mode', 'stories', '--logLevel', 'error'], {
    cwd: root,
    stdio: 'inherit',
  })
  const server = await serve(`${root}artefacts/gallery`, { fallback: 'gallery.html' })
  const { findings, rules } = await stories(browser, server.url, `${root}artefacts`, only)
  if (!only) {
    const walked = await keyboard(browser, server.url)
    findings.push(...walked.findings)
    findings.push(...(await names(browser, server.url, has('--update'))))
    findings.push(...(await paper(browser, server.url, `${root}artefacts/paper`)))
    await publishResults(`${root}public/accessibility.json`, walked.names, rules, findings.length)
  }
  await server.close()
  return findings
}

/** The built page against a city of one case. */
async function smallCity(browser) {
  const city = new SmallCity(`${root}dist`)
  const server = await serve(`${root}dist`, { answer: city.answer })
  const findings = await flows(browser, server.url, `${root}artefacts/flows`, city)
  await speed(browser, server.url)
  await server.close()
  if (city.unknownDocuments > 0)
    findings.push(`${city.unknownDocuments} documents were sent that the manifest does not hold`)
  return findings
}

const browser = await launch()
const findings = []
const url = argument('--url')
const only = argument('--only')
if (url) findings.push(...(await flows(browser, url, `${root}artefacts/flows`)))
else {
  if (!has('--flows')) findings.push(...(await screens(browser, only)))
  if (!only) findings.push(...(await smallCity(browser)))
}
await browser.close()

for (const finding of findings) console.error(`✗ ${finding}`)
console.log(
  findings.length === 0 ? 'browser tests: no findings' : `browser tests: ${findings.length} findings`,
)
process.exit(findings.length === 0 ? 0 : 1)
