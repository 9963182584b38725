export const ja = {
  title: (words: string) => `「${words}」を探した結果`,
  found: (n: number) => `${n.toLocaleString('ja')}件見つかりました`,
  nothing: '見つかりませんでした。言葉を短くするか、別の言葉で探してください。',
  tooLong: '一度に探せるのは、10語まで、合わせて100文字までです。言葉を短くしてください。',
  incomplete: '探す準備が続いています。まだ見つからないものがあるかもしれません。',
  where: '探す場所',
  everywhere: 'すべて',
  kinds: {
    CASE: '意見募集',
    PASSAGE: '案の本文',
    MATERIAL: '資料',
    RESULT: '結果の理由',
    OPINION: '意見',
    ITEM: '意見の要旨',
    ANSWER: '市の考え方',
  },
  finalText: '決まった本文',
}
