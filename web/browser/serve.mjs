// Serves a built folder with the content security policy that the real server must send.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** A server on a free port of the loopback; `answer` may handle a request before the files do. */
export async function serve(folder, { fallback = 'index.html', answer } = {}) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname
    response.setHeader('content-security-policy', POLICY)
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    if (await answer?.(request, response, path)) return
    const file = normalize(path).replace(/^\/+/, '')
    for (const name of [file, path.startsWith('/staff') ? 'staff.html' : fallback]) {
      try {
        const body = await readFile(join(folder, name))
        response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream')
        return response.end(body)
      } catch {
        // Not a file: the page's own router shows the address.
      }
    }
    response.writeHead(404).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
