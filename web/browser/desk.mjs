// What the office does beside the main procedure, against the real city: documents and their versions, the notice
// before it hangs, an exemption, one answer for those who say the same, a text taken down, data erased on request and
// by schedule; and what everybody finds of it: by searching, in the statistics, with files beside an opinion.
import { mkdir } from 'node:fs/promises'
import { draft, publishResult, recorded, toSubmission } from './procedure.mjs'
import { fill, heading, press, WORDS, write } from './words.mjs'

const text = (name, words) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(words, 'utf8') })
const SAME = 'ベンチを木陰に置いてください。'
/** A receipt's number: Crockford's base 32. */
const NUMBER = /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/
const SCREEN_OF = /submission_[0-9A-Z]{26}/

/** A document is sent, replaced by a second version before publication, and read back by the office. */
async function documents(clerk, id, { city, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}/materials?lang=ja`)
  await press(clerk, '資料を付ける')
  await clerk
    .getByText('3か所を直してください')
    .or(clerk.getByText('2か所を直してください'))
    .first()
    .waitFor()
  await fill(clerk, '資料の題名', '木陰の調査')
  await clerk.setInputFiles('#material-file', text('survey.exe', 'x'))
  await press(clerk, '資料を付ける')
  await clerk.getByText('この種類（exe）は受け付けません').first().waitFor()
  await clerk.setInputFiles('#material-file', text('survey.txt', '第一版です。\n'))
  await press(clerk, '資料を付ける')
  await clerk.getByText('第1版').first().waitFor()
  await clerk.locator('#material').selectOption({ label: '木陰の調査' })
  await clerk.setInputFiles('#material-file', text('survey.txt', '第二版です。\n'))
  await press(clerk, '資料を付ける')
  await clerk.getByText('第2版').first().waitFor()
  await shot(clerk, 'materials')
  const download = clerk.waitForEvent('download')
  await press(clerk, '木陰の調査')
  const stream = await (await download).createReadStream()
  const read = Buffer.concat(await stream.toArray()).toString('utf8')
  if (read !== '第二版です。\n') throw new Error(`the document reads ${read}`)
}

/** Whoever wrote the draft cannot open the period; the other sees the notice as it will hang, and opens it. */
async function notice(clerk, approver, id, { city, o, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}/publish?lang=ja`)
  await clerk.getByText('案を書いた人と別の人だけが公表できます').first().waitFor()
  await approver.goto(`${city.url}/staff/cases/${id}/publish?lang=ja`)
  await fill(approver, o.places, '緑政課の窓口')
  await fill(approver, o.publicity, '広報紙')
  await fill(approver, o.method, 'ホームページ')
  const sheet = approver.locator('article.card')
  await sheet.getByText('緑政課の窓口').waitFor()
  await sheet.getByText('木陰の調査').waitFor()
  if ((await approver.getByText('案を書いた人と別の人だけが公表できます').count()) > 0)
    throw new Error('the approver is taken for the drafter')
  await shot(approver, 'notice')
  await press(approver, o.publish)
  await approver.getByRole('dialog').getByRole('button', { name: o.publish, exact: true }).click()
  await recorded(approver, o)
}

