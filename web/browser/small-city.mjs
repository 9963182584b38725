// A city of one open case, for the flows that need an answer: it knows the page's trusted documents by their ids
// and nothing else. The rules are the real server's; here stands only what the page must cope with.
import { readFileSync } from 'node:fs'
import { SmallLog } from './small-log.mjs'

const day = (days) => new Date(Date.now() + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)

function publicCase() {
  return {
    __typename: 'PublicCommentCase',
    id: 'case_01JBCASE0000000000000000AA',
    phase: 'OPEN',
    number: '2026-07',
    title: {
      __typename: 'Bilingual',
      ja: '歩いて楽しい駅前計画（素案）',
      en: 'Walkable station square plan (draft)',
    },
    objectKind: 'PLAN',
    bureau: 'まちづくり局',
    summary: { __typename: 'Bilingual', ja: '駅前の歩道を広げます。', en: 'Wider pavements.' },
    legalBasis: '自治基本条例第30条',
    contact: '計画課',
    draftedOn: day(-40),
    passages: [
      { __typename: 'Passage', key: '1', heading: '目的', text: '歩く人が安全に過ごせるようにする。' },
      { __typename: 'Passage', key: '2', heading: '歩道', text: '歩道の幅は4メートル以上とする。' },
    ],
    call: {
      __typename: 'Call',
      opensOn: day(-10),
      closesOn: day(20),
      firstClosesOn: day(20),
      shortenedBecause: null,
      extensions: [],
      channels: ['WEB', 'POST'],
      publicity: ['広報紙'],
      readingPlaces: ['区役所'],
      resultMethod: 'ホームページ',
      postRule: 'POSTMARK',
      ordinanceVersion: 'kawasaki2009/1',
      categories: [],
    },
    materials: [],
    counts: { __typename: 'PublicCommentCounts', submissionCount: 3 },
    milestones: [{ __typename: 'Milestone', kind: 'case_published', legalDate: day(-10), position: 1 }],
    abandonment: null,
    exemption: null,
    result: null,
  }
}

export class SmallCity {
  log = new SmallLog()
  case = publicCase()
  /** The command ids of what was entered from paper. */
  entered = []
  submissions = new Map()
  /** What was uploaded, by the id of the file. */
  files = new Map()
  /** Requests to refuse or to drop, for the flows to set. */
  next = undefined
  unknownDocuments = 0

  constructor(dist) {
    const manifest = JSON.parse(readFileSync(`${dist}/persisted-documents.json`, 'utf8'))
    this.operations = new Map(
      Object.entries(manifest).map(([id, text]) => [id, /(?:query|mutation) (\w+)/.exec(text)?.[1]]),
    )
    this.log.append('case_published', `public_comment/${this.case.id}`, { revision: 1 }, 'approver')
  }

  resolve = {
    Cases: () => ({
      publicCommentCases: {
        __typename: 'PublicCommentCaseConnection',
        nodes: [this.case],
        pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
        totalCount: 1,
      },
    }),
    Case: ({ id }) => ({ publicCommentCase: id === this.case.id ? this.case : null }),
    CaseAsOf: ({ id }) => ({ cityAsOf: { __typename: 'City', ...this.resolve.Case({ id }) } }),
    CasesAsOf: () => ({ cityAsOf: { __typename: 'City', ...this.resolve.Cases() } }),
    SubmitOpinion: ({ input }) => ({ submitOpinion: this.submit(input) }),
    SubmissionByReceipt: ({ receipt }) => ({ submissionByReceipt: this.held(receipt) }),
    WithdrawOpinion: ({ input }) => {
      const one = this.held(input.submission.receipt)
      one.withdrawnAt = new Date().toISOString()
      return {
        withdrawOpinion: {
          __typename: 'WithdrawOpinionPayload',
          position: 9,
          submission: { __typename: 'Submission', id: one.id, withdrawnAt: one.withdrawnAt },
        },
      }
    },
    EnterOpinion: ({ input }) => {
      this.entered.push(input.commandId)
      const submission = {
        __typename: 'Submission',
        id: `submission_${input.commandId}`,
        receiptNumber: 'P4PE-R001',
      }
      return { enterOpinion: { __typename: 'EnterOpinionPayload', position: 42, submission } }
    },
    EmailConfirmation: () => ({ emailConfirmationRequired: false }),
    LooksAt: () => ({ looksAt: [] }),
    Viewer: () => ({ viewer: null }),
  }

