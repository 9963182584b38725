import type { HelpMessages } from '.'

const en: HelpMessages = {
  title: 'Help',
  questions: [
    [
      'How do I submit an opinion?',
      'Choose a draft under “Public comments” and press “Submit an opinion”. No account is needed. What you write stays on this device, so you can stop and go on later.',
    ],
    [
      'Who reads my opinion?',
      'Until the results are published, only the officers in charge. Then the content is published, without your name, address or contact.',
    ],
    [
      'What is the receipt?',
      'The proof that your opinion is in the public log. With its number or QR code you can check it at any time under “Check a receipt”.',
    ],
    [
      'What if the line breaks?',
      'Your opinion waits on this device as “not sent” and goes out by itself when you are back online.',
    ],
    [
      'Can I change what I sent?',
      'Until the deadline you can replace or withdraw it under “My submissions”.',
    ],
    ['Can my data be erased?', 'You can ask for it under “My submissions”.'],
    [
      'I have no computer or telephone',
      'You can send a letter or a fax, or hand it in. Each draft’s page and the ward offices tell you how.',
    ],
  ],
  keep: 'What this device keeps',
  keepText:
    'You can delete drafts, opinions not yet sent and display settings. Opinions that the city received are not deleted.',
  forget: 'Delete what this device keeps',
  forgotten: 'Deleted',
  accessibility: {
    title: 'Accessibility',
    policy: 'We work towards JIS X 8341-3:2016 level AA, and test against the criteria of WCAG 2.2 as well.',
    means: [
      'You can change the size of the text; at 400 % nothing has to be scrolled sideways.',
      'Kanji can carry furigana; there are plain Japanese and English.',
      'Everything can be done with the keyboard alone.',
      'Every chart has a table; nothing is said by colour alone.',
      'Settings for reduced motion and forced colours are followed.',
    ],
    results: 'Test results',
    standard: 'Standard',
    level: 'Level aimed at',
    technologies: 'Technologies',
    tested: 'Screens and states tested',
    rules: 'Rules checked by machine',
    violations: 'Violations found',
    method: 'Method',
    methodText:
      'All screens were opened in a real browser in three languages, two widths, at 400 % zoom and in forced colours; rules, overflow, size of targets, text spacing and order of the keyboard were checked.',
    hand: 'Tests by people',
    handText: 'Tests with screen readers and real phones have not been made yet.',
    notYet: 'The test results have not been made yet.',
    contact: 'Please tell the city where it is hard to use.',
  },
}

export default en
