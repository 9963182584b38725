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
