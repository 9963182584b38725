import type { ReceiptMessages } from '.'

const easy: ReceiptMessages = {
  title: '受付票を 調べる',
  lead: 'あなたの 受付票が 記録に 残っているか、この 機械で 調べます。名前も 意見も 送りません。',
  position: '記録の 番号',
  positionHint: '受付票の「#」の あとの 数字です。',
  check: '調べる',
  file: '残した ファイルを 選ぶ',
  fileHint: '意見を 出したときに 残した ファイルです。',
  badFile: 'この ファイルは ちがいます。',
  badNumber: '数字を 書いて ください',
  checking: '調べています',
  titles: {
    found: '残っています',
    notFound: 'ありません',
    behind: 'もう少し 待って ください',
    tampered: '合いません',
    unreadable: '調べることが できません',
  },
  texts: {
    found: 'あなたの 受付票は 記録に 残っています。だれも 変えていません。',
    notFound: '番号を もう一度 見て ください。',
    behind: '少し 待って、もう一度 調べて ください。',
    tampered: '受付票を 消さないで、市に 言って ください。',
    unreadable: 'あとで もう一度 調べて ください。',
  },
  size: '記録の 数',
  entries: (n) => `${n.toLocaleString('ja')}`,
  key: '調べた 鍵',
  sources: { reader: 'あなたが 書いた 鍵', device: '前に 見た 鍵', log: '記録の 鍵' },
  witnesses: '見ている 人',
  noWitnesses: 'いません',
  reason: '理由',
  entry: '記録を 見る',
  opened: '下の ことばは、あなたが 出した ことばと 同じです。',
  fields: { body: '意見', passage: 'どこについて', submitter: '出した 人', attachments: 'ファイル' },
}

export default easy