/** While the period runs a document is corrected; the version before stays in sight of everybody. */
async function correction(clerk, reader, id, { city, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}/materials?lang=ja`)
  await clerk.locator('#material').selectOption({ label: '木陰の調査' })
  await fill(clerk, '訂正した内容（公表されます）', '数字の誤りを直した。')
  await clerk.setInputFiles('#material-file', text('survey.txt', '第三版です。\n'))
  await press(clerk, '訂正を公表する')
  await clerk.getByText('第3版').first().waitFor()
  await reader.goto(`${city.url}/cases/${id}?lang=ja`)
  await reader.getByText('数字の誤りを直した。').first().waitFor()
  await reader.getByRole('link', { name: '第2版' }).first().waitFor()
  await shot(reader, 'corrected')
}

/** An opinion with a file: what is not taken is said before it is sent, and the file is named with the opinion. */
async function withFile(page, id, story, body) {
  const { w, shot } = story
  await toSubmission(page, id, story)
  await press(page, w.begin)
  await fill(page, w.body, body)
  await page.setInputFiles('#attachments', [
    text('地図.exe', 'x'),
    text('空.txt', ''),
    text('地図.txt', '北口\n'),
  ])
  await page.getByText('地図.exe：この種類のファイルは受け付けていません').waitFor()
  await page.getByText('空.txt：中身がありません').waitFor()
  await page.getByText(/^送りました（/).waitFor()
  // The names are in the draft; the draft is found again with them.
  const { origin, pathname } = new URL(page.url())
  await page.goto(origin + pathname)
  await press(page, w.resume)
  await page.getByText(/^送りました（/).waitFor()
  await shot(page, 'attachment')
  await press(page, w.next)
  await page.getByLabel(w.individual, { exact: true }).check()
  await fill(page, w.family, '山田')
  await fill(page, w.given, '花子')
  await fill(page, w.address, '中原区1-2-3')
  await fill(page, w.contact, 'hanako@example.jp')
  await press(page, w.next)
  await page.getByText('地図.txt').waitFor()
  await page.getByLabel(w.consent).check()
  await press(page, w.send)
  await heading(page, w.received)
  return NUMBER.exec(await page.locator('main').textContent())[0]
}

/** The person replaces the text, keeps the file, and asks for the erasure of their data. */
async function replaceAndAskErasure(page, number, { city, w, shot }) {
  await page.goto(`${city.url}/me?lang=ja`)
  await page.getByRole('link', { name: number }).click()
  await page.getByRole('button', { name: w.firstFile }).waitFor()
  await press(page, '差し替える')
  await page.locator('main textarea').fill('足湯も木陰に置いてください。')
  await page.locator('main form').getByRole('button').first().click()
  await page.getByText('足湯も木陰に置いてください。').first().waitFor()
  await page.getByRole('button', { name: w.firstFile }).waitFor()
  await press(page, '私の情報の消去を求める')
  await page.getByRole('dialog').getByRole('button', { name: '私の情報の消去を求める' }).click()
  await page.getByText('に消去を求めています').first().waitFor()
  await shot(page, 'erasure-asked')
}

async function submitPlain(page, id, story, body) {
  const { w } = story
  await toSubmission(page, id, story)
  await write(page, w, body)
  await press(page, w.send)
  await heading(page, w.received)
  return NUMBER.exec(await page.locator('main').textContent())[0]
}

/** What stands for the person at the counter in the place of what they had sent. */
const SPOKEN = '足湯のそばに手すりもほしい。'

/** Two persons come to the counter with their receipts: one changes the words, one takes them back. */
async function atCounter(operator, person, id, story) {
  const { city, w, shot } = story
  const number = await submitPlain(person, id, story, '足湯に手すりを。')
  await operator.goto(`${city.url}/staff/cases/${id}/counter?lang=ja`)
  const find = async (typed) => {
    await fill(operator, '受付番号', typed)
    await press(operator, '探す')
  }
  await find('K7QM')
  await operator.getByText('受付番号を K7QM-2X9D の形で書いてください').first().waitFor()
  await find('0000-0000')
  await operator.getByText('この案にその受付番号の意見はありません').first().waitFor()
  await find(number.toLowerCase().replace('-', ''))
  await operator.getByRole('heading', { name: `受付番号 ${number}` }).waitFor()
  await press(operator, '意見を差し替える')
  await fill(operator, '意見（一度目）', SPOKEN)
  await fill(operator, '意見（二度目）', SPOKEN)
  await operator.setInputFiles('#attachments', text('略図.txt', '手すりの略図\n'))
  await operator.getByText(/^送りました（/).waitFor()
  await operator.locator('main form').last().getByRole('button', { name: '意見を差し替える' }).click()
  await operator.getByText('差し替えました。').first().waitFor()
  await operator.getByText('1回差し替え').waitFor()
  await press(operator, '情報の消去を求める')
  await operator.getByRole('dialog').getByRole('button', { name: '情報の消去を求める' }).click()
  await operator.getByText('消去の求めを受け付けました。').first().waitFor()
  await shot(operator, 'counter')
  // The person reads it all at home, with the receipt.
  await person.getByRole('link', { name: '私の意見', exact: true }).first().click()
  await person.getByRole('link', { name: number }).click()
  await person.getByText(SPOKEN).waitFor()
  await person.getByRole('button', { name: w.firstFile }).waitFor()
  await person.getByText('に消去を求めています').first().waitFor()

  const other = await submitPlain(person, id, story, 'やはり足湯はいりません。')
  await find(other)
  await operator.getByRole('heading', { name: `受付番号 ${other}` }).waitFor()
  await press(operator, '取り下げる')
  await operator.getByRole('dialog').getByRole('button', { name: '取り下げる' }).click()
  await operator.getByText('取り下げました。').first().waitFor()
  await operator.getByText('この意見は、もう差し替えも取り下げもできません。').waitFor()
}

/** Those who say the same are found, split together, selected together, and answered once. */
async function answerTogether(clerk, id, { city, o, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}?lang=ja`)
  await press(clerk, o.startReview)
  await recorded(clerk, o)
  await clerk.goto(`${city.url}/staff/cases/${id}/queue?lang=ja`)
  await clerk.getByLabel(o.filter, { exact: true }).selectOption('similar')
  const list = clerk.getByRole('list', { name: o.list })
  await list.getByRole('button').first().click()
  await clerk.getByRole('heading', { name: '似た意見 2通' }).waitFor()
  await press(clerk, 'まだ分けていない2通を1件ずつにする')
  await clerk.locator('article input[name^="item-"]').first().waitFor()
  await press(clerk, '似た意見をすべて選ぶ')
  await clerk.getByText('2件を選んでいます').waitFor()
  await shot(clerk, 'duplicates')
  await clerk.getByLabel(o.category('C')).check()
  await fill(clerk, o.response, '今後の参考とします。')
  await press(clerk, '2件に同じ回答をする')
  await clerk.getByRole('button', { name: o.undo, exact: true }).waitFor()
  // The rest one by one, and how each will be published.
  await clerk.getByLabel(o.filter, { exact: true }).selectOption('all')
  const rows = await list.getByRole('button').count()
  for (let at = 0; at < rows; at += 1) {
    await list.getByRole('button').nth(at).click()
    const split = (await clerk.locator('article input[name^="item-"]').count()) > 0
    // What was withdrawn is not answered.
    if (!split && (await clerk.getByRole('button', { name: o.split }).count()) === 0) continue
    if (!split) {
      await press(clerk, o.split)
      await clerk.locator('article input[name^="item-"]').first().waitFor()
      await clerk.locator('article input[name^="item-"]').first().check()
      await clerk.getByLabel(o.category('C')).check()
      await fill(clerk, o.response, '足湯は来年度に考えます。')
      await press(clerk, o.answer)
      await clerk.locator('article').getByText('足湯は来年度に考えます。').waitFor()
    }
    await press(clerk, o.asSubmitted)
    await clerk.locator('section p', { hasText: o.asSubmitted }).first().waitFor()
  }
  await clerk.getByText(o.complete).waitFor()
}

