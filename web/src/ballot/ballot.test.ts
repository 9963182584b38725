// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { castBallot, tracker } from './cast'
import { credentialKey } from './credential'
import { type Election, readElection } from './election'
import { signaturePrefix } from './form'
import { decode, encode, generator, identity, power, type Randomness, readScalar, scalarOf } from './group'
import { base64Digest } from './hash'
import { write } from './json'
import { proveKnowledge } from './proof'
import { allows, choose, chooseBlank, type Question } from './question'
import { faultOf } from './verify'

const hashed: string[] = []
vi.mock('@noble/hashes/sha2.js', async (original) => {
  const module = await original<typeof import('@noble/hashes/sha2.js')>()
  return {
    ...module,
    sha256: (bytes: Uint8Array) => {
      hashed.push(new TextDecoder().decode(bytes))
      return module.sha256(bytes)
    },
  }
})

const vectors = new URL('../../../crates/ballot/tests/vectors/', import.meta.url)
const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text))
const json = (path: string) => JSON.parse(readFileSync(new URL(path, vectors), 'utf8'))

function election(record: Uint8Array): Election {
  const read = readElection(record)
  if (!read.ok) throw new Error(read.fault)
  return read.election
}

/** The stream from which the vectors were made: digests of seed and counter. */
function seeded(seed: number): Randomness {
  let counter = 0n
  return (length) => {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 32) {
      const block = new Uint8Array(16)
      const view = new DataView(block.buffer)
      view.setBigUint64(0, BigInt(seed))
      view.setBigUint64(8, counter)
      counter += 1n
      bytes.set(sha256(block).subarray(0, length - at), at)
    }
    return bytes
  }
}

