import type { ReceiptMessages } from '.'

const en: ReceiptMessages = {
  title: 'Check a receipt',
  lead: 'This device computes whether your receipt is in the public log. Neither your name nor your opinion is sent.',
  position: 'Position in the public log',
  positionHint: 'The number after “#” on your receipt.',
  check: 'Check',
  file: 'Choose the file that you kept',
  fileHint: 'The file that you saved when you submitted. A bare proof (.tlog-proof) can be checked too.',
  badFile: 'This file is neither what a submitter keeps nor a proof.',
  badNumber: 'Write the position as a number',
  checking: 'Computing',
  titles: {
    found: 'It is in the record',
    notFound: 'Not found',
    behind: 'The proof is not ready yet',
    tampered: 'The proof does not fit',
    unreadable: 'Could not be checked',
  },
  texts: {
    found:
      'What this receipt stands for is in the public log, unchanged. Only this device did the computation.',
    notFound: 'There is no entry at this position. Please check the number.',
    behind:
      'The signature of the log does not reach this position yet. Please check again in a little while.',
    tampered:
      'Either the receipt is damaged or the record was changed. Keep the receipt and tell the city and an auditor.',
    unreadable: 'The public log could not be read. The receipt may be good; please check again later.',
  },
  size: 'Size of the log',
  entries: (n) => `${n.toLocaleString('en')} ${n === 1 ? 'entry' : 'entries'}`,
  key: 'Where the key came from',
  sources: {
    reader: 'the key that you entered',
    device: 'the key that this device saw before',
    log: 'the first entry of the log (compare it with the printed key)',
  },
  witnesses: 'Witnesses',
  noWitnesses: 'No witness has signed',
  reason: 'Why it does not fit',
  faults: {
    MALFORMED_NOTE: 'malformed',
    UNKNOWN_SIGNER: 'not signed with this key',
    BAD_SIGNATURE: 'the signature does not fit',
    OTHER_LOG: 'belongs to another log',
    NOT_SIGNED_BY_LOG: 'the log itself has not signed',
    MALFORMED_RECEIPT: 'the receipt is malformed',
    MALFORMED_HASH: 'the proof is malformed',
    WRONG_LENGTH: 'the proof is too long or too short',
    INDEX_BEYOND_TREE: 'the position is beyond the end of the log',
    SIZES_REVERSED: 'the log is smaller than before',
    ROOT_DIFFERS: 'the root computed from the proof differs from the signed one',
    LEAF_DIFFERS: 'the entry in the file differs from the one in the log',
    OPENING_FALSE: 'what the file says was handed in differs from what was recorded',
  },
  entry: 'See the entry',
  opened: 'What the file says was handed in is, letter for letter, what was recorded:',
  fields: {
    body: 'Opinion',
    passage: 'Passage',
    submitter: 'Submitter',
    attachments: 'Attachment',
  },
}

export default en
