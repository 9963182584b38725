// Every screen in every state: accessibility rules, no sideways scrolling, targets large enough, nothing executed.

import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { openPage } from './chromium.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const SMALLEST_TARGET = 24

export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1280, height: 900 }
// 1280 × 1024 CSS pixels at 200 % and at 400 % zoom.
const ZOOMED_TWICE = { width: 640, height: 512 }
const ZOOMED = { width: 320, height: 256 }

/** Rules that were met, with the screens that met them: the test result page is made of them. */
const met = new Map()

export async function axe(page, name) {
  await page.evaluate(AXE)
  const { violations, passes } = await page.evaluate(async (tags) => {
    const result = await globalThis.axe.run({ runOnly: tags })
    return { violations: result.violations, passes: result.passes.map(({ id, help }) => ({ id, help })) }
  }, TAGS)
  for (const { id, help } of passes) {
    const rule = met.get(id) ?? { id, help, screens: new Set() }
    rule.screens.add(name)
    met.set(id, rule)
  }
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `axe ${id}: ${target.join(' ')} ${failureSummary.replace(/\s+/g, ' ')}`,
    ),
  )
}

/** The page itself may not scroll sideways; boxes that scroll by themselves may. */
export const overflow = (page) =>
  page.evaluate(() => {
    const root = document.documentElement
    return root.scrollWidth > root.clientWidth
      ? [`the page is ${root.scrollWidth} wide in ${root.clientWidth}`]
      : []
  })

/** WCAG 2.5.8, links inside a sentence excepted. */
export const targets = (page) =>
  page.evaluate((smallest) => {
    const inSentence = (element) => element.tagName === 'A' && getComputedStyle(element).display === 'inline'
    return [...document.querySelectorAll('a, button, input, select, textarea, summary')]
      .filter((element) => element.checkVisibility() && !inSentence(element))
      .filter((element) => !element.closest('label.choice'))
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < smallest || box.height < smallest))
      .map(
        ([element, box]) =>
          `target ${Math.round(box.width)}×${Math.round(box.height)}: ${element.outerHTML.slice(0, 90)}`,
      )
  }, SMALLEST_TARGET)

/** WCAG 1.4.12: wider spacing may not cut text off. */
const spaced = (page) =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }',
    )
    document.adoptedStyleSheets = [sheet]
    const root = document.documentElement
    const wide =
      root.scrollWidth > root.clientWidth ? [`with wide spacing the page is ${root.scrollWidth} wide`] : []
    const hidden = (way) => way === 'hidden' || way === 'clip'
    const cut = [...document.querySelectorAll('button, a, label, h1, h2, h3, p, td, th')]
      .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .user-text'))
      .filter(
        (element) =>
          (element.scrollWidth > element.clientWidth + 2 &&
            getComputedStyle(element).overflowX !== 'visible') ||
          (element.scrollHeight > element.clientHeight + 2 && hidden(getComputedStyle(element).overflowY)),
      )
      .map((element) => `cut with wide spacing: ${element.outerHTML.slice(0, 90)}`)
    document.adoptedStyleSheets = []
    return [...wide, ...cut]
  })

/** Where the system chooses the colours, backgrounds go: what can be pressed or read has to stand out without them. */
const forcedColours = (page) =>
  page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'))
    probe.style.backgroundColor = 'Canvas'
    const canvas = getComputedStyle(probe).backgroundColor
    probe.remove()
    const shown = (selector) =>
      [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility())
    const bordered = (element) =>
      ['Top', 'Right', 'Bottom', 'Left'].some((side) => {
        const style = getComputedStyle(element)
        return Number.parseFloat(style[`border${side}Width`]) >= 1 && style[`border${side}Style`] !== 'none'
      })
    const underlined = (element) =>
      [element, ...element.querySelectorAll('*')].some((one) =>
        getComputedStyle(one).textDecorationLine.includes('underline'),
      )
    const controls = shown('button, .button, select, textarea, input')
      .filter((one) => !['radio', 'checkbox', 'range', 'file', 'hidden'].includes(one.type))
      .filter((one) => !bordered(one) && !underlined(one) && !one.closest('.visually-hidden'))
      .map((one) => `looks like text: ${one.outerHTML.slice(0, 90)}`)
    const lost = shown('svg rect, svg path, svg text, svg circle, svg line')
      // A code keeps its own black on white: a camera reads it.
      .filter((one) => !one.closest('.qr'))
      .filter((one) => {
        const { fill, stroke, strokeWidth } = getComputedStyle(one)
        const seen = (colour) => colour !== 'none' && colour !== canvas && !/^rgba.*, 0\)$/.test(colour)
        return !seen(fill) && !(seen(stroke) && Number.parseFloat(strokeWidth) > 0)
      })
      .map((one) => `is drawn in the colour of the page: ${one.outerHTML.slice(0, 90)}`)
    return [...controls, ...lost]
  })

