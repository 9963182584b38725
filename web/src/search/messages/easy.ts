import type { SearchMessages } from '.'

const easy: SearchMessages = {
  title: (words) => `「${words}」を さがしました`,
  found: (n) => `${n.toLocaleString('ja')}つ ありました`,
  nothing: 'ありませんでした。ことばを 短く するか、ほかの ことばで さがして ください。',
  tooLong: 'ことばが 長すぎます。100文字より 短く して ください。',
  incomplete: 'まだ 準備を しています。ぜんぶは 見つからないかもしれません。',
  where: 'さがす ところ',
  everywhere: 'ぜんぶ',
  kinds: {
    CASE: '意見を 聞いた こと',
    PASSAGE: '案の 文',
    MATERIAL: '資料',
    RESULT: '決めた わけ',
    OPINION: '意見',
    ITEM: '意見の まとめ',
    ANSWER: '市の 考え',
  },
  finalText: '決まった 文',
}

export default easy
