// node browser/run.mjs [--only PREFIX | --flows | --served | --voting] [--update] [--url http://127.0.0.1:8080]
// Without an address the screens are opened one by one, and the built page is walked through in a real city, which
// cargo builds, and in a small one for what a real one cannot show; with an address, that running city is walked.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { launch } from './chromium.mjs'
import { desk } from './desk.mjs'
import { flows } from './flows.mjs'
import { keyboard } from './keyboard.mjs'
import { lighthouse } from './lighthouse.mjs'
import { lostLine } from './lost-line.mjs'
import { names, paper } from './names.mjs'
import { procedure } from './procedure.mjs'
import { startCity } from './real-city.mjs'
import { serve } from './serve.mjs'
import { SmallCity } from './small-city.mjs'
import { speed } from './speed.mjs'
import { publishResults, stories } from './stories.mjs'
import { voting } from './voting.mjs'
import { withoutScript } from './without-script.mjs'

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
  await voting(browser)
  await server.close()
  if (city.unknownDocuments > 0)
    findings.push(`${city.unknownDocuments} documents were sent that the manifest does not hold`)
  return findings
}

/** A public comment from draft to result with several persons at once, in the city that cargo builds. */
async function realCity(browser) {
  const city = await startCity()
  try {
    // First, as the procedure turns the calendar past the deadline of the case that these use.
    const findings = await lighthouse(city, `${root}artefacts/lighthouse`)
    findings.push(...(await flows(browser, city.url, `${root}artefacts/flows`)))
    for (const lang of ['ja', 'en'])
      findings.push(...(await lostLine(browser, city, `${root}artefacts/flows`, lang)))
    for (const lang of ['ja', 'en'])
      findings.push(...(await procedure(browser, city, `${root}artefacts/procedure`, lang)))
    // Last, as it turns the calendar by years.
    findings.push(...(await desk(browser, city, `${root}artefacts/procedure`)))
    return findings
  } finally {
    await city.close()
  }
}

const browser = await launch()
const findings = []
const url = argument('--url')
const only = argument('--only')
if (has('--served')) findings.push(...(await withoutScript(browser, `${root}artefacts`, url)))
else if (has('--voting')) await voting(browser)
else if (url) findings.push(...(await flows(browser, url, `${root}artefacts/flows`)))
else {
  if (!has('--flows')) findings.push(...(await screens(browser, only)))
  if (!only) {
    findings.push(...(await realCity(browser)))
    findings.push(...(await smallCity(browser)))
  }
  if (!only && !has('--flows')) findings.push(...(await withoutScript(browser, `${root}artefacts`)))
}
await browser.close()

for (const finding of findings) console.error(`✗ ${finding}`)
console.log(
  findings.length === 0 ? 'browser tests: no findings' : `browser tests: ${findings.length} findings`,
)
process.exit(findings.length === 0 ? 0 : 1)
