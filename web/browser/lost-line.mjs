// The line breaks in the middle of a submission to the real city: the opinion waits on the device with a clear mark,
// outlives the page, and reaches the city exactly once when the line is back. All of it with the keyboard alone.
import { mkdir } from 'node:fs/promises'
import { openPage } from './chromium.mjs'
import { heading, WORDS } from './words.mjs'

const MOST_STOPS = 120
const BODY = '坂の上の停留所にも、屋根と腰掛けがほしいです。'

/** What an entry of the outbox is called: the id of its command. */
const OUTBOX = async () => {
  const done = (request) =>
    new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result)
    })
  const database = await done(indexedDB.open('hiroba'))
  const ids = await done(database.transaction('outbox').objectStore('outbox').getAllKeys())
  database.close()
  return ids
}

/** Goes on with Tab until this has the focus. */
async function reach(page, locator) {
  await locator.first().waitFor()
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    if (await locator.first().evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${locator}`)
}

const button = (page, name) => page.getByRole('button', { name, exact: true })
const link = (page, name) => page.getByRole('link', { name, exact: true })

async function pressKey(page, locator, key = 'Enter') {
  await reach(page, locator)
  await page.keyboard.press(key)
}

async function type(page, name, text) {
  await reach(page, page.getByRole('textbox', { name: new RegExp(`^${name.replace(/[()（）]/g, '.')}`) }))
  await page.keyboard.insertText(text)
}

/** From the first page to the last step before sending. */
async function writeByKeyboard(page, city, w, lang) {
  await page.goto(`${city.url}/?lang=${lang}`)
  // Everything that is needed without a line is on the device.
  await page.evaluate(() => navigator.serviceWorker.ready)
  await pressKey(page, page.locator('#app main li.card a'))
  await pressKey(page, link(page, w.submit))
  await pressKey(page, button(page, w.begin))
  await type(page, w.body, BODY)
  await pressKey(page, button(page, w.next))
  await pressKey(page, page.getByRole('radio').first(), 'Space')
  await type(page, w.family, '坂上')
  await type(page, w.given, '歩')
  await type(page, w.address, '麻生区4-5-6')
  await type(page, w.contact, 'ayumi@example.jp')
  await pressKey(page, button(page, w.next))
  await pressKey(page, page.getByRole('checkbox', { name: w.consent }), 'Space')
}

async function walk(context, city, w, lang, { open, shot }) {
  const before = await city.ask(COUNTS)
  let page = await open()
  await writeByKeyboard(page, city, w, lang)
  await context.setOffline(true)
  await pressKey(page, button(page, w.send))
  await heading(page, w.queued)
  await shot(page, 'queued')
  const [id] = await page.evaluate(OUTBOX)
  await page.close()

  // Opened again without a line: the mark stands on the first page, and the words are there.
  page = await open()
  await page.goto(`${city.url}/?lang=${lang}`)
  await page.getByText(w.unsent).first().waitFor()
  await shot(page, 'unsent')
  await pressKey(page, page.locator('main').getByRole('link', { name: w.mine, exact: true }))
  await heading(page, w.mine)
  await page.getByText(w.notSent).first().waitFor()
  await shot(page, 'waiting')
  await page.close()

  // The line is back, and two pages wake up at once: still one command.
  await context.setOffline(false)
  const pages = await Promise.all([open(), open()])
  await Promise.all(pages.map((one) => one.goto(`${city.url}/?lang=${lang}`)))
  await pages[0].waitForFunction(`(${OUTBOX})().then((ids) => ids.length === 0)`)
  await Promise.any(pages.map((one) => one.getByText(w.sent).first().waitFor()))
  await shot(pages[0], 'sent')
  const caused = await causedBy(city, id, before.log.size)
  if (caused.join() !== 'opinion_submitted') throw new Error(`the command caused ${caused}`)
  const after = await city.ask(COUNTS)
  const count = ({ publicCommentCases }) =>
    publicCommentCases.nodes.reduce((sum, one) => sum + one.counts.submissionCount, 0)
  if (count(after) !== count(before) + 1)
    throw new Error(`${count(after) - count(before)} submissions were counted`)
  await pressKey(pages[0], link(pages[0], w.mine))
  await pages[0].locator('main li.card').first().waitFor()
  const shown = await pages[0].locator('main li.card').count()
  if (shown !== 1) throw new Error(`${shown} submissions are shown as mine`)
}

const COUNTS = '{ log { size } publicCommentCases { nodes { id counts { submissionCount } } } }'

/** The kinds of all events since a size of the log that this command caused: their ids follow from its own. */
async function causedBy(city, command, size) {
  const query = 'query($from: LogPosition!) { logEntries(from: $from, first: 100) { id kind } }'
  const { logEntries } = await city.ask(query, { from: Number(size) })
  return logEntries.filter(({ id }) => id.startsWith(`event_${command}.`)).map(({ kind }) => kind)
}

export async function lostLine(browser, city, shots, lang) {
  await mkdir(shots, { recursive: true })
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    reducedMotion: 'reduce',
    serviceWorkers: 'allow',
  })
  const opened = []
  const open = async () => {
    const one = await openPage(context)
    opened.push(one)
    return one.page
  }
  const shot = (page, name) =>
    page.screenshot({ path: `${shots}/lost-line-${name}-${lang}.png`, fullPage: true })
  const findings = []
  try {
    await walk(context, city, WORDS[lang], lang, { open, shot })
  } catch (error) {
    findings.push(`lost line (${lang}): ${error.message.split('\n').slice(0, 3).join(' ')}`)
    const last = opened.filter(({ page }) => !page.isClosed()).at(-1)
    if (last) await shot(last.page, 'failed')
  }
  for (const { page, faults } of opened)
    if (!page.isClosed())
      findings.push(
        ...(await faults())
          .filter((one) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(one))
          .map((one) => `lost line (${lang}): ${one}`),
      )
  await context.close()
  console.log(`lost line (${lang}): ${findings.length} findings`)
  return findings
}
