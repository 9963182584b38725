// The keyboard alone: everything that can be pressed is reached by Tab, shows its focus, and nothing traps it.
import { openGallery, show } from './stories.mjs'

const MOST_STOPS = 400

/** The element that has the focus, whether its focus shows, and whether it lies in the window. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return undefined
    element.dataset.stop ??= String(document.querySelectorAll('[data-stop]').length)
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    const quiet = element.matches('[data-quiet-focus], main, h1')
    return {
      stop: element.dataset.stop,
      name: element.outerHTML.slice(0, 80),
      shows: quiet || (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2),
      inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    }
  })

async function walk(page) {
  const findings = []
  const seen = new Set()
  let last
  let rounds = 0
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press('Tab')
    const here = await focused(page)
    // Past the last element the focus leaves the page. A modal dialog began with the focus inside, so what stands
    // before that is reached in a second round.
    if (!here && rounds > 0) break
    if (!here) {
      rounds += 1
      continue
    }
    // A date field has several stops of its own; coming back to an earlier element ends the round.
    if (here.stop === last) continue
    if (seen.has(here.stop)) break
    last = here.stop
    seen.add(here.stop)
    if (!here.shows) findings.push(`focus does not show: ${here.name}`)
    if (!here.inside) findings.push(`focus is outside the window: ${here.name}`)
  }
  const missed = await page.evaluate(() => {
    const modal = document.querySelector('dialog[open]')
    const radios = new Set()
    return [...(modal ?? document).querySelectorAll('a[href], button, input, select, textarea, summary')]
      .filter(
        (element) => element.checkVisibility() && element.tabIndex >= 0 && element.dataset.stop === undefined,
      )
      .filter((element) => {
        // Arrows move inside a group of radio buttons; Tab reaches one of them.
        if (element.type !== 'radio') return true
        if (radios.has(element.name)) return false
        radios.add(element.name)
        return !document.querySelector(`input[name="${CSS.escape(element.name)}"][data-stop]`)
      })
      .map((element) => `Tab never reaches: ${element.outerHTML.slice(0, 80)}`)
  })
  return [...findings, ...missed]
}

export async function keyboard(browser, url) {
  const findings = []
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  })
  const { page, names } = await openGallery(context, url, 'lang=ja')
  for (const name of names) {
    await show(page, name)
    await page.evaluate(() => {
      // Tab starts where the focus was last; put that at the very beginning.
      const start = document.createElement('span')
      start.tabIndex = -1
      document.body.prepend(start)
      start.focus()
      start.remove()
      for (const stop of document.querySelectorAll('[data-stop]')) delete stop.dataset.stop
    })
    findings.push(...(await walk(page)).map((one) => `${name} (keyboard) ${one}`))
  }
  await context.close()
  console.log(`keyboard: ${names.length} screens walked, ${findings.length} findings`)
  return { findings, names }
}
