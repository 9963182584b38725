// What clerk and approver do, in the built page against the small city's office.
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const fill = (page, name, text) => page.getByLabel(name).first().fill(text)
const recorded = (page) =>
  page
    .getByText(/公開記録 #42 に記録しました/)
    .first()
    .waitFor()

/** A draft is written, seen as the public will see it, and published. */
export async function draftAndPublish({ page, url, city, shot }) {
  await page.goto(`${url}/staff?lang=ja`)
  await page.getByRole('link', { name: '新しい案を書く' }).click()
  await press(page, '案を保存する')
  await page.getByText('か所を直してください').waitFor()
  const fields = [
    ['題名', '公園の木陰を増やす指針（案）'],
    ['根拠法令', '都市公園条例'],
    ['担当', '緑政局'],
    ['問い合わせ先', '緑政課'],
    ['概要', '夏の日陰を増やします。'],
    ['本文', '公園に樹木を植える。'],
  ]
  await page.locator('#number').fill('2026-09')
  for (const [label, words] of fields)
    await page.getByRole('textbox', { name: new RegExp(`^${label}(※必須)?$`) }).fill(words)
  await page.getByRole('tab', { name: '公開のページで見る' }).click()
  await page.getByText('公園に樹木を植える。').first().waitFor()
  await page.getByRole('tab', { name: '書く' }).click()
  await press(page, '案を保存する')
  await page.waitForURL(/case_[^/]+\/draft$/)
  const id = /case_[^/]+/.exec(page.url())[0]
  await page.goto(`${url}/staff/cases/${id}/publish`)
  await fill(page, '資料を読める場所', '各区役所')
  await fill(page, '募集の周知方法', '広報紙')
  await fill(page, '結果の公表方法', 'ホームページ')
  await press(page, '公表する')
  await shot('publish')
  await page.getByRole('dialog').getByRole('button', { name: '公表する' }).click()
  await recorded(page)
  if (city.office.cases.get(id).phase !== 'OPEN') throw new Error('the case was not published')
}

/** Opinions are split, screened, answered together, taken back and answered again; then decided and published. */
export async function answerAndPublishResults({ page, url, city, shot }) {
  const id = city.office.underReview()
  await page.goto(`${url}/staff/cases/${id}/queue?lang=ja`)
  await page.getByLabel('1文目のあとで分ける').check()
  await press(page, '2件に分ける')
  await recorded(page)
  const [first] = city.office.submissions.get(id)
  const spans = first.items.flatMap((item) => item.spans)
  const length = [...first.body.text].length
  if (
    first.items.length !== 2 ||
    spans[0].from !== 0 ||
    spans[0].to !== spans[1].from ||
    spans[1].to !== length
  )
    throw new Error(`the items do not cover the text: ${JSON.stringify(spans)}`)
  await press(page, 'そのまま公表する')
  await page.getByText('公表の形：そのまま公表する').waitFor()
  const list = page.getByRole('list', { name: '届いた意見' })
  await list.getByRole('button').first().focus()
  await page.keyboard.press('x')
  await page.getByText('2件を選んでいます').waitFor()
  await page.keyboard.press('a')
  await page.keyboard.type('今後の参考とします。')
  await page.getByLabel('C 今後の参考とするもの').check()
  await press(page, '2件に同じ回答をする')
  await press(page, '取り消す')
  await page.getByText('2件のうち0件に回答しました').waitFor()
  await page.getByLabel('表示', { exact: true }).selectOption('all')
  await list.getByRole('button').nth(0).focus()
  await page.keyboard.press('x')
  await press(page, '2件に同じ回答をする')
  await page.keyboard.press('Escape')
  await list.getByRole('button').nth(0).focus()
  await page.keyboard.press('j')
  await press(page, '1件に分ける')
  await page.getByText('3件のうち2件に回答しました').waitFor()
  await press(page, 'そのまま公表する')
  await list.getByRole('button').nth(1).focus()
  await page.keyboard.press('x')
  await page.getByLabel('A 反映したもの').check()
  await press(page, '回答する')
  await page.getByText('未回答はありません').waitFor()
  await shot('answered')
  await page.goto(`${url}/staff/cases/${id}/decide`)
  await page.getByLabel('案を変えて決定').check()
  await fill(page, '決定の理由', '意見を受けて改めた。')
  await fill(page, '第2項の決定後の文', '歩道の幅は5メートル以上とする。')
  await fill(page, '変えた理由', '狭いという意見のため')
  await press(page, '決定を記録する')
  await page.getByText('もとになった変更を選んでください').first().waitFor()
  await page.getByLabel('3 賛成です。').check()
  await press(page, '決定を記録する')
  await recorded(page)
  await page.goto(`${url}/staff/cases/${id}/result`)
  await page.locator('#reasons').and(page.getByText('意見を受けて改めた。')).waitFor()
  await shot('result-preview')
  await press(page, '結果を公表する')
  await page.getByRole('dialog').getByRole('button', { name: '結果を公表する' }).click()
  await recorded(page)
  const [change] = city.office.decision.changes
  if (change.items.length !== 1) throw new Error('the change does not name the opinion that led to it')
  const [reason] = city.office.results.changeReasons
  if (!/^change_[0-9A-Z]{26}$/.test(change.id) || reason.id !== change.id)
    throw new Error('the change and its reason do not meet')
}

/** A file is tried first, then imported once, however often it is sent. */
export async function importTwice({ page, url, city }) {
  const id = city.office.underReview()
  const csv = Buffer.from('意見,提出方法\n歩道を広く,郵送\n,郵送\n', 'utf8')
  for (const _ of [1, 2]) {
    await page.goto(`${url}/staff/cases/${id}/import?lang=ja`)
    await page.setInputFiles('#csv', { name: 'opinions.csv', mimeType: 'text/csv', buffer: csv })
    await page.getByText('意見が空です').waitFor()
    await press(page, '1通を取り込む')
    await page.getByText('すべて取り込みました').waitFor()
  }
  if (new Set(city.entered).size !== 1 || city.entered.length !== 2)
    throw new Error('the same row became two commands')
}
