import { saveFile } from './save-file'
import { accessToken } from './session'

/** The name that the city gives a file. */
function nameOf(headers: Headers): string | undefined {
  const disposition = headers.get('content-disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1]
  return encoded ? decodeURIComponent(encoded) : /filename="([^"]+)"/.exec(disposition)?.[1]
}

/** Saves a file that is served to whoever is signed in, or shows the secret; tells whether it was served. */
export async function saveServedFile(path: string, secret?: string): Promise<boolean> {
  const token = accessToken()
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(secret && { 'hiroba-secret': secret }),
  }
  const answer = await fetch(path, { credentials: 'omit', headers }).catch(() => undefined)
  if (!answer?.ok) return false
  const type = answer.headers.get('content-type') ?? 'application/octet-stream'
  saveFile(nameOf(answer.headers) ?? 'file', type, await answer.blob())
  return true
}

export type ServedFile = { name: string; size: number }

const asked = new Map<string, Promise<ServedFile | undefined>>()

async function ask(path: string): Promise<ServedFile | undefined> {
  const answer = await fetch(path, { method: 'HEAD', credentials: 'omit' }).catch(() => undefined)
  const name = answer?.ok ? nameOf(answer.headers) : undefined
  return name ? { name, size: Number(answer?.headers.get('content-length')) } : undefined
}

/** What a file is that everybody may read; nothing if that cannot be said now. */
export function aboutFile(path: string): Promise<ServedFile | undefined> {
  const about = asked.get(path) ?? ask(path)
  asked.set(path, about)
  return about
}
