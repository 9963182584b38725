import type { ReceiptVerdict } from '../verification'

type Verdict = ReceiptVerdict['kind']
type Fault = Extract<ReceiptVerdict, { fault: unknown }>['fault']

const titles: Record<Verdict, string> = {
  found: '記録に残っています',
  notFound: '見つかりません',
  behind: '証明はまだできていません',
  tampered: '証明が合いません',
  unreadable: '確かめられませんでした',
}

const texts: Record<Verdict, string> = {
  found: 'この受付票の内容は、公開の記録にそのまま残っています。計算はこの端末だけで行いました。',
  notFound: 'この位置の記録はありません。番号を確かめてください。',
  behind: '記録の署名がまだこの位置に届いていません。しばらくしてからもう一度確かめてください。',
  tampered:
    '受付票が壊れているか、記録が書き換えられた疑いがあります。受付票を消さずに、市と監査する人に知らせてください。',
  unreadable: '公開の記録を読めませんでした。受付票は正しいかもしれません。あとでもう一度確かめてください。',
}

const faults: Record<Fault, string> = {
  MALFORMED_NOTE: '署名の形が正しくありません',
  UNKNOWN_SIGNER: 'この鍵の署名がありません',
  BAD_SIGNATURE: '署名が合いません',
  OTHER_LOG: '別の記録のものです',
  NOT_SIGNED_BY_LOG: '記録そのものの署名がありません',
  MALFORMED_RECEIPT: '受付票の形が正しくありません',
  MALFORMED_HASH: '証明の形が正しくありません',
  WRONG_LENGTH: '証明の長さが合いません',
  INDEX_BEYOND_TREE: '位置が記録の大きさを超えています',
  SIZES_REVERSED: '記録が前より小さくなっています',
  ROOT_DIFFERS: '証明から計算した根が、署名された根と違います',
  LEAF_DIFFERS: '控えの記録が、今の記録と違います',
  OPENING_FALSE: '控えに書かれた内容が、記録されたものと違います',
}

export const receiptsJa = {
  title: '受付票を確かめる',
  lead: '受付票が公開の記録に残っているかを、この端末で計算して確かめます。名前も意見も送りません。',
  position: '公開記録の位置',
  positionHint: '受付票に書かれた「#」のあとの数字です。',
  check: '確かめる',
  file: '控えのファイルを選ぶ',
  fileHint: '提出したときに保存したファイルです。証明だけのファイル（.tlog-proof）も確かめられます。',
  badFile: 'このファイルは受付票の控えでも証明でもありません。',
  badNumber: '位置を数字で書いてください',
  checking: '計算しています',
  titles,
  texts,
  size: '記録の大きさ',
  entries: (n: number) => `${n.toLocaleString('ja')}件`,
  key: '確かめた鍵の出どころ',
  sources: {
    reader: 'あなたが入力した鍵',
    device: 'この端末が前に見た鍵',
    log: '記録の最初に書かれた鍵（印刷された鍵と見比べてください）',
  },
  witnesses: '立会者',
  noWitnesses: '立会者の署名はありません',
  reason: '合わなかった理由',
  faults,
  entry: '記録の中身を見る',
  opened: '控えに書かれた次の内容は、記録されたものと一字も違いません。',
  fields: {
    body: '意見',
    passage: '対象の項',
    submitter: '提出した人',
    attachments: '添付ファイル',
  } as Record<string, string>,
}