async function decideAsDrafted(mayor, id, { city, o }) {
  await mayor.goto(`${city.url}/staff/cases/${id}/decide?lang=ja`)
  await mayor.getByLabel('案のとおり決定').check()
  await press(mayor, o.decide)
  await recorded(mayor, o)
}

/** Beside the opinion stands the file that came with it, with its name, kind and size, for everybody. */
async function publishedFile(page, id, { city, shot }) {
  await page.goto(`${city.url}/cases/${id}/result?lang=ja`)
  // The client's own screen, not the page that the server rendered in its place: that one names the file as well.
  await page.getByRole('button', { name: 'サインイン', exact: true }).waitFor()
  const link = page.getByRole('link', { name: '添付1.txt（TXT、7 B）' })
  await link.waitFor()
  await shot(page, 'published-file')
  const download = page.waitForEvent('download')
  await link.click()
  const stream = await (await download).createReadStream()
  const read = Buffer.concat(await stream.toArray()).toString('utf8')
  if (read !== '北口\n') throw new Error(`the published file reads ${read}`)
}

/** What is public is found by its words, and counted in its year. */
async function searchAndStatistics(page, year, { city, shot }) {
  for (let tries = 0; ; tries += 1) {
    await page.goto(`${city.url}/?lang=ja`)
    await page.locator('#q').fill('足湯')
    await press(page, '探す')
    await page.getByRole('heading', { level: 1, name: '「足湯」を探した結果' }).waitFor()
    // The client's own screen, not the page that the server rendered in its place.
    await page.getByRole('button', { name: 'サインイン', exact: true }).waitFor()
    await page
      .getByText(/件見つかりました|見つかりませんでした/)
      .first()
      .waitFor()
    if ((await page.locator('mark', { hasText: '足湯' }).count()) > 0) break
    if (tries > 40) throw new Error('what is public is never found')
    await page.waitForTimeout(250)
  }
  await page.getByLabel('探す場所').selectOption('ANSWER')
  await page.getByText('2件見つかりました').waitFor()
  await page.locator('mark', { hasText: '足湯' }).first().waitFor()
  await shot(page, 'search')
  await page.goto(`${city.url}/statistics?lang=ja&year=${year}`)
  await page.getByText('公表した結果').first().waitFor()
  await page.getByText('緊急に定める必要').first().waitFor()
  await shot(page, 'statistics')
}

