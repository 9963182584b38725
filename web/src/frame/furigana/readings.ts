/**
 * Words of the page and of the procedure with their readings. Only the kanji part of a word is listed, so
 * that endings stay as they are; a word is listed longer where its kanji read differently inside it.
 */
const TABLE = `
意見 いけん
`

export const READINGS: ReadonlyMap<string, string> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [word = '', reading = ''] = line.split(' ')
      return [word, reading]
    }),
)
