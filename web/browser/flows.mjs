// What people do, from beginning to end, in the built page.
import { mkdir } from 'node:fs/promises'
import { openPage } from './chromium.mjs'
import { answerAndPublishResults, draftAndPublish, importTwice } from './office-flows.mjs'

const OPINION = '歩道は4メートルでは狭いと思います。\n車いすとベビーカーがすれ違えません。'

const WORDS = {
  ja: {
    submit: '意見を出す',
    begin: '意見を書く',
    body: '意見',
    next: '次へ進む',
    individual: '個人',
    family: '姓',
    given: '名',
    address: '住所',
    contact: '連絡先（電子メールまたは電話）',
    consent: '意見の内容が公表されることを確かめました',
    send: '意見を提出する',
    received: '受け付けました',
    check: '受付票を確かめる',
    found: '記録に残っています',
    resume: '続きから書く',
    queued: 'まだ市に届いていません',
    withdraw: '取り下げる',
    withdrawn: '取り下げ',
    mine: '私の意見',
    refused: '受け付けられませんでした',
    summary: '3か所を直してください',
  },
  en: {
    submit: 'Submit an opinion',
    begin: 'Write an opinion',
    body: 'Opinion',
    next: 'Continue',
    individual: 'Individual',
    family: 'Family name',
    given: 'Given name',
    address: 'Address',
    contact: 'Contact (e-mail or telephone)',
    consent: 'I understand that my opinion will be published',
    send: 'Submit the opinion',
    received: 'Your opinion was received',
    check: 'Check the receipt',
    found: 'It is in the record',
    resume: 'Continue',
    queued: 'Not yet with the city',
    withdraw: 'Withdraw',
    withdrawn: 'Withdrawn',
    mine: 'My submissions',
    refused: 'Not accepted',
    summary: 'Please correct 3 entries',
  },
}

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const fill = (page, name, text) =>
  page
    .getByRole('textbox', { name: new RegExp(`^${name.replace(/[()（）]/g, '.')}`) })
    .first()
    .fill(text)

async function toCase(page, url, w, lang) {
  await page.goto(`${url}/?lang=${lang}`)
  await page.locator('main li.card a').first().click()
  await page.getByRole('link', { name: w.submit, exact: true }).first().click()
}

async function write(page, w) {
  await press(page, w.begin)
  await fill(page, w.body, OPINION)
  await press(page, w.next)
  await page.getByLabel(w.individual, { exact: true }).check()
  await fill(page, w.family, '山田')
  await fill(page, w.given, '花子')
  await fill(page, w.address, '中原区1-2-3')
  await fill(page, w.contact, 'hanako@example.jp')
  await press(page, w.next)
  await page.getByLabel(w.consent).check()
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
  await page.goto(`${url}/?lang=ja&at=2026-03-31`)
  await page.getByText('過去の時点を見ています').waitFor()
  await page.locator('main li.card a').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (!page.url().includes('at=2026-03-31')) throw new Error('the link forgot the day')
  await press(page, '現在に戻る')
  await page.getByText('過去の時点を見ています').waitFor({ state: 'detached' })
}

/** Without a line the shell opens and shows the last list, and says so. */
async function offlineShell({ page, context, url }) {
  await page.goto(`${url}/?lang=ja`)
  await page.locator('main li.card').first().waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.reload()
  await page.locator('main li.card').first().waitFor()
  await context.setOffline(true)
  await page.reload()
  await page.getByText('前に読み込んだ写し').waitFor()
  await context.setOffline(false)
}

/** What needs the small city, whose answers can be looked at. */
const OFFICE = { refused, draftAndPublish, answerAndPublishResults, importTwice }

const FLOWS = { submitAndCheck, mistakesAndReload, lostLine, audit, timeTravel, offlineShell }

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
  if (city) for (const flow of Object.entries(OFFICE)) findings.push(...(await run(flow, 'ja')))
  console.log(`flows: ${findings.length} findings`)
  return findings
}
