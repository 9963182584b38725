import * as v from 'valibot'
import type { Bilingual } from './components'
import { accessToken } from './session'
import { ulid } from './ulid'

/** What the server takes as a file, by the ends of names; it looks at the content itself. */
export const FILE_ENDINGS = ['pdf', 'docx', 'xlsx', 'odt', 'png', 'jpg', 'jpeg', 'gif', 'webp', 'txt', 'csv']

/** Bytes of one request: small enough that a broken line costs little, and that progress is seen. */
const PIECE = 512 * 1024
const MOST_TRIES = 5
const PAUSE_MS = 800

const storedSchema = v.object({ id: v.string(), mediaType: v.string(), size: v.number() })
const refusedSchema = v.object({
  errors: v.pipe(
    v.array(v.object({ message: v.string(), extensions: v.object({ code: v.string() }) })),
    v.minLength(1),
  ),
})

export type Stored = v.InferOutput<typeof storedSchema>

/** What became of a file: all of it is there, it is not taken, or the line broke and it can go on later. */
export type UploadOutcome =
  | { kind: 'stored'; file: Stored }
  | { kind: 'refused'; refusal: { code: string; message: Bilingual } }
  | { kind: 'cut' }

export type Upload = {
  /** Whoever knows the id can go on with the upload. */
  id: string
  file: Blob
  /** What the file is for, as the query of its address. */
  purpose: Readonly<Record<string, string>>
  lang: string
  /** By which somebody without an account shows later that the file is theirs. */
  secret?: string | undefined
  /** A part of it may be with the city since an earlier try. */
  begun?: boolean
  onProgress: (sent: number) => void
}

export const endingOf = (name: string) => name.split('.').at(-1)?.toLowerCase() ?? ''

const configSchema = v.object({ largestFile: v.optional(v.number()) })

/** The largest file that the server takes, in bytes, if it can be asked now. */
export async function largestFile(
  send: Put = (...request) => fetch(...request),
): Promise<number | undefined> {
  try {
    return v.parse(configSchema, await (await send('/config.json')).json()).largestFile
  } catch {
    return undefined
  }
}

export const newFileId = () => `file_${ulid()}`

type Put = typeof fetch
type Answer = { offset: number } | UploadOutcome | 'again'

function headers({ lang, secret }: Upload): Record<string, string> {
  const token = accessToken()
  return {
    'accept-language': lang,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(secret && { 'hiroba-secret': secret }),
  }
}

const addressOf = ({ id, purpose }: Upload) => `/files/${id}?${new URLSearchParams(purpose)}`

const reached = (response: Response) => {
  const offset = response.headers.get('upload-offset')
  return offset === null ? undefined : Number(offset)
}

async function refusal(response: Response): Promise<UploadOutcome> {
  const found = v.safeParse(refusedSchema, await response.json().catch(() => undefined))
  const [error] = found.success ? found.output.errors : []
  const message = error?.message ?? String(response.status)
  return {
    kind: 'refused',
    refusal: { code: error?.extensions.code ?? '', message: { ja: message, en: message } },
  }
}

/** Sends the bytes from an offset on. */
async function sendPiece(upload: Upload, offset: number, send: Put): Promise<Answer> {
  const piece = upload.file.slice(offset, offset + PIECE)
  const last = offset + piece.size >= upload.file.size
  const response = await send(addressOf(upload), {
    method: 'PUT',
    body: piece,
    headers: {
      ...headers(upload),
      'content-type': 'application/octet-stream',
      'upload-offset': String(offset),
      'upload-complete': last ? '?1' : '?0',
    },
  })
  if (response.status === 201) return { kind: 'stored', file: v.parse(storedSchema, await response.json()) }
  const at = reached(response)
  if (at !== undefined && (response.ok || response.status === 409)) return { offset: at }
  // The line, the server's pace, or somebody else's turn: the same bytes may be taken a moment later.
  if (response.status === 408 || response.status === 429 || response.status >= 500) return 'again'
  return refusal(response)
}

/** Where the server wants the upload to go on. */
async function askOffset(upload: Upload, send: Put): Promise<number | undefined> {
  const response = await send(addressOf(upload), { method: 'HEAD', headers: headers(upload) })
  return response.ok ? reached(response) : undefined
}

/**
 * Sends a file piece by piece. After a break it asks where to go on; asked again with the same id, also later, it
 * goes on there. Nothing is taken twice.
 */
export async function sendFile(
  upload: Upload,
  send: Put = (...request) => fetch(...request),
  pause = (tries: number) => new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS * tries)),
): Promise<UploadOutcome> {
  let offset = upload.begun ? ((await askOffset(upload, send).catch(() => undefined)) ?? 0) : 0
  if (offset > 0) upload.onProgress(Math.min(offset, upload.file.size))
  for (let tries = 0; tries < MOST_TRIES; ) {
    const answer = await sendPiece(upload, offset, send).catch((): Answer => 'again')
    if (answer === 'again') {
      tries += 1
      await pause(tries)
      offset = (await askOffset(upload, send).catch(() => undefined)) ?? offset
    } else if ('offset' in answer) {
      tries = answer.offset > offset ? 0 : tries + 1
      offset = answer.offset
      upload.onProgress(Math.min(offset, upload.file.size))
    } else {
      if (answer.kind === 'stored') upload.onProgress(upload.file.size)
      return answer
    }
  }
  return { kind: 'cut' }
}
