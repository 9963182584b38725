import { R } from '../../frame/ruby'
import { UserWords } from '../../frame/user-text'

/** A word for people, and beside it the code that stands in the leaf. */
export function Coded({ word, code }: { word: string | undefined; code: string }) {
  const shown = (
    <code>
      <UserWords>{code}</UserWords>
    </code>
  )
  if (word === undefined || word === code) return shown
  return (
    <>
      <R>{word}</R> <small>{shown}</small>
    </>
  )
}
