// What the page says, as the walks look for it.
export const WORDS = {
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
    late: '締め切りのあとに届きました',
    check: '受付票を確かめる',
    found: '記録に残っています',
    tampered: '証明が合いません',
    keep: '控えのファイルを保存する',
    unsent: 'まだ市に届いていない意見が1通あります',
    sent: '待っていた意見が市に届きました',
    notSent: '未送信',
    resume: '続きから書く',
    stored: /^送りました（/,
    cut: '途中で切れました。もう一度選ぶと、続きから送ります。',
    again: 'まだ送り終えていません。同じファイルをもう一度選んでください。',
    firstFile: /^添付1\.txt/,
    queued: 'まだ市に届いていません',
    withdraw: '取り下げる',
    withdrawn: '取り下げ',
    mine: '私の意見',
    refused: '受け付けられませんでした',
    summary: '3か所を直してください',
    result: '結果',
    office: {
      recorded: /公開記録 #\d+ に記録しました/,
      new: '新しい案を書く',
      save: '案を保存する',
      fields: {
        題名: '公園の木陰を増やす指針（案）',
        根拠法令: '都市公園条例',
        担当: '緑政局',
        問い合わせ先: '緑政課',
        概要: '夏の日陰を増やします。',
        本文: '公園に樹木を植える。',
      },
      mistakes: /か所を直してください/,
      preview: '公開のページで見る',
      write: '書く',
      places: '資料を読める場所',
      publicity: '募集の周知方法',
      method: '結果の公表方法',
      publish: '公表する',
      startReview: '検討を始める',
      paperBody: '意見（一度目）',
      paperAgain: '意見（二度目）',
      paperName: '氏名または名称',
      receive: '受け付ける',
      scanned: /^送りました（/,
      entered: /受付番号は[0-9A-Z]{4}-[0-9A-Z]{4}です/,
      tried: '意見が空です',
      import: '1通を取り込む',
      imported: 'すべて取り込みました',
      list: '届いた意見',
      split: /^\d+件に分ける$/,
      asSubmitted: 'そのまま公表する',
      filter: '表示',
      category: (code) => new RegExp(`^${code} `),
      response: '市の考え方',
      answer: /^(回答する|\d+件に同じ回答をする)$/,
      undo: '取り消す',
      complete: '未回答はありません',
      openPersonal: '提出者の情報を開く',
      open: '記録して開く',
      decideWith: '案を変えて決定',
      passage: '第1項の決定後の文',
      decide: '決定を記録する',
      needsItems: 'もとになった変更を選んでください',
      reasons: '決定の理由',
      changeReason: '第1項を変えた理由',
      publishResult: '結果を公表する',
    },
    log: { verify: '記録を確かめる', run: '確かめる', good: 'すべて合いました' },
    past: '過去の時点を見ています',
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
    late: 'It came after the deadline',
    check: 'Check the receipt',
    found: 'It is in the record',
    tampered: 'The proof does not fit',
    keep: 'Save the file to keep',
    unsent: '1 opinion has not reached the city',
    sent: 'What waited has reached the city',
    notSent: 'Not sent',
    resume: 'Continue',
    stored: /^sent \(/,
    cut: 'The connection broke. Choose the file again to go on where it stopped.',
    again: 'Not all of it was sent. Choose the same file again.',
    firstFile: /^添付1\.txt/,
    queued: 'Not yet with the city',
    withdraw: 'Withdraw',
    withdrawn: 'Withdrawn',
    mine: 'My submissions',
    refused: 'Not accepted',
    summary: 'Please correct 3 entries',
    result: 'Result',
    office: {
      recorded: /Recorded as entry #\d+/,
      new: /new draft/i,
      save: 'Save the draft',
      fields: {
        'Title (Japanese)': '公園の木陰を増やす指針（案）',
        'Legal basis': '都市公園条例',
        'Section in charge': '緑政局',
        Contact: '緑政課',
        'Summary (Japanese)': '夏の日陰を増やします。',
        Text: '公園に樹木を植える。',
      },
      mistakes: /Please correct/,
      preview: 'See as public page',
      write: 'Write',
      places: 'Where the materials can be read',
      publicity: 'How the call is made known',
      method: 'How the results are published',
      publish: 'Publish',
      startReview: 'Begin the review',
      paperBody: 'Opinion (first time)',
      paperAgain: 'Opinion (second time)',
      paperName: 'Name',
      receive: 'Receive',
      scanned: /^sent \(/,
      entered: /The receipt number is [0-9A-Z]{4}-[0-9A-Z]{4}\./,
      tried: 'the opinion is empty',
      import: 'Import 1 submission',
      imported: 'All imported',
      list: 'Submissions',
      split: /^Split into \d+ opinions?$/,
      asSubmitted: 'Publish as submitted',
      filter: 'Show',
      category: (code) => new RegExp(`^${code} `),
      response: "The city's response",
      answer: /^(Answer|Give \d+ opinions? this answer)$/,
      undo: 'Undo',
      complete: 'Nothing is unanswered',
      openPersonal: /Open the submitter/,
      open: 'Record and open',
      decideWith: /with changes/i,
      passage: 'Passage 1 as decided',
      decide: 'Record the decision',
      needsItems: 'answered as reflected, led to',
      reasons: 'Reasons for the decision',
      changeReason: 'Why passage 1 was changed',
      publishResult: 'Publish the results',
    },
    log: { verify: 'Verify the log', run: 'Verify', good: 'Everything fits' },
    past: 'past',
  },
}

export const OPINION = '歩道は4メートルでは狭いと思います。\n車いすとベビーカーがすれ違えません。'

export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
export const press = (page, name) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click()
/** A field by its label, whatever follows the label. */
export const field = (page, name) =>
  page.getByRole('textbox', { name: new RegExp(`^${name.replace(/[()（）]/g, '.')}`) }).first()
export const fill = (page, name, text) => field(page, name).fill(text)

/** An opinion, up to the last step before it is sent. */
export async function write(page, w, body = OPINION) {
  await press(page, w.begin)
  await answer(page, w, body)
}

/** The questions of an opinion that was begun. */
export async function answer(page, w, body = OPINION) {
  await fill(page, w.body, body)
  await press(page, w.next)
  await page.getByLabel(w.individual, { exact: true }).check()
  await fill(page, w.family, '山田')
  await fill(page, w.given, '花子')
  await fill(page, w.address, '中原区1-2-3')
  await fill(page, w.contact, 'hanako@example.jp')
  await press(page, w.next)
  await page.getByLabel(w.consent).check()
}
