// A public comment from draft to result, by several persons at once, against the real city.
import { mkdir } from 'node:fs/promises'
import { keeps, saved } from './kept.mjs'
import { fill, heading, OPINION, press, WORDS, write } from './words.mjs'

export const recorded = (page, o) => page.getByText(o.recorded).first().waitFor()
const LOOK = '連絡先を確かめるため'
const LETTER = '木の下にベンチもほしい。'
const CASE = /case_[^/?]+/

export async function draft(clerk, { city, lang, o, shot }, number = `8川緑第${lang === 'ja' ? 1 : 2}号`) {
  await clerk.goto(`${city.url}/staff?lang=${lang}`)
  await clerk.getByRole('link', { name: o.new }).first().click()
  await press(clerk, o.save)
  await clerk.getByText(o.mistakes).first().waitFor()
  await clerk.locator('#number').fill(number)
  for (const [label, words] of Object.entries(o.fields))
    await clerk
      .getByRole('textbox', {
        name: new RegExp(`^${label.replace(/[()]/g, '.')}(※必須|.{0,3}[Rr]equired.?)?$`),
      })
      .fill(words)
  await clerk.getByRole('tab', { name: o.preview }).click()
  await clerk.getByText('公園に樹木を植える。').first().waitFor()
  await clerk.getByRole('tab', { name: o.write, exact: true }).click()
  await press(clerk, o.save)
  await clerk.waitForURL(/case_[^/]+\/draft/)
  await shot(clerk, 'draft')
  return CASE.exec(clerk.url())[0]
}

async function publish(approver, id, { city, lang, o, shot }) {
  await approver.goto(`${city.url}/staff/cases/${id}/publish?lang=${lang}`)
  await fill(approver, o.places, '各区役所')
  await fill(approver, o.publicity, '広報紙')
  await fill(approver, o.method, 'ホームページ')
  await press(approver, o.publish)
  await shot(approver, 'publish')
  await approver.getByRole('dialog').getByRole('button', { name: o.publish, exact: true }).click()
  await recorded(approver, o)
}

export async function toSubmission(page, id, { city, lang, w }) {
  await page.goto(`${city.url}/cases/${id}?lang=${lang}`)
  await page.getByRole('link', { name: w.submit, exact: true }).first().click()
}

/** A citizen submits, checks the receipt, and keeps the opinion. */
async function submit(page, id, story, body) {
  const { w, shot } = story
  await toSubmission(page, id, story)
  await write(page, w, body)
  await press(page, w.send)
  await heading(page, w.received)
  await shot(page, 'receipt')
  const file = await saved(page, w.keep)
  await page.getByRole('link', { name: w.check }).click()
  await page.getByText(w.found).first().waitFor()
  await keeps(page, file, story, body ?? OPINION.split('\n')[0])
}

/** A citizen submits and takes the opinion back. */
async function submitAndWithdraw(page, id, story) {
  const { w } = story
  await toSubmission(page, id, story)
  await write(page, w, 'やはり出しません。')
  await press(page, w.send)
  await heading(page, w.received)
  await page.getByRole('link', { name: w.mine, exact: true }).first().click()
  await page.locator('main li.card a').first().click()
  await press(page, w.withdraw)
  await page.getByRole('dialog').getByRole('button', { name: w.withdraw }).click()
  await page.locator('.badge', { hasText: w.withdrawn }).first().waitFor()
}

