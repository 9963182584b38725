// The public pages of a real server as somebody without JavaScript meets them, and how the client takes their place.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openPage } from './chromium.mjs'
import { speed } from './speed.mjs'
import { axe, DESK, overflow, PHONE, targets } from './stories.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const LANGUAGES = ['ja', 'easy', 'en']
/** "Good" by the web vitals. */
const MOST_SHIFT = 0.1

/** The demonstration city of the server that was built last, on a free port. */
async function demonstration() {
  const program = ['release', 'debug'].map((kind) => `${root}target/${kind}/hiroba`).find(existsSync)
  if (!program) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'hiroba-pages-'))
  const config = `profile = "seed2004"\nweb = ${JSON.stringify(`${root}web/dist`)}\n\n[http.requests]\nburst = 100000\nper_minute = 100000\n\n[log]\norigin = "hiroba.example/test/log/1"\n`
  await writeFile(`${folder}/city.toml`, config)
  const city = spawn(
    program,
    [
      'serve',
      '--demo',
      '--config',
      `${folder}/city.toml`,
      '--data',
      `${folder}/data`,
      '--listen',
      '127.0.0.1:0',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, RUST_LOG: 'error' } },
  )
  const ended = new Promise((resolve) => city.on('exit', resolve))
  let url
  for await (const line of createInterface({ input: city.stdout })) {
    url = /http:\/\/[0-9.:]+/.exec(line)?.[0]
    if (url) break
  }
  if (!url) throw new Error('the demonstration city did not start')
  return {
    url,
    async close() {
      city.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The first page and every page that it leads to, by following its own links. */
async function addresses(page, url) {
  await page.goto(`${url}/cases`)
  const cases = await page
    .locator('main a[href^="/cases/case_"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  if (cases.length < 2) throw new Error(`the demonstration has ${cases.length} cases`)
  const found = [
    '/',
    '/cases',
    '/cases?q=公園&state=RESULT_PUBLISHED',
    '/receipts',
    '/receipts/1',
    '/receipts/99999',
  ]
  for (const one of cases) {
    await page.goto(url + one)
    const links = await page
      .locator(`main a[href^="${one}/"]`)
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    found.push(one, ...links.filter((link) => /\/(result|submit)$/.test(link)))
  }
  const published = await page.locator('main .timeline a').last().textContent()
  return [...found, `${cases.at(-1)}?at=${published.slice(1)}`, '/help', '/accessibility', '/me', '/nothing']
}

const named = (address) =>
  address
    .replace(/case_\w+/, 'case')
    .replace(/\W+/g, '-')
    .replace(/^-|-$/g, '') || 'home'

const withLanguage = (address, language) =>
  language === 'ja' ? address : `${address}${address.includes('?') ? '&' : '?'}lang=${language}`

/** Landmarks, one first heading, and names for what there is to fill in: what a reader relies on. */
const structure = (page) =>
  page.evaluate(() => {
    const count = (selector) => document.querySelectorAll(selector).length
    const wrong = []
    for (const selector of ['main', 'header', 'footer', 'h1', '.skip-link'])
      if (count(selector) !== 1) wrong.push(`${count(selector)} × ${selector}`)
    for (const table of document.querySelectorAll('table'))
      if (!table.querySelector('caption')) wrong.push('a table without a caption')
    const styled = getComputedStyle(document.querySelector('.site-header')).borderBlockEndStyle === 'solid'
    if (!styled) wrong.push('the page has no style')
    return wrong
  })

async function read(browser, url, shots) {
  const findings = []
  for (const [viewport, shot] of [
    [PHONE, 'phone'],
    [DESK, 'desk'],
  ]) {
    const context = await browser.newContext({ viewport, javaScriptEnabled: false, reducedMotion: 'reduce' })
    const page = await context.newPage()
    // axe itself is a script: the same pages, of which nothing but axe is executed.
    const blocked = await browser.newContext({ viewport, serviceWorkers: 'block' })
    await blocked.route('**/*.js', (route) => route.abort())
    const ruled = await blocked.newPage()
    for (const address of await addresses(page, url))
      for (const language of LANGUAGES) {
        const response = await page.goto(url + withLanguage(address, language))
        const note = (found) =>
          findings.push(
            ...found.map((one) => `without script, ${address} (${viewport.width} ${language}) ${one}`),
          )
        const wanted = /^\/(nothing|receipts\/99999)$/.test(address) ? 404 : 200
        if (response.status() !== wanted) note([`answered ${response.status()}`])
        note([...(await structure(page)), ...(await overflow(page)), ...(await targets(page))])
        if (language !== 'easy')
          await page.screenshot({
            path: `${shots}/${named(address)}-${language}-${shot}.png`,
            fullPage: true,
          })
        // What is only for those without JavaScript is not there for axe.
        if (address === '/me') continue
        await ruled.goto(url + withLanguage(address, language))
        note(await axe(ruled, `served/${named(address)}`))
      }
    await context.close()
    await blocked.close()
  }
  return findings
}

/** From the first page to a found receipt, with forms and links alone. */
async function walk(browser, url) {
  const findings = []
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('searchbox').fill('公園')
  await page.getByRole('button', { name: '探す' }).click()
  await page.locator('main h2 a').first().click()
  await page.getByRole('link', { name: '結果を見る' }).click()
  await page
    .getByRole('link', { name: /この意見の記録/ })
    .first()
    .click()
  await page.getByText('記録に残っています').waitFor()
  await page.getByRole('link', { name: '受付票の確認' }).click()
  await page.getByLabel('公開記録の位置').fill('＃１')
  await page.getByRole('button', { name: '確かめる' }).click()
  await page.getByText('記録に残っています').waitFor()
  if (!page.url().endsWith('/receipts/1')) findings.push(`the form led to ${page.url()}`)
  await page.getByRole('link', { name: 'English' }).click()
  await page.getByRole('heading', { level: 1, name: 'Check a receipt' }).waitFor()
  await context.close()
  return findings.map((one) => `without script, ${one}`)
}

/** Looks at every frame: once there is a heading, there is always one; and counts how far things jump. */
function watch() {
  globalThis.seen = { frames: 0, blank: 0, shift: 0, first: undefined, headings: [] }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.seen.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    const { seen } = globalThis
    const heading = [...document.querySelectorAll('main h1')].find((one) => one.checkVisibility())
    if (heading) seen.first ??= performance.now()
    if (heading && !seen.headings.includes(heading.textContent)) seen.headings.push(heading.textContent)
    if (seen.first !== undefined) {
      seen.frames += 1
      if (!heading) seen.blank += 1
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** The client takes the place of what was served, in one step, and nobody sees an empty page. */
async function takesOver(browser, url) {
  const findings = []
  const context = await browser.newContext({ viewport: PHONE, serviceWorkers: 'block' })
  const { page, faults } = await openPage(context)
  await page.addInitScript(watch)
  // The answer of the server is late, so that there is something to wait for.
  await page.route('**/graphql*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600))
    await route.continue()
  })
  await page.goto(`${url}/cases`)
  await page.locator('#served').waitFor({ state: 'detached' })
  const one = await page.locator('main h2 a').first().getAttribute('href')
  for (const address of [
    '/',
    '/cases',
    one,
    `${one}/submit`,
    '/help',
    '/receipts/1',
    '/me',
    `${one}?lang=en`,
  ]) {
    await page.goto(url + address)
    const served = (await page.title()).split('｜')[0]
    await page.locator('#served').waitFor({ state: 'detached' })
    await page.locator('#app main h1').waitFor()
    const { frames, blank, shift } = await page.evaluate(() => globalThis.seen)
    const note = (text) => findings.push(`taking over ${address}: ${text}`)
    if (blank > 0) note(`${blank} of ${frames} frames were empty`)
    if (shift > MOST_SHIFT) note(`things jumped by ${shift.toFixed(3)}`)
    // The steps of a submission and what needs the client have titles of their own.
    if (!/^\/me$|\/submit$/.test(address) && (await page.title()).split('｜')[0] !== served)
      note(`${served} became ${await page.title()}`)
    for (const fault of await faults()) note(fault)
  }
  // Nobody is interrupted while typing, and the form works by itself.
  await page.route('**/assets/*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  await page.goto(`${url}/cases`, { waitUntil: 'commit' })
  await page.locator('#served #q').fill('公園')
  await page.locator('#app main h1').waitFor({ state: 'attached' })
  if ((await page.locator('#served #q').inputValue()) !== '公園')
    findings.push('what was typed was taken away')
  await page.locator('#served #q').press('Enter')
  await page.waitForURL(/q=/)
  await context.close()
  return findings
}

/** What was chosen once is the language of every page from its first frame on. */
async function keepsLanguage(browser, url) {
  const findings = []
  const context = await browser.newContext({ viewport: PHONE, serviceWorkers: 'block' })
  const { page } = await openPage(context)
  await page.addInitScript(watch)
  for (const [name, lang] of [
    ['English', 'en'],
    ['やさしい日本語', 'ja'],
    ['日本語', 'ja'],
  ]) {
    await page.goto(url)
    await page.locator('#app').getByRole('button', { name, exact: true }).click()
    await page.waitForFunction((is) => document.documentElement.lang === is, lang)
    for (const address of ['/', '/cases', '/receipts/1', '/help']) {
      await page.goto(url + address)
      const served = await page.evaluate(() => document.documentElement.lang)
      await page.locator('#served').waitFor({ state: 'detached' })
      await page.locator('#app main h1').waitFor()
      const { headings } = await page.evaluate(() => globalThis.seen)
      if (served !== lang || headings.length !== 1)
        findings.push(`${address} in ${name} was first ${served}, and headed ${headings.join(' and then ')}`)
    }
  }
  await context.close()
  return findings
}

/** Walks through a running city, or the demonstration of the server that was built last. */
export async function withoutScript(browser, artefacts, url) {
  const city = url ? { url, close: async () => {} } : await demonstration()
  if (!city) {
    console.log('without script: not run, as hiroba is not built (cargo build --package server)')
    return []
  }
  const shots = `${artefacts}/without-script`
  await mkdir(shots, { recursive: true })
  const findings = []
  try {
    findings.push(...(await read(browser, city.url, shots)))
    findings.push(...(await walk(browser, city.url)))
    findings.push(...(await takesOver(browser, city.url)))
    findings.push(...(await keepsLanguage(browser, city.url)))
    await speed(browser, city.url, 'served by the city')
  } finally {
    await city.close()
  }
  console.log(`without script: ${findings.length} findings`)
  return findings
}
