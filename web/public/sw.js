// The shell only: pages, scripts, styles and icons of this release. What the city or a person says is never
// kept here; answers of /graphql, /log and /files are not touched at all.
const SHELL = 'hiroba-shell-v1'
const PAGES = ['/index.html']

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(PAGES))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

const isAsset = (url) =>
  url.pathname.startsWith('/assets/') || /^\/(icon[^/]*|manifest\.webmanifest)$/.test(url.pathname)

async function asset(request) {
  const cache = await caches.open(SHELL)
  const known = await cache.match(request)
  if (known) return known
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return
  // Assets carry the hash of their content in their names, so a kept one is never stale.
  if (isAsset(url)) event.respondWith(asset(event.request))
  else if (event.request.mode === 'navigate' && !url.pathname.startsWith('/staff'))
    event.respondWith(fetch(event.request).catch(() => caches.match('/index.html')))
})