/** The city takes the opinion, and the line breaks before its answer comes. What waits goes out again as the same command. */
async function answerLost(page, id, story) {
  const { w } = story
  await toSubmission(page, id, story)
  await write(page, w, '返事が途中で切れても、一通は一通です。')
  const ids = []
  let repeated
  await page.route('**/graphql', async (route) => {
    const { documentId, variables } = route.request().postDataJSON()
    if (!documentId || !variables?.input?.opinion) return route.continue()
    ids.push(variables.input.commandId)
    const response = await route.fetch()
    if (ids.length === 1) return route.abort('connectionreset')
    repeated = (await response.json()).data.submitOpinion.repeated
    return route.fulfill({ response })
  })
  await press(page, w.send)
  await heading(page, w.queued)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  for (let tries = 0; tries < 200 && repeated === undefined; tries += 1) await page.waitForTimeout(50)
  await page.unroute('**/graphql')
  if (ids.length !== 2 || ids[0] !== ids[1]) throw new Error(`sent as ${ids.length} commands: ${ids}`)
  if (repeated !== true) throw new Error('the second answer was not the first one again')
}

const SCAN = Buffer.from('手紙の写し\n', 'utf8')
/** What is printed on a receipt for whoever returns without an account. */
const CLAIM = /submission_[0-9A-Z]{26}\.[\w-]{22}/

/** A letter with its scan, and what it says of its sender; gives the secret that the sender is sent. */
async function paper(operator, id, { city, lang, o, shot }) {
  await operator.goto(`${city.url}/staff/cases/${id}/paper?lang=${lang}`)
  await operator.locator('#passage').selectOption('1')
  await fill(operator, o.paperBody, LETTER)
  await fill(operator, o.paperAgain, LETTER)
  await operator.setInputFiles('#attachments', { name: '手紙.txt', mimeType: 'text/plain', buffer: SCAN })
  await operator.getByText(o.scanned).waitFor()
  await fill(operator, o.paperName, '川崎 一郎')
  await operator.locator('#kana').fill('かわさき いちろう')
  if ((await operator.locator('#kana').inputValue()) !== 'カワサキ イチロウ')
    throw new Error('the reading is not in katakana')
  await operator.locator('#ward').selectOption({ label: '幸区' })
  await operator.locator('#declaresCitizen').check()
  await press(operator, o.receive)
  await operator.getByText(o.entered).first().waitFor()
  await shot(operator, 'paper')
  return CLAIM.exec(await operator.locator('main').textContent())[0]
}

/** Whoever wrote the letter finds it by the secret on the receipt. */
async function paperFound(page, claim, { city, lang, w }) {
  await page.goto(`${city.url}/me?lang=${lang}`)
  await page.locator('#claim').fill(claim)
  await page.locator('main form').getByRole('button').click()
  await page.locator('main li.card a').first().click()
  await page.getByText(LETTER).waitFor()
  await page.getByRole('button', { name: w.firstFile }).waitFor()
}

/** A file is tried first, then imported once, however often it is sent. */
async function importTwice(operator, id, { city, lang, o }) {
  const csv = Buffer.from('意見,提出方法,氏名\n歩道を広く,郵送,川崎 二郎\n,郵送,川崎 三郎\n', 'utf8')
  for (const _ of [1, 2]) {
    await operator.goto(`${city.url}/staff/cases/${id}/import?lang=${lang}`)
    await operator.setInputFiles('#csv', { name: 'opinions.csv', mimeType: 'text/csv', buffer: csv })
    await operator.getByText(o.tried).waitFor()
    await press(operator, o.import)
    await operator.getByText(o.imported).waitFor()
  }
}

const COUNTS = `query($id: ID!) { publicCommentCase(id: $id) { phase counts { submissionCount withdrawnCount }
  result { outcome changes { id reason after items } } } }`

