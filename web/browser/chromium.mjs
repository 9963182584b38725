import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

export const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function launch() {
  if (!existsSync(EXECUTABLE)) {
    console.error(
      `No browser at ${EXECUTABLE}. Install it: apt-get install chromium fonts-noto-cjk (or set CHROMIUM).`,
    )
    process.exit(2)
  }
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS })
}

/** A page that remembers everything that must not happen: broken policy, script errors, executed hostile text. */
export async function openPage(context) {
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const faults = []
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('dialog', (dialog) => {
    faults.push(`a dialog opened: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.addInitScript(() => {
    globalThis.violations = []
    document.addEventListener('securitypolicyviolation', (event) =>
      globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  return {
    page,
    /** The faults since the last call. */
    async faults() {
      const violations = await page.evaluate(() => globalThis.violations.splice(0))
      const broken = await page.evaluate(() => globalThis.broken === true)
      const found = [...faults.splice(0), ...violations.map((one) => `content security policy: ${one}`)]
      return broken ? [...found, 'hostile text was executed'] : found
    },
  }
}
