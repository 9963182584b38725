// The office's side of the small city: a case from draft to result, without rules, which are the server's.
const recorded = (name, part) => ({ __typename: `${name}Payload`, position: 42, repeated: false, ...part })
const typed = (type, value) => ({ __typename: type, ...value })
const text = (words) => typed('GuardedText', { state: 'READABLE', text: words })
const CATEGORIES = [
  ['A', '反映したもの'],
  ['C', '今後の参考とするもの'],
].map(([code, ja]) => typed('ResponseCategory', { code, label: typed('Bilingual', { ja, en: null }) }))

const counts = (submissions) => {
  const items = submissions.flatMap((one) => one.items)
  return typed('PublicCommentCounts', {
    submissionCount: submissions.length,
    itemCount: items.length,
    answeredItemCount: items.filter((item) => item.response).length,
    itemizedSubmissionCount: submissions.filter((one) => one.items.length > 0).length,
    screenedSubmissionCount: submissions.filter((one) => one.screened).length,
  })
}

export class SmallOffice {
  cases = new Map()
  submissions = new Map()

  constructor(template) {
    this.template = template
  }

  /** A case with two opinions, waiting for answers. */
  underReview() {
    const id = 'case_01JBREVIEW00000000000000AA'
    const { call } = this.template
    this.cases.set(id, {
      ...this.template,
      id,
      number: '2026-05',
      phase: 'UNDER_REVIEW',
      draft: null,
      call: { ...call, categories: CATEGORIES },
    })
    const bodies = ['歩道を広くしてほしい。屋根も直してほしい。', '賛成です。']
    const submissions = bodies.map((body, at) =>
      typed('Submission', {
        id: `submission_${at}`,
        receiptNumber: `AAAA-000${at}`,
        channel: 'WEB',
        receivedOn: call.opensOn,
        late: null,
        withdrawnAt: null,
        screened: false,
        redactions: [],
        body: text(body),
        hiding: null,
        items: [],
      }),
    )
    this.submissions.set(id, submissions)
    return id
  }

  view(id) {
    const one = this.cases.get(id)
    if (!one) return null
    const submissions = this.submissions.get(id) ?? []
    const pageInfo = typed('PageInfo', { hasNextPage: false, endCursor: null })
    return {
      ...one,
      counts: counts(submissions),
      submissions: typed('SubmissionConnection', { nodes: submissions, pageInfo }),
    }
  }

  find(submission) {
    return [...this.submissions.values()].flat().find((one) => one.id === submission)
  }

  items(ids) {
    return [...this.submissions.values()]
      .flat()
      .flatMap((one) => one.items)
      .filter((item) => ids.includes(item.id))
  }

  move(name, id, phase, part = {}) {
    this.cases.set(id, { ...this.cases.get(id), ...part, ...(phase && { phase }) })
    return recorded(name, { case: typed('PublicCommentCase', { id, phase: this.cases.get(id).phase }) })
  }

  draftOf(content, revision) {
    const bilingual = ({ ja, en }) => typed('Bilingual', { ja, en: en ?? null })
    return typed('Draft', {
      ...content,
      title: bilingual(content.title),
      summary: bilingual(content.summary),
      passages: content.passages.map((one) => typed('Passage', one)),
      revision,
      drafter: 'officer_1',
    })
  }

  resolve = {
    StaffCases: () => ({
      publicCommentCases: typed('PublicCommentCaseConnection', {
        nodes: [...this.cases.keys()].map((id) => this.view(id)),
        pageInfo: typed('PageInfo', { hasNextPage: false, endCursor: null }),
      }),
    }),
    StaffCase: ({ id }) => ({ publicCommentCase: this.view(id) }),
    ReflectedItems: ({ id }) => {
      const items = (this.submissions.get(id) ?? []).flatMap((one) => one.items)
      const nodes = items.map((item, at) => ({
        ...item,
        number: at + 1,
        changedPolicy: item.changedPolicy === true,
      }))
      const pageInfo = typed('PageInfo', { hasNextPage: false, endCursor: null })
      return {
        publicCommentCase: typed('PublicCommentCase', {
          id,
          items: typed('OpinionItemConnection', { nodes, pageInfo }),
        }),
      }
    },
    Queue: ({ id }) => ({ publicCommentCase: this.view(id) }),
    DraftCase: ({ input }) => {
      const id = `case_${input.commandId}`
      const blank = { title: null, number: null, summary: null, call: null, passages: [], milestones: [] }
      this.cases.set(id, { ...this.template, ...blank, id, draft: this.draftOf(input.content, 1) })
      return { draftCase: this.move('DraftCase', id, 'DRAFTING') }
    },
    PublishCase: ({ input }) => {
      const { draft } = this.cases.get(input.case)
      const { opensOn, closesOn } = input
      const call = { ...this.template.call, opensOn, closesOn }
      const published = {
        title: draft.title,
        number: draft.number,
        summary: draft.summary,
        passages: draft.passages,
        call,
      }
      return { publishCase: this.move('PublishCase', input.case, 'OPEN', published) }
    },
    ItemizeSubmission: ({ input }) => {
      const submission = this.find(input.submission)
      submission.items = input.items.map(({ summary, spans }, at) =>
        typed('OpinionItem', {
          id: `item_${submission.id}_${at}`,
          category: null,
          summary: text(summary),
          spans,
          group: null,
          response: null,
        }),
      )
      return {
        itemizeSubmission: recorded('ItemizeSubmission', {
          submission: typed('Submission', { id: submission.id }),
        }),
      }
    },
    ScreenOpinions: ({ input }) => {
      for (const { submission } of input.screenings) this.find(submission).screened = true
      return { screenOpinions: this.move('ScreenOpinions', input.case) }
    },
    AssignResponse: ({ input }) => {
      for (const item of this.items(input.target.items))
        Object.assign(item, {
          changedPolicy: input.changedPolicy,
          category: input.category,
          response: typed('CityResponse', { text: text(input.response) }),
        })
      return { assignResponse: this.move('AssignResponse', input.case) }
    },
    RevokeResponse: ({ input }) => {
      for (const item of this.items(input.target.items))
        Object.assign(item, { category: null, response: null })
      return { revokeResponse: this.move('RevokeResponse', input.case) }
    },
    DecidePolicy: ({ input }) => {
      this.decision = input
      return { decidePolicy: this.move('DecidePolicy', input.case, 'DECIDED') }
    },
    PublishResults: ({ input }) => {
      this.results = input
      return { publishResults: this.move('PublishResults', input.case, 'RESULT_PUBLISHED') }
    },
  }
}