/** The clerk splits, screens and answers every opinion; the first one changed the policy. */
async function answerAll(clerk, id, { city, lang, o, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}?lang=${lang}`)
  await press(clerk, o.startReview)
  await recorded(clerk, o)
  await clerk.goto(`${city.url}/staff/cases/${id}/queue?lang=${lang}`)
  const list = clerk.getByRole('list', { name: o.list })
  await clerk.getByLabel(o.filter, { exact: true }).selectOption('all')
  const rows = await list.getByRole('button').count()
  for (let at = 0; at < rows; at += 1) {
    await list.getByRole('button').nth(at).click()
    // What came late or was withdrawn is not answered.
    if ((await clerk.getByRole('button', { name: o.split }).count()) === 0) continue
    await press(clerk, o.split)
    await clerk.locator('article input[name^="item-"]').first().waitFor()
    await press(clerk, o.asSubmitted)
    await clerk.locator('section p', { hasText: o.asSubmitted }).first().waitFor()
  }
  // The first by hand, all others at once from the keyboard.
  await list.getByRole('button').first().focus()
  await clerk.keyboard.press('x')
  await clerk.getByLabel(o.category('A')).check()
  await fill(clerk, o.response, '御意見を踏まえて改めます。')
  await press(clerk, o.answer)
  await clerk.getByRole('button', { name: o.undo, exact: true }).waitFor()
  // The list is read anew after the answer; the keys count rows.
  await list.locator('.badge', { hasText: / A$/ }).waitFor()
  await clerk.getByLabel(o.filter, { exact: true }).selectOption('unanswered')
  const left = await list.getByRole('button').count()
  await list.getByRole('button').first().focus()
  for (let at = 0; at < left; at += 1) {
    await clerk.keyboard.press('x')
    await clerk.keyboard.press('j')
  }
  await clerk.getByLabel(o.category('C')).check()
  await fill(clerk, o.response, '今後の参考とします。')
  await press(clerk, o.answer)
  await clerk.getByText(o.complete).waitFor()
  await shot(clerk, 'answered')
}

/** The clerk opens a submitter's name with a reason, which the submitter reads later. */
async function openPersonal(clerk, id, { city, lang, o, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}/queue?lang=${lang}`)
  await clerk.getByLabel(o.filter, { exact: true }).selectOption('all')
  await clerk.getByRole('list', { name: o.list }).getByRole('button').first().click()
  await clerk.getByRole('link', { name: o.openPersonal }).click()
  await press(clerk, o.open)
  await clerk.getByText(o.mistakes).first().waitFor()
  await clerk.locator('input[type="checkbox"]').first().check()
  await clerk.locator('textarea').fill(LOOK)
  await press(clerk, o.open)
  await clerk.getByText('山田 花子').first().waitFor()
  await shot(clerk, 'personal')
}

async function decide(mayor, id, { city, lang, o, shot }) {
  await mayor.goto(`${city.url}/staff/cases/${id}/decide?lang=${lang}`)
  await mayor.getByLabel(o.decideWith).check()
  await fill(mayor, o.passage, '公園に樹木を植え、五年以内に終える。')
  await press(mayor, o.decide)
  await mayor.getByText(o.needsItems).first().waitFor()
  await mayor.locator('input[type="checkbox"]').first().check()
  await press(mayor, o.decide)
  await recorded(mayor, o)
  await shot(mayor, 'decided')
}

export async function publishResult(approver, id, { city, lang, o, shot }, changed = true) {
  await approver.goto(`${city.url}/staff/cases/${id}/result?lang=${lang}`)
  await fill(approver, o.reasons, '意見を受けて改めた。')
  if (changed) await fill(approver, o.changeReason, '狭いという意見のため')
  await shot(approver, 'result-preview')
  await press(approver, o.publishResult)
  await approver.getByRole('dialog').getByRole('button', { name: o.publishResult }).click()
  await recorded(approver, o)
}

/** What became of the opinion, for the one who wrote it and for everybody. */
async function read(page, id, { city, lang, w, shot }) {
  await page.goto(`${city.url}/me?lang=${lang}`)
  await page.locator('main li.card a').first().click()
  await page.getByText('御意見を踏まえて改めます。').first().waitFor()
  await page.getByText(LOOK).first().waitFor()
  await shot(page, 'answered-citizen')
  // The same file again, months later.
  await keeps(page, await saved(page, w.keep), { city, lang, w }, OPINION.split('\n')[0])
  await page.goto(`${city.url}/cases/${id}/result?lang=${lang}`)
  await page.getByText('意見を受けて改めた。').first().waitFor()
  await page.getByRole('link', { name: `添付1.txt（TXT、${SCAN.length} B）` }).waitFor()
  await shot(page, 'result')
  await page.goto(`${city.url}/log?lang=${lang}`)
  await page.getByRole('link', { name: w.log.verify }).click()
  await press(page, w.log.run)
  await page.getByText(w.log.good).first().waitFor()
}

