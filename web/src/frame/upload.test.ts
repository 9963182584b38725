// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { concat, equal } from '../audit/proof/bytes'
import { sendFile, type Upload } from './upload'

const MIB = 1024 * 1024

type Wrong = Record<number, () => Response>

/** A server that keeps what it gets, and breaks or refuses where it is told: at the request of that number. */
function shelfOf(wrong: Wrong = {}, kept = new Uint8Array(0)) {
  const shelf = { kept, requests: [] as string[] }
  const send: typeof fetch = async (_, init) => {
    const headers = new Headers(init?.headers)
    const broken = wrong[shelf.requests.length]
    shelf.requests.push(`${init?.method} ${headers.get('upload-offset') ?? ''}`.trim())
    if (broken) return broken()
    const at = (status: number) =>
      new Response(null, { status, headers: { 'upload-offset': `${shelf.kept.length}` } })
    if (init?.method === 'HEAD') return at(200)
    if (Number(headers.get('upload-offset')) !== shelf.kept.length) return at(409)
    const piece = new Uint8Array(await new Response(init?.body).arrayBuffer())
    shelf.kept = concat(shelf.kept, piece)
    if (headers.get('upload-complete') !== '?1') return at(204)
    const stored = { id: 'file_1', mediaType: 'application/pdf', size: shelf.kept.length }
    return new Response(JSON.stringify(stored), { status: 201 })
  }
  return Object.assign(shelf, { send })
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251)
const noPause = async () => {}

function uploadOf(length: number) {
  const progress: number[] = []
  const upload: Upload = {
    id: 'file_1',
    file: new Blob([bytes(length)]),
    purpose: { for: 'material', case: 'case_1' },
    lang: 'ja',
    onProgress: (sent) => progress.push(sent),
  }
  return { upload, progress }
}

const cut = () => {
  throw new TypeError('the line broke')
}

describe('an upload', () => {
  it('goes in pieces, tells how far it is, and ends when all of it is there', async () => {
    const { upload, progress } = uploadOf(MIB + 7)
    const shelf = shelfOf()
    expect(await sendFile(upload, shelf.send, noPause)).toMatchObject({
      kind: 'stored',
      file: { size: MIB + 7 },
    })
    expect(progress).toEqual([MIB / 2, MIB, MIB + 7])
    expect(equal(shelf.kept, bytes(MIB + 7))).toBe(true)
  })

  it('goes on after a break where the server stopped, and sends nothing twice', async () => {
    const { upload } = uploadOf(MIB + 7)
    const shelf = shelfOf({ 1: cut })
    expect(await sendFile(upload, shelf.send, noPause)).toMatchObject({ kind: 'stored' })
    expect(shelf.requests).toEqual(['PUT 0', 'PUT 524288', 'HEAD', 'PUT 524288', 'PUT 1048576'])
    expect(equal(shelf.kept, bytes(MIB + 7))).toBe(true)
  })

  it('is given up after some tries, and goes on later with the same id', async () => {
    const { upload } = uploadOf(MIB)
    const broken = Object.fromEntries([...Array(20).keys()].slice(1).map((at) => [at, cut]))
    const shelf = shelfOf(broken)
    expect(await sendFile(upload, shelf.send, noPause)).toEqual({ kind: 'cut' })
    const later = shelfOf({}, shelf.kept)
    expect(await sendFile({ ...upload, begun: true }, later.send, noPause)).toMatchObject({ kind: 'stored' })
    expect(later.requests).toEqual(['HEAD', 'PUT 524288'])
  })

  it('says why a file is not taken, in the words of the city', async () => {
    const { upload } = uploadOf(10)
    const body = { errors: [{ message: 'この種類は', extensions: { code: 'FILE_TYPE_NOT_ALLOWED' } }] }
    const shelf = shelfOf({ 0: () => new Response(JSON.stringify(body), { status: 415 }) })
    expect(await sendFile(upload, shelf.send, noPause)).toEqual({
      kind: 'refused',
      refusal: { code: 'FILE_TYPE_NOT_ALLOWED', message: { ja: 'この種類は', en: 'この種類は' } },
    })
  })

  it('waits and tries again while the city is busy', async () => {
    const { upload } = uploadOf(10)
    const shelf = shelfOf({ 0: () => new Response('', { status: 503 }) })
    expect(await sendFile(upload, shelf.send, noPause)).toMatchObject({ kind: 'stored' })
  })
})