  held({ submission, secret }) {
    const one = this.submissions.get(submission)
    return one && one.secret === secret ? one.node : null
  }

  submit(input) {
    if (this.next === 'refuse') {
      this.next = undefined
      return {
        __typename: 'Refusal',
        code: 'CASE_NOT_OPEN',
        messageJa: '募集は終わりました。',
        messageEn: 'The period is over.',
      }
    }
    const id = `submission_${input.commandId}`
    const repeated = this.submissions.has(id)
    if (!repeated) {
      const position = this.log.append(
        'opinion_submitted',
        `public_comment/${this.case.id}`,
        { channel: 'web' },
        'citizen',
      )
      const node = {
        __typename: 'Submission',
        id,
        receiptNumber: 'K7QM-2X9D',
        position,
        recordedAt: new Date().toISOString(),
        receivedOn: day(0),
        late: null,
        withdrawnAt: null,
        replacements: 0,
        erasureRequestedAt: null,
        passage: null,
        attachments: input.opinion.attachments.map((file, at) => ({
          __typename: 'Attachment',
          id: file,
          path: `/files/${file}`,
          fileName: `添付${at + 1}.txt`,
          size: String(this.files.get(file)?.bytes.length ?? 0),
        })),
        body: { __typename: 'GuardedText', state: 'READABLE', text: input.opinion.body },
        hiding: null,
        case: this.case,
        items: [],
      }
      this.submissions.set(id, { node, secret: input.secret, input })
    }
    const { node } = this.submissions.get(id)
    return {
      __typename: 'SubmitOpinionPayload',
      submission: node,
      receiptNumber: node.receiptNumber,
      position: node.position,
      proof: null,
      repeated,
    }
  }

  /** Takes a file piece by piece, tells where it goes on, and gives it to whoever shows the secret. */
  async file(request, response, id) {
    const { 'hiroba-secret': secret, 'upload-offset': from, 'upload-complete': complete } = request.headers
    const file = this.files.get(id) ?? { bytes: Buffer.alloc(0), secret }
    const at = (status) => response.writeHead(status, { 'upload-offset': file.bytes.length }).end()
    if (file.secret !== secret) response.writeHead(404).end()
    else if (request.method === 'HEAD') at(200)
    else if (request.method === 'GET')
      response
        .writeHead(200, {
          'content-type': 'text/plain; charset=utf-8',
          'content-disposition': `inline; filename="${id}.txt"; filename*=UTF-8''%E6%B7%BB%E4%BB%981.txt`,
        })
        .end(file.bytes)
    else if (Number(from) !== file.bytes.length) at(409)
    else {
      const piece = await request.toArray()
      file.bytes = Buffer.concat([file.bytes, ...piece])
      this.files.set(id, file)
      if (complete !== '?1') at(204)
      else
        response.writeHead(201).end(JSON.stringify({ id, mediaType: 'text/plain', size: file.bytes.length }))
    }
    return true
  }

  answer = async (request, response, path) => {
    const send = (type, body) => {
      response.setHeader('content-type', type)
      response.end(body)
      return true
    }
    if (path === '/config.json') return send('application/json', '{}')
    const file = /^\/files\/(file_\w+)$/.exec(path)
    if (file) return this.file(request, response, file[1])
    if (path === '/log/checkpoint') return send('text/plain; charset=utf-8', this.log.checkpoint())
    if (path.startsWith('/log/tile/entries/')) return send('application/octet-stream', this.log.bundle())
    const receipt = /^\/log\/receipt\/(\d+)$/.exec(path)
    if (receipt) {
      const text = this.log.receipt(Number(receipt[1]))
      if (!text) response.writeHead(404)
      return send('text/plain; charset=utf-8', text ?? '')
    }
    if (path !== '/graphql') return false
    if (request.method !== 'POST' || !request.headers['content-type']?.startsWith('application/json')) {
      response.writeHead(415).end()
      return true
    }
    let body = ''
    for await (const chunk of request) body += chunk
    const { documentId, variables } = JSON.parse(body)
    const operation = this.operations.get(documentId)
    const resolve = this.resolve[operation]
    if (!resolve) {
      this.unknownDocuments += 1
      return send(
        'application/graphql-response+json',
        JSON.stringify({
          errors: [
            {
              message: 'unknown document',
              extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND', requestId: 'r1' },
            },
          ],
        }),
      )
    }
    return send('application/graphql-response+json', JSON.stringify({ data: resolve(variables) }))
  }
}