/** Who asked for less motion sees none: nothing moves by itself or slides into place, whatever is opened. */
const motion = (page) =>
  page.evaluate(() => {
    const LONGEST_MS = 1
    const seconds = (times) => Math.max(...times.split(',').map((time) => Number.parseFloat(time) || 0))
    const running = document
      .getAnimations()
      .filter((one) => Number(one.effect?.getComputedTiming().activeDuration) > LONGEST_MS)
      .map((one) => `moves: ${one.effect.target?.outerHTML.slice(0, 90)}`)
    const sliding = [...document.querySelectorAll('*')]
      .filter((one) => seconds(getComputedStyle(one).transitionDuration) * 1000 > LONGEST_MS)
      .map((one) => `slides: ${one.outerHTML.slice(0, 90)}`)
    const scrolling = getComputedStyle(document.documentElement).scrollBehavior
    return [...running, ...sliding, ...(scrolling === 'smooth' ? ['the page scrolls smoothly'] : [])]
  })

/** Whatever somebody wrote: what reorders or does not print is shown by its name, and marks stay in their line. */
const unmasked = (page) =>
  page.evaluate(() => {
    const control = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
    const stacked = /\p{M}{6}/u
    const found = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const where = node.parentElement
      if (!where || where.closest('textarea, script, style')) continue
      if (control.test(node.data)) found.push(`a control reorders text in ${where.outerHTML.slice(0, 90)}`)
      if (stacked.test(node.data)) found.push(`marks are stacked in ${where.outerHTML.slice(0, 90)}`)
    }
    return found
  })

export async function openGallery(context, url, query) {
  const opened = await openPage(context)
  await opened.page.goto(`${url}/gallery.html?${query}`)
  await opened.page.waitForFunction(() => globalThis.gallery !== undefined)
  return { ...opened, names: await opened.page.evaluate(() => globalThis.gallery.names) }
}

export async function show(page, name) {
  await page.evaluate((story) => {
    globalThis.gallery.show(story)
    window.scrollTo(0, 0)
  }, name)
  await page.waitForSelector(`[data-ready="${name}"]`, { state: 'attached' })
}

const PASSES = [
  { where: '1280 ja', viewport: DESK, query: 'lang=ja', shot: 'desk', full: true },
  { where: '360 easy, furigana', viewport: PHONE, query: 'lang=easy&furigana=on', full: true },
  { where: '360 en', viewport: PHONE, query: 'lang=en', full: true },
  { where: '360 ja', viewport: PHONE, query: 'lang=ja', shot: 'phone' },
  { where: '200 % zoom', viewport: ZOOMED_TWICE, query: 'lang=ja' },
  { where: '400 % zoom', viewport: ZOOMED, query: 'lang=ja' },
  { where: 'forced colours', viewport: DESK, query: 'lang=ja', forced: true },
]

/** All stories at one size, in one language; gives what is wrong. */
async function pass(browser, url, { where, viewport, query, shot, full, forced }, shots, only) {
  const findings = []
  const context = await browser.newContext({
    viewport,
    reducedMotion: 'reduce',
    forcedColors: forced ? 'active' : 'none',
  })
  const { page, faults, names } = await openGallery(context, url, query)
  for (const name of names.filter((one) => !only || one.startsWith(only))) {
    const note = (found) => findings.push(...found.map((one) => `${name} (${where}) ${one}`))
    try {
      await show(page, name)
      note([...(await overflow(page)), ...(await motion(page)), ...(await unmasked(page))])
      if (forced) note(await forcedColours(page))
      if (full) note([...(await axe(page, name)), ...(await targets(page)), ...(await spaced(page))])
      if (shot)
        await page.screenshot({
          path: `${shots}/${name.replace('/', '-')}-${shot}.png`,
          fullPage: true,
          timeout: 60_000,
        })
    } catch (error) {
      note([`could not be checked: ${error.message.split('\n')[0]}`])
    }
    note(await faults())
  }
  await context.close()
  return findings
}

export async function stories(browser, url, artefacts, only) {
  const shots = `${artefacts}/screens`
  await mkdir(shots, { recursive: true })
  const findings = []
  for (const one of PASSES) {
    const found = await pass(browser, url, one, shots, only)
    console.log(`stories, ${one.where}: ${found.length} findings`)
    findings.push(...found)
  }
  const rules = [...met.values()].map((rule) => ({ ...rule, screens: rule.screens.size }))
  return { findings, rules: rules.sort((a, b) => a.id.localeCompare(b.id)) }
}

/** Writes what the accessibility page shows (附属書JB: date, screens, rules, violations). */
export async function publishResults(file, names, rules, violations) {
  const testedOn = new Date().toISOString().slice(0, 10)
  await writeFile(file, `${JSON.stringify({ testedOn, screens: names, violations, rules }, null, 2)}\n`)
}
