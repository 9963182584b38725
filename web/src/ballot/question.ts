import * as v from 'valibot'

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Each answer gets 0 or 1, between `min` and `max` of them get 1. */
export const questionSchema = v.strictObject({
  answers: v.pipe(v.array(v.string()), v.minLength(1)),
  blank: v.exactOptional(v.boolean()),
  min: count,
  max: count,
  question: v.string(),
})

export type Question = v.InferOutput<typeof questionSchema>

/** One 0 or 1 a choice, the blank choice first where there is one. */
export type Answer = readonly number[]

/** The claim that the ciphertext at this place encrypts this value; the place after the last choice is the sum. */
export type Branch = { ciphertext: number; value: number }

/** A proof that an answer must carry: one of the branches holds. */
export type Required = { name: 'individual' | 'blank' | 'overall'; choice: number; branches: Branch[] }

export const hasBlank = (question: Question): boolean => question.blank === true
export const choices = (question: Question): number => question.answers.length + Number(hasBlank(question))
/** The first choice whose number is bounded: the blank one is not. */
export const firstSummed = (question: Question): number => Number(hasBlank(question))

export const isAnswerable = ({ answers, min, max }: Question): boolean => min <= max && max <= answers.length

/** The answer that chooses these answers, by their places from 0. */
export const choose = (question: Question, chosen: readonly number[]): Answer => [
  ...(hasBlank(question) ? [0] : []),
  ...question.answers.map((_, place) => Number(chosen.includes(place))),
]

/** The blank vote, where the question has one. */
export const chooseBlank = (question: Question): Answer | undefined =>
  hasBlank(question) ? [1, ...question.answers.map(() => 0)] : undefined

export function allows(question: Question, answer: Answer): boolean {
  if (answer.length !== choices(question) || answer.some((choice) => choice !== 0 && choice !== 1))
    return false
  const chosen = answer.slice(firstSummed(question)).reduce((sum, choice) => sum + choice, 0)
  if (hasBlank(question) && answer[0] === 1) return chosen === 0
  return question.min <= chosen && chosen <= question.max
}

/** The proofs of an answer, in the order in which they are made and checked. */
export function requiredProofs(question: Question): Required[] {
  const sum = choices(question)
  const individual = Array.from({ length: sum }, (_, choice): Required => {
    const branches = [0, 1].map((value) => ({ ciphertext: choice, value }))
    return { name: 'individual', choice, branches }
  })
  const allowed = Array.from({ length: question.max - question.min + 1 }, (_, more) => ({
    ciphertext: sum,
    value: question.min + more,
  }))
  if (!hasBlank(question)) return [...individual, { name: 'overall', choice: sum, branches: allowed }]
  const notBlank = { ciphertext: 0, value: 0 }
  const nothingChosen = { ciphertext: sum, value: 0 }
  const isBlank = { ciphertext: 0, value: 1 }
  return [
    ...individual,
    { name: 'blank', choice: 0, branches: [notBlank, nothingChosen] },
    { name: 'overall', choice: sum, branches: [isBlank, ...allowed] },
  ]
}
