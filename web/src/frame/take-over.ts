/** How long to wait for a first screen before showing whatever there is. */
const PATIENCE_MS = 10_000

/** Whether the client shows something to read, and not only that it is loading. */
const hasScreen = (app: HTMLElement) => {
  const main = app.querySelector('main')
  return main?.querySelector('h1, .banner') != null && main.querySelector('[data-loading]') === null
}

/** Nobody is interrupted while typing; a form that the server made works by itself. */
const isTyping = (served: HTMLElement) =>
  served.contains(document.activeElement) &&
  document.activeElement?.matches('input, select, textarea') === true

/** Where the reader was: the same link, if the client has it too. */
function keepFocus(served: HTMLElement, app: HTMLElement) {
  const focused = document.activeElement
  if (!served.contains(focused)) return
  const href = focused?.getAttribute('href')
  if (href) app.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`)?.focus()
}

/**
 * Puts the client in the place of what the server rendered (`#served`), in one step and only once it has a
 * screen to show: what can be read already does not go away while the client is still asking for it.
 */
export function takeOver(app: HTMLElement) {
  const served = document.getElementById('served')
  if (!served) return
  const began = performance.now()
  const observer = new MutationObserver(() => attempt())
  const timer = setInterval(attempt, 250)
  function attempt() {
    if (!served || isTyping(served)) return
    if (!app || (!hasScreen(app) && performance.now() - began < PATIENCE_MS)) return
    observer.disconnect()
    clearInterval(timer)
    app.hidden = false
    keepFocus(served, app)
    served.remove()
  }
  observer.observe(app, { childList: true, subtree: true })
}