/** The data records of an archive: blocks of 512 bytes, the size in octal at 124. */
function records(archive: Uint8Array): string[] {
  const bodies: string[] = []
  for (let at = 0; at < archive.length; ) {
    const text = (from: number, length: number) =>
      new TextDecoder().decode(archive.subarray(at + from, at + from + length))
    const size = Number.parseInt(text(124, 11), 8)
    if (text(0, 100).includes('.data.json')) bodies.push(text(512, size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return bodies
}

describe('ballots from a known stream of randomness', () => {
  const seededBallots = json('seeded-ballots.json')
  const vote = election(utf8(seededBallots.election))

  it.each<{
    seed: number
    credential: string
    public: string
    vote: number[][]
    ballot: string
    tracker: string
  }>(seededBallots.ballots)('are those of the Rust crate, byte for byte (seed $seed)', (vector) => {
    const key = credentialKey(vector.credential, vote.uuid)
    if (!key) throw new Error('the credential is not read')
    expect(key.public).toBe(vector.public)
    const cast = castBallot(vote, key, vector.vote, seeded(vector.seed))
    expect(cast).toEqual({ ok: true, ballot: { json: vector.ballot, tracker: vector.tracker } })
    expect(faultOf(vote, vector.ballot)).toBeUndefined()
  })

  it('are refused where the question does not allow the answer', () => {
    const key = credentialKey(seededBallots.ballots[0].credential, vote.uuid)
    if (!key) throw new Error('the credential is not read')
    const allowed = seededBallots.ballots[0].vote
    const random = () => {
      throw new Error('nothing is drawn for a vote that is not allowed')
    }
    const fault = (answers: number[][]) => {
      const cast = castBallot(vote, key, answers, random)
      return cast.ok ? undefined : cast.fault
    }
    expect(fault(allowed.slice(1))).toEqual({ code: 'ANSWER_COUNT' })
    for (const answer of [
      [0, 0, 0],
      [1, 1, 0],
      [0, 1, 1],
      [0, 2, 0],
      [0, 0.5, 0.5],
      [0, 1],
    ])
      expect(fault([answer, ...allowed.slice(1)])).toEqual({ code: 'NOT_ALLOWED', question: 0 })
  })
})

describe('an election held by belenios-tool', () => {
  const folder = 'ed25519-by-3.3/'
  const values = json(`${folder}vectors.json`)
  const [name = ''] = readdirSync(fileURLToPath(new URL(folder, vectors))).filter((file) =>
    file.endsWith('.bel'),
  )
  const bodies = records(readFileSync(new URL(folder + name, vectors)))
  let vote: Election
  beforeAll(() => {
    vote = election(utf8(bodies.find((body) => body.startsWith('{"version"')) ?? ''))
  })
  it('has the fingerprint that the tool prints', () => {
    expect(vote.fingerprint).toBe(values.fingerprint_b64)
    expect(encode(generator)).toBe(values.generator)
    expect(encode(identity)).toBe(values.identity)
  })

  it('derives every credential as the tool does', () => {
    expect(values.credentials.length).toBeGreaterThan(2)
    for (const vector of values.credentials) {
      const key = credentialKey(vector.private, vote.uuid)
      expect(key?.secret.toString()).toBe(vector.secret_exponent)
      expect(key?.public).toBe(vector.public)
    }
  })

  it('has valid ballots, and every hash in them is the one that the tool computed', () => {
    const ballots = bodies.filter((body) => body.startsWith('{"election_uuid"'))
    expect(ballots.length).toBe(6)
    for (const ballot of ballots) expect(faultOf(vote, ballot)).toBeUndefined()
    const known = ballots.filter((ballot) => tracker(ballot) === values.ballot1.tracker_b64)
    expect(known.length).toBe(1)
    hashed.length = 0
    expect(faultOf(vote, known[0] ?? '')).toBeUndefined()
    const expected = values.ballot1.hashes_in_verification_order.map(
      (hash: { preimage: string }) => hash.preimage,
    )
    const proved = hashed.filter((text) => /^(sig|prove|bproof[01])\|/.test(text))
    // The tool checks the two proofs of a blank vote in the other order.
    expect(proved.toSorted()).toEqual(expected.toSorted())
  })
})

const UUID = 'HirobaPageTest'
const key = encode(power(generator, 4711n))
const plain: Question = { answers: ['賛成', '反対'], min: 1, max: 1, question: '賛成ですか' }
const withBlank: Question = { answers: ['賛成', '反対'], blank: true, min: 1, max: 1, question: '賛成ですか' }

const record = (changed: Record<string, unknown> = {}, questions: unknown = [plain]) =>
  write({
    version: 1,
    description: '',
    name: '試験',
    group: 'Ed25519',
    public_key: key,
    questions,
    uuid: UUID,
    ...changed,
  })
const faultOfRecord = (text: string) => {
  const read = readElection(utf8(text))
  return read.ok ? undefined : read.fault
}
/** y = -1: the point of order two. */
const ORDER_TWO = `7${'f'.repeat(61)}ec`

describe('what the page receives', () => {
  it('is an election in its one form, with a key in the group', () => {
    expect(faultOfRecord(record())).toBeUndefined()
    expect(faultOfRecord(` ${record()}`)).toBe('NOT_CANONICAL')
    expect(faultOfRecord(`\ufeff${record()}`)).toBe('MALFORMED')
    expect(faultOfRecord(record().replace('"min":1', '"min":1.0'))).toBe('NOT_CANONICAL')
    expect(faultOfRecord(record().replace('"name"', '"surprise":1,"name"'))).toBe('MALFORMED')
    expect(faultOfRecord('{')).toBe('MALFORMED')
    expect(faultOfRecord(record({ version: 2 }))).toBe('ELECTION_VERSION')
    expect(faultOfRecord(record({ group: 'BELENIOS-2048' }))).toBe('ELECTION_GROUP')
    expect(faultOfRecord(record({ uuid: 'short' }))).toBe('ELECTION_UUID')
    expect(faultOfRecord(record({ uuid: 'HirobaPageTest0' }))).toBe('ELECTION_UUID')
    expect(faultOfRecord(record({}, []))).toBe('ELECTION_QUESTIONS')
    expect(faultOfRecord(record({}, [{ ...plain, min: 2 }]))).toBe('ELECTION_QUESTIONS')
    expect(faultOfRecord(record({}, [{ ...plain, max: 3 }]))).toBe('ELECTION_QUESTIONS')
    const shifted = encode(
      power(generator, 4711n).add(ed25519.Point.fromHex('ec'.padEnd(62, 'f').concat('7f'))),
    )
    for (const public_key of [
      ORDER_TWO,
      shifted,
      encode(identity),
      // y = p + 1: another way to write the identity.
      `7${'f'.repeat(61)}ee`,
      // The identity with a sign.
      `8${'0'.repeat(62)}1`,
      key.toUpperCase(),
      `0${key}`,
      '2'.padStart(64, '0'),
      '',
    ])
      expect(faultOfRecord(record({ public_key })), public_key).toBe('ELECTION_KEY')
  })

  it('reads elements and numbers in one form only', () => {
    expect(decode(encode(identity))?.equals(identity)).toBe(true)
    expect(decode(ORDER_TWO)).toBeUndefined()
    const order = ed25519.Point.Fn.ORDER
    expect(readScalar((order - 1n).toString())).toBe(order - 1n)
    for (const text of ['', '00', '01', '-1', '+1', ' 1', '1 ', '1e3', '0x1', order.toString()])
      expect(readScalar(text), text).toBeUndefined()
    expect(scalarOf(new Uint8Array(64).fill(255))).toBe((2n ** 512n - 1n) % order)
    expect(encode(power(generator, order - 1n))).toBe(encode(generator.negate()))
    expect(encode(power(generator, 0n))).toBe(encode(identity))
  })

  it('is a credential as the card prints it, and no other text', () => {
    const text = '11111-222222-33333-444444'
    expect(credentialKey(text, UUID)).toBeDefined()
    for (const wrong of [
      '',
      text.replaceAll('-', ''),
      `${text} `,
      text.replace('1', '0'),
      text.replace('4', 'l'),
    ])
      expect(credentialKey(wrong, UUID), wrong).toBeUndefined()
  })
})

describe('a ballot that was tampered with', () => {
  const voter = credentialKey('11111-222222-33333-444444', UUID)
  const other = credentialKey('21111-222222-33333-444444', UUID)
  if (!voter || !other) throw new Error('the credentials are not read')
  const vote = election(utf8(record({}, [withBlank])))
  const answer = chooseBlank(withBlank)
  if (!answer || !allows(withBlank, answer)) throw new Error('a blank vote is allowed')
  const cast = castBallot(vote, voter, [answer], seeded(1))
  const honest = cast.ok ? cast.ballot.json : ''

  /** Changes a ballot and signs it, as a dishonest voter could. */
  // biome-ignore lint/suspicious/noExplicitAny: ballots of every wrong shape
  function forge(change: (form: any) => void, signer = voter) {
    const { signature: _, ...form } = JSON.parse(honest)
    change(form)
    const hash = base64Digest(write(form))
    return write({
      ...form,
      signature: { hash, proof: proveKnowledge(signaturePrefix(hash), signer?.secret ?? 0n, seeded(9)) },
    })
  }

  it('is found, whatever was changed', () => {
    expect(faultOf(vote, honest)).toBeUndefined()
    expect(
      faultOf(
        vote,
        forge(() => {}),
      ),
    ).toBeUndefined()
    const swap = (list: unknown[], a: number, b: number) => {
      ;[list[a], list[b]] = [list[b], list[a]]
    }
    const cases: [string, string][] = [
      [honest.replace(',', ', '), 'NOT_CANONICAL'],
      [`${honest}x`, 'MALFORMED'],
      [honest.replace(/"response":"/, '"response":"0'), 'MALFORMED'],
      [
        forge((form) => {
          form.election_uuid = 'AnotherElection'
        }),
        'BALLOT_OF_OTHER_ELECTION',
      ],
      [
        forge((form) => {
          form.election_hash = 'x'
        }),
        'BALLOT_OF_OTHER_FINGERPRINT',
      ],
      [
        forge((form) => {
          form.credential = ORDER_TWO
        }),
        'UNKNOWN_CREDENTIAL',
      ],
      [
        forge((form) => {
          form.credential = other.public
        }),
        'BALLOT_SIGNATURE',
      ],
      [
        forge((form) => {
          form.credential = other.public
        }, other),
        'BALLOT_PROOF',
      ],
      [honest.replace(/"response":"\d{4}/, '"response":"1234'), 'BALLOT_SIGNATURE_HASH'],
      [
        forge((form) => {
          form.answers.pop()
        }),
        'BALLOT_SHAPE',
      ],
      [
        forge((form) => {
          form.answers[0].choices.pop()
        }),
        'BALLOT_SHAPE',
      ],
      [
        forge((form) => {
          delete form.answers[0].blank_proof
        }),
        'BALLOT_SHAPE',
      ],
      [
        forge((form) => {
          form.answers[0].overall_proof.pop()
        }),
        'BALLOT_SHAPE',
      ],
      [
        forge((form) => {
          form.answers[0].overall_proof[0].response = '01'
        }),
        'MALFORMED',
      ],
      [
        forge((form) => {
          form.answers[0].choices[1].alpha = ORDER_TWO
        }),
        'ELEMENT_NOT_IN_GROUP',
      ],
      [
        forge((form) => {
          swap(form.answers[0].choices, 0, 2)
        }),
        'BALLOT_PROOF',
      ],
      [
        forge((form) => {
          swap(form.answers[0].individual_proofs, 0, 2)
        }),
        'BALLOT_PROOF',
      ],
      [
        forge((form) => {
          swap(form.answers[0].blank_proof, 0, 1)
        }),
        'BALLOT_PROOF',
      ],
      [
        forge((form) => {
          swap(form.answers[0].overall_proof, 0, 1)
        }),
        'BALLOT_PROOF',
      ],
    ]
    for (const [ballot, fault] of cases) expect(faultOf(vote, ballot), ballot).toBe(fault)
  })

  it('is not for another election', () => {
    const another = election(utf8(record({ name: '別' }, [withBlank])))
    expect(faultOf(another, honest)).toBe('BALLOT_OF_OTHER_FINGERPRINT')
    expect(choose(withBlank, [1])).toEqual([0, 0, 1])
    expect(chooseBlank(plain)).toBeUndefined()
  })
})
