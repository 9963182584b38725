// What one person does in the built page, also where the line breaks or the city refuses. Whole procedures, with
// several persons, are in procedure.mjs.
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { openPage } from './chromium.mjs'
import { saved } from './kept.mjs'
import { answer, fill, heading, OPINION, press, WORDS, write } from './words.mjs'

async function toCase(page, url, w, lang) {
  await page.goto(`${url}/?lang=${lang}`)
  await page.locator('main li.card a').first().click()
  await page.getByRole('link', { name: w.submit, exact: true }).first().click()
}

/** A citizen finds a case, submits, keeps the receipt, checks it, and takes the opinion back. */
async function submitAndCheck({ page, url, w, lang, shot }) {
  await toCase(page, url, w, lang)
  await write(page, w)
  await shot('check')
  await press(page, w.send)
  await heading(page, w.received)
  await shot('receipt')
  await page.getByRole('link', { name: w.check }).click()
  await page.getByText(w.found).first().waitFor()
  await shot('receipt-checked')
  await page.getByRole('link', { name: w.mine, exact: true }).first().click()
  await page.locator('main li.card a').first().click()
  await press(page, w.withdraw)
  await page.getByRole('dialog').getByRole('button', { name: w.withdraw }).click()
  await page.locator('.badge', { hasText: w.withdrawn }).first().waitFor()
}

/** Mistakes are named, the draft outlives a reload, and what is typed after it goes on where it stopped. */
async function mistakesAndReload({ page, url, w, lang }) {
  await toCase(page, url, w, lang)
  await press(page, w.begin)
  await fill(page, w.body, OPINION)
  await page.waitForTimeout(100)
  const submitting = new URL(page.url()).pathname
  await page.goto(url + submitting)
  await press(page, w.resume)
  if ((await page.locator('textarea').inputValue()) !== OPINION) throw new Error('the draft was lost')
  await press(page, w.next)
  await page.getByLabel(w.individual, { exact: true }).check()
  await fill(page, w.contact, '電話')
  await fill(page, w.address, '中原区')
  await press(page, w.next)
  await page.getByText(w.summary).waitFor()
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('role'))
  if (focused !== 'alert') throw new Error('the summary of mistakes is not focused')
}

/** Without an account: whoever holds the receipt opens, before anything is published, the file that they sent. */
async function ownFile({ page, url, w, lang, shot }) {
  const bytes = Buffer.from('北口の写真の説明です。\n', 'utf8')
  await toCase(page, url, w, lang)
  await press(page, w.begin)
  await page.setInputFiles('#attachments', { name: '説明.txt', mimeType: 'text/plain', buffer: bytes })
  await page.getByText(w.stored).waitFor()
  await answer(page, w)
  await press(page, w.send)
  await heading(page, w.received)
  await page.getByRole('link', { name: w.mine, exact: true }).first().click()
  await page.locator('main li.card a').first().click()
  const file = await saved(page, w.firstFile)
  if (!bytes.equals(await readFile(file))) throw new Error('the file is not the one that was sent')
  await shot('mine')
}

/** The line is cut in the middle of an upload; later the file goes on where it was, and arrives whole. */
async function cutUpload({ page, context, url, w, lang, shot, city }) {
  const buffer = Buffer.from('駅前の調査\n'.repeat(200_000), 'utf8')
  const file = { name: '調査.txt', mimeType: 'text/plain', buffer }
  await toCase(page, url, w, lang)
  await press(page, w.begin)
  await fill(page, w.body, OPINION)
  let pieces = 0
  let reached = 0
  await page.route('**/files/*', async (route) => {
    if (route.request().method() !== 'PUT') return route.continue()
    pieces += 1
    if (pieces < 3) return route.continue()
    reached ||= Number(route.request().headers()['upload-offset'])
    await context.setOffline(true)
    return route.abort('internetdisconnected')
  })
  await page.setInputFiles('#attachments', file)
  await page.getByText(w.cut).waitFor({ timeout: 60_000 })
  await shot('cut')
  await page.unroute('**/files/*')
  await context.setOffline(false)

  // The page is opened anew, later.
  await page.goto(url + new URL(page.url()).pathname)
  await press(page, w.resume)
  await page.getByText(w.again).waitFor()
  const asked = []
  page.on('request', (request) => {
    if (request.url().includes('/files/file_'))
      asked.push(`${request.method()} ${request.headers()['upload-offset'] ?? ''}`.trim())
  })
  await page.setInputFiles('#attachments', file)
  await page.getByText(w.stored).waitFor()
  if (reached === 0 || asked[0] !== 'HEAD' || asked[1] !== `PUT ${reached}`)
    throw new Error(`cut at ${reached}, and then: ${asked}`)
  await answer(page, w)
  await press(page, w.send)
  await heading(page, w.received)
  await shot('arrived')
  if (city) {
    const whole = [...city.files.values()].some(({ bytes }) => bytes.equals(buffer))
    if (!whole) throw new Error('the file did not arrive whole')
    return
  }
  // What the submitter keeps opens what the log commits to of the file.
  const kept = await readFile(await saved(page, w.keep), 'utf8')
  const { openings } = JSON.parse(kept)
  const sha256 = createHash('sha256').update(buffer).digest('hex')
  if (!openings.some(({ text }) => text?.includes(sha256))) throw new Error('the file did not arrive whole')
}