/** That no public comment is held: declared, then published when the policy is fixed, then read by everybody. */
async function exemption(clerk, approver, reader, story) {
  const { city, o, shot } = story
  const id = await draft(clerk, { ...story, shot: () => {} }, '8川緑第9号')
  await approver.goto(`${city.url}/staff/cases/${id}?lang=ja`)
  await press(approver, '適用除外とする')
  const dialog = approver.getByRole('dialog')
  await dialog.getByRole('combobox').selectOption('URGENT')
  await dialog.locator('textarea').fill('台風の後の倒木を急いで片付けるため。')
  await shot(approver, 'exemption')
  await dialog.getByRole('button', { name: '適用除外とする' }).click()
  await recorded(approver, o)
  await press(approver, '適用除外を公表する')
  await approver.getByRole('dialog').locator('textarea').fill('倒木の危険を除くため、急いで定めました。')
  await approver.getByRole('dialog').getByRole('button', { name: '適用除外を公表する' }).click()
  // The notice of the declaration stands there already.
  await approver.getByRole('button', { name: '適用除外を公表する' }).first().waitFor({ state: 'detached' })
  await reader.goto(`${city.url}/cases/${id}?lang=ja`)
  await reader.getByText('倒木の危険を除くため、急いで定めました。').first().waitFor()
  await shot(reader, 'exempted')
}

const basis = async (page, name) => {
  await page.locator(`#${name}-basis`).fill('個人情報の保護に関する法律')
  await page.locator(`#${name}-decision`).fill('8川文第12号')
}

/** Who asked is found on the desk, and their data are erased. */
async function eraseOnRequest(records, person, number, { city, o, shot }) {
  await records.goto(`${city.url}/staff/records?lang=ja`)
  await records.getByRole('heading', { name: '消去を求めている人' }).waitFor()
  await records.getByText('窓口を通した求め').waitFor()
  await shot(records, 'records')
  await records.locator('li.card a', { hasText: number }).click()
  await records.getByRole('heading', { name: '個人情報を消去する' }).waitFor()
  const id = SCREEN_OF.exec(records.url())[0]
  const form = records.locator('form', { has: records.locator('#erasure-basis') })
  await form.getByRole('button', { name: '個人情報を消去する' }).click()
  await records.getByText('2か所を直してください').waitFor()
  await basis(records, 'erasure')
  await form.getByRole('button', { name: '個人情報を消去する' }).click()
  await records.getByRole('dialog').getByRole('button', { name: '個人情報を消去する' }).click()
  await recorded(records, o)
  // Nobody can tell any more whose it was, the account of the person included.
  await person.goto(`${city.url}/me?lang=ja`)
  await person.locator('main li.card').first().waitFor()
  if ((await person.getByRole('link', { name: number }).count()) > 0)
    throw new Error('the account still knows whose it was')
  const { submission } = await city.ask(
    'query($id: ID!) { submission(id: $id) { body { state text } attachments { id } } }',
    { id },
  )
  if (submission.body.state !== 'ERASED' || submission.body.text)
    throw new Error(`erased: ${JSON.stringify(submission)}`)
  await shot(person, 'erased')
}

/** A published text is taken down by order of law. */
async function takeDown(clerk, records, id, { city, o, shot }) {
  await clerk.goto(`${city.url}/staff/cases/${id}/queue?lang=ja`)
  await clerk.getByLabel(o.filter, { exact: true }).selectOption('similar')
  await clerk.getByRole('list', { name: o.list }).getByRole('button').first().click()
  const submission = SCREEN_OF.exec(
    await clerk.getByRole('link', { name: '文書管理（取り下げと消去）' }).getAttribute('href'),
  )[0]
  const read = () =>
    city.ask('query($id: ID!) { submission(id: $id) { body { state text } } }', { id: submission })
  const before = await read()
  if (before.submission.body.text !== SAME) throw new Error(`published: ${JSON.stringify(before)}`)
  await records.goto(`${city.url}/staff/records/${submission}?lang=ja`)
  await records.locator('#takedown-field').selectOption('BODY')
  await basis(records, 'takedown')
  await records
    .locator('form', { has: records.locator('#takedown-basis') })
    .getByRole('button', { name: '公表した文を取り下げる' })
    .click()
  await shot(records, 'takedown')
  await records.getByRole('dialog').getByRole('button', { name: '公表した文を取り下げる' }).click()
  await recorded(records, o)
  const after = await read()
  if (after.submission.body.text) throw new Error(`still published: ${JSON.stringify(after)}`)
}