/** The whole procedure; gives what went wrong. */
export async function procedure(browser, city, shots, lang) {
  await mkdir(shots, { recursive: true })
  const w = WORDS[lang]
  const shot = (page, name) => page.screenshot({ path: `${shots}/${name}-${lang}.png`, fullPage: true })
  const story = { city, lang, w, o: w.office, shot }
  const windows = []
  const open = async (persona, width) => {
    const opened = await city.window(browser, persona, { lang, width })
    windows.push(opened)
    return opened.page
  }
  const findings = []
  let step = ''
  const does = async (what, act) => {
    step = what
    return act()
  }
  try {
    const clerk = await open('clerk', 1280)
    const id = await does('draft', () => draft(clerk, story))
    await does('publish', async () => publish(await open('approver', 1280), id, story))
    const first = await open()
    await does('submit', () => submit(first, id, story))
    await does('persons at once', async () => {
      const [account, other, lost, operator] = await Promise.all([
        open('hanako'),
        open(),
        open(),
        open('operator', 1280),
      ])
      await Promise.all([
        submit(account, id, { ...story, shot: () => {} }, '子どもの遊ぶ場所も残してください。'),
        submitAndWithdraw(other, id, story),
        answerLost(lost, id, story),
        paper(operator, id, story)
          .then(async (claim) => paperFound(await open(), claim, story))
          .then(() => importTwice(operator, id, story)),
      ])
    })
    const { publicCommentCase: open_ } = await city.ask(COUNTS, { id })
    if (open_.counts.submissionCount !== 5 || open_.counts.withdrawnCount !== 1)
      findings.push(`procedure (${lang}): counted ${JSON.stringify(open_.counts)}`)
    await does('deadline while typing', async () => {
      const late = await open()
      await toSubmission(late, id, story)
      await write(late, w, '締め切りのあとに出した意見です。')
      // Beyond the longest holidays: a last day on one of them moves on.
      await city.turnCalendar(45)
      await press(late, w.send)
      await late.getByText(w.late).first().waitFor()
      await shot(late, 'closed-while-typing')
    })
    await does('answers', async () => answerAll(await open('clerk', 1280), id, story))
    await does('personal data', async () => openPersonal(await open('clerk', 1280), id, story))
    await does('decision', async () => decide(await open('mayor', 1280), id, story))
    await does('result', async () => publishResult(await open('approver', 1280), id, story))
    await does('reading', () => read(first, id, story))
    const { publicCommentCase: done } = await city.ask(COUNTS, { id })
    const [change] = done.result?.changes ?? []
    if (
      done.phase !== 'RESULT_PUBLISHED' ||
      change?.reason !== '狭いという意見のため' ||
      change.items.length !== 1
    )
      findings.push(`procedure (${lang}): published ${JSON.stringify(done)}`)
  } catch (error) {
    const words = error.message.split('\n').slice(0, 4).join(' ')
    findings.push(`procedure (${lang}), ${step}: ${words}`)
    await Promise.all(
      windows.map(({ page, persona }, at) => shot(page, `failed-${at}-${persona ?? 'anonymous'}`)),
    )
  }
  for (const { faults, context, persona } of windows) {
    const found = (await faults()).filter((one) => !/ERR_CONNECTION_RESET|ERR_FAILED/.test(one))
    findings.push(...found.map((one) => `procedure (${lang}), ${persona ?? 'a citizen'}: ${one}`))
    await context.close()
  }
  console.log(`procedure (${lang}): ${findings.length} findings`)
  return findings
}