/** The command ids that wait on the device. */
const OUTBOX = async () => {
  const done = (request) =>
    new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result)
    })
  const database = await done(indexedDB.open('hiroba'))
  return done(database.transaction('outbox').objectStore('outbox').getAllKeys())
}

/** The line breaks while sending: the opinion waits, and goes out once when the line is back. */
async function lostLine({ page, context, url, w, lang, shot, city }) {
  await toCase(page, url, w, lang)
  await write(page, w)
  await context.setOffline(true)
  await press(page, w.send)
  await heading(page, w.queued)
  await shot('queued')
  const [id] = await page.evaluate(OUTBOX)
  await context.setOffline(false)
  await page.waitForFunction(`(${OUTBOX})().then((ids) => ids.length === 0)`)
  if (city && !city.submissions.has(`submission_${id}`)) throw new Error('the opinion did not arrive')
}

/** A refusal is told in words, and nothing that was written is lost. */
async function refused({ page, url, w, lang, city }) {
  await toCase(page, url, w, lang)
  await write(page, w)
  city.next = 'refuse'
  await press(page, w.send)
  await page.getByText(w.refused).first().waitFor()
  await page.getByText('車いすとベビーカー').first().waitFor()
}

/** An auditor verifies the whole log and looks at an entry. */
async function audit({ page, url, shot }) {
  await page.goto(`${url}/log?lang=ja`)
  await page.getByRole('link', { name: '記録を確かめる' }).click()
  await press(page, '確かめる')
  await page.getByText('すべて合いました').waitFor()
  await shot('log-verified')
  await page.goto(`${url}/log/0`)
  await heading(page, '記録 #0')
}

/** The reader goes back in time and returns; the links keep the day. */
async function timeTravel({ page, url }) {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  await page.goto(`${url}/?lang=ja&at=${yesterday}`)
  await page.locator('#app').getByText('過去の時点を見ています').waitFor()
  await page.locator('main li.card a').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (!page.url().includes(`at=${yesterday}`)) throw new Error('the link forgot the day')
  await press(page, '現在に戻る')
  await page.locator('#app').getByText('過去の時点を見ています').waitFor({ state: 'detached' })
}

/** Without a line the shell opens and shows the last list, and says so. */
async function offlineShell({ page, context, url }) {
  await page.goto(`${url}/?lang=ja`)
  await page.locator('#app main li.card').first().waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.reload()
  await page.locator('#app main li.card').first().waitFor()
  await context.setOffline(true)
  await page.reload()
  await page.getByText('前に読み込んだ写し').waitFor()
  await context.setOffline(false)
}

/** What needs the small city, which can be told to refuse. */
const SMALL = { refused }

const FLOWS = {
  submitAndCheck,
  ownFile,
  cutUpload,
  mistakesAndReload,
  lostLine,
  audit,
  timeTravel,
  offlineShell,
}

/** Several people at once, each in a window of their own. */
export async function flows(browser, url, shots, city) {
  await mkdir(shots, { recursive: true })
  const run = async ([name, flow], lang) => {
    const context = await browser.newContext({
      viewport: { width: 360, height: 740 },
      reducedMotion: 'reduce',
      serviceWorkers: name === 'offlineShell' ? 'allow' : 'block',
    })
    const { page, faults } = await openPage(context)
    const shot = (what) => page.screenshot({ path: `${shots}/${name}-${what}-${lang}.png`, fullPage: true })
    try {
      await flow({ page, context, url, w: WORDS[lang], lang, shot, city })
    } catch (error) {
      await shot('failed')
      await context.close()
      return [`flow ${name} (${lang}): ${error.message.split('\n').slice(0, 3).join(' ')}`]
    }
    // Going offline on purpose is reported by the browser as a failed request.
    const found = (await faults()).filter((one) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(one))
    await context.close()
    return found.map((one) => `flow ${name} (${lang}): ${one}`)
  }
  const findings = (await Promise.all(Object.entries(FLOWS).map((flow) => run(flow, 'ja')))).flat()
  findings.push(...(await run(['submitAndCheck', submitAndCheck], 'en')))
  if (city) for (const flow of Object.entries(SMALL)) findings.push(...(await run(flow, 'ja')))
  console.log(`flows: ${findings.length} findings`)
  return findings
}
