// The shell only: pages, scripts, styles and icons of this release. What the city or a person says is never
// kept here; answers of /graphql, /log and /files are not touched at all.
// The build writes the release and its files (scripts/shell.mjs).
const RELEASE = 'none'
const FILES = ['/index.html']
const SHELL = `hiroba-shell-${RELEASE}`

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(FILES))
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

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return
  // The files are those of this release, so a kept one is never stale.
  // They are the same for whoever asks, whatever the server's Vary says of its other answers.
  if (FILES.includes(url.pathname))
    event.respondWith(
      caches.match(event.request, { ignoreVary: true }).then((known) => known ?? fetch(event.request)),
    )
  else if (event.request.mode === 'navigate' && !url.pathname.startsWith('/staff'))
    event.respondWith(fetch(event.request).catch(() => caches.match('/index.html')))
})
