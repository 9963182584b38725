import type { SearchMessages } from '.'

const en: SearchMessages = {
  title: (words) => `Search for “${words}”`,
  found: (n) => (n === 1 ? '1 match found' : `${n.toLocaleString('en')} matches found`),
  nothing: 'Nothing found. Try fewer letters, or other words.',
  tooLong: 'At most 10 words of 100 characters together can be searched for. Please shorten them.',
  incomplete: 'The search is still being prepared: something may be missing.',
  where: 'Search in',
  everywhere: 'Everything',
  kinds: {
    CASE: 'Public comment',
    PASSAGE: 'Draft',
    MATERIAL: 'Document',
    RESULT: 'Reasons of the result',
    OPINION: 'Opinion',
    ITEM: 'Opinion in short',
    ANSWER: 'City’s response',
  },
  finalText: 'Final text',
}

export default en