/** Years later everybody else is due, and erased at once. */
async function eraseDue(records, { city, o, shot }) {
  await records.goto(`${city.url}/staff/records?lang=ja`)
  await records.getByText('もう保存する必要がありません').waitFor()
  await shot(records, 'due')
  await basis(records, 'due')
  await press(records, '保存期間が過ぎた人の個人情報を消去する')
  await records
    .getByRole('dialog')
    .getByRole('button', { name: '保存期間が過ぎた人の個人情報を消去する' })
    .click()
  await recorded(records, o)
  await records.getByText('保存期間が過ぎて、まだ消去していない人はいません。').waitFor()
}

/** Longer than any retention period, in steps that the demonstration's calendar takes. */
const YEARS = 7
const DAYS_OF_YEAR = 366

/** The whole walk, in Japanese; gives what went wrong. */
export async function desk(browser, city, shots) {
  await mkdir(shots, { recursive: true })
  const w = WORDS.ja
  const shot = (page, name) => page.screenshot({ path: `${shots}/desk-${name}.png`, fullPage: true })
  const story = { city, lang: 'ja', w, o: w.office, shot }
  const windows = []
  const open = async (persona, width) => {
    const opened = await city.window(browser, persona, { width })
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
    const [clerk, approver, reader, person] = [
      await open('clerk', 1280),
      await open('approver', 1280),
      await open(),
      await open('hanako'),
    ]
    const id = await does('draft', () => draft(clerk, { ...story, shot: () => {} }, '8川緑第8号'))
    await does('documents', () => documents(clerk, id, story))
    await does('notice', () => notice(clerk, approver, id, story))
    await does('correction', () => correction(clerk, reader, id, story))
    const number = await does('file', () => withFile(person, id, story, '足湯を置いてください。'))
    await does('erasure asked', () => replaceAndAskErasure(person, number, story))
    for (const _ of [1, 2])
      await does('the same twice', async () => submitPlain(await open(), id, story, SAME))
    await does('counter', async () => atCounter(await open('operator', 1280), await open(), id, story))
    // Another may have begun by the time at which it is counted.
    const exempted = city.fiscalYear()
    await does('exemption', () => exemption(clerk, approver, reader, story))
    // Beyond the longest holidays: a last day on one of them moves on.
    await city.turnCalendar(45)
    const clerkLater = await open('clerk', 1280)
    await does('answers together', () => answerTogether(clerkLater, id, story))
    await does('decision', async () => decideAsDrafted(await open('mayor', 1280), id, story))
    await does('result', async () =>
      publishResult(await open('approver', 1280), id, { ...story, shot: () => {} }, false),
    )
    await does('published file', async () => publishedFile(await open(), id, story))
    await does('search and statistics', async () => searchAndStatistics(await open(), exempted, story))
    const records = await open('records_manager', 1280)
    await does('erasure', async () => eraseOnRequest(records, await open('hanako'), number, story))
    await does('takedown', () => takeDown(clerkLater, records, id, story))
    for (let year = 0; year < YEARS; year += 1) await city.turnCalendar(DAYS_OF_YEAR)
    await does('due', async () => eraseDue(await open('records_manager', 1280), story))
  } catch (error) {
    const words = error.message.split('\n').slice(0, 4).join(' ')
    findings.push(`desk, ${step}: ${words}`)
    await Promise.all(
      windows.map(({ page, persona }, at) => shot(page, `failed-${at}-${persona ?? 'anonymous'}`)),
    )
  }
  for (const { faults, context, persona } of windows) {
    const found = await faults()
    findings.push(...found.map((one) => `desk, ${persona ?? 'a citizen'}: ${one}`))
    await context.close()
  }
  console.log(`desk: ${findings.length} findings`)
  return findings
}
