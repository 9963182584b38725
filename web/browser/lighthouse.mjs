// What Lighthouse says of the pages that matter most, in the real city, as phones and desks open them.
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { navigation } from 'lighthouse'
import puppeteer from 'puppeteer-core'
import { EXECUTABLE, FLAGS } from './chromium.mjs'

/** The least that a page has to reach, in a hundredth. */
const LEAST = { accessibility: 100, 'best-practices': 95 }

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const CASES = `{ publicCommentCases { nodes { id phase } } }`

/** The pages by name, and who opens them. */
async function pages(city) {
  const { publicCommentCases } = await city.ask(CASES)
  const one = (phase) => publicCommentCases.nodes.find((node) => node.phase === phase).id
  return {
    home: { path: '/' },
    cases: { path: '/cases' },
    case: { path: `/cases/${one('OPEN')}` },
    submit: { path: `/cases/${one('OPEN')}/submit?step=opinion` },
    result: { path: `/cases/${one('RESULT_PUBLISHED')}/result` },
    receipts: { path: '/receipts/1' },
    mine: { path: '/me' },
    statistics: { path: '/statistics' },
    log: { path: '/log' },
    help: { path: '/help' },
    'home-en': { path: '/?lang=en' },
    staff: { path: '/staff', persona: 'clerk' },
    'staff-case': { path: `/staff/cases/${one('RESULT_PUBLISHED')}`, persona: 'clerk' },
    'staff-queue': { path: `/staff/cases/${one('RESULT_PUBLISHED')}/queue`, persona: 'clerk' },
    'staff-paper': { path: `/staff/cases/${one('OPEN')}/paper`, persona: 'operator' },
  }
}

/** As a person does: through the provider's own page. The session lives in this window alone. */
async function signIn(page, city, persona) {
  await page.goto(`${city.url}/me?lang=ja`)
  const button = await page.waitForSelector('header button.button', { visible: true })
  await Promise.all([page.waitForNavigation(), button.click()])
  const chosen = await page.waitForSelector(`button[name="persona"][value="${persona}"]`)
  await chosen.click()
  await page.waitForFunction(() => sessionStorage.getItem('hiroba/session') !== null)
}

async function measure(browser, city, { path, persona }) {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  if (persona) await signIn(page, city, persona)
  const flags = {
    onlyCategories: Object.keys(LEAST),
    // How fast this machine is, busy as it is, says nothing.
    throttlingMethod: 'provided',
    disableStorageReset: true,
    output: 'html',
    ...(persona && {
      formFactor: 'desktop',
      screenEmulation: { mobile: false, width: 1280, height: 900, deviceScaleFactor: 1, disabled: false },
    }),
  }
  const { lhr, report } = await navigation(page, city.url + path, { flags })
  // A page that could not be shown would be flawless.
  const shown = await page.$eval('main', (main) => main.querySelector('.banner-error') === null)
  await context.close()
  return { lhr, report, shown }
}

/** What keeps a category from being full. */
const faults = (lhr, category) =>
  lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
    .map(({ id }) => {
      const nodes = lhr.audits[id].details?.items?.map((item) => item.node?.selector ?? item.description)
      return [id, ...(nodes ?? []).filter(Boolean).slice(0, 3)].join(' ')
    })

export async function lighthouse(city, folder) {
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const browser = await puppeteer.launch({
    executablePath: EXECUTABLE,
    args: [...FLAGS, `--remote-debugging-port=${port}`],
  })
  const findings = []
  const scores = []
  try {
    for (const [name, one] of Object.entries(await pages(city))) {
      const { lhr, report, shown } = await measure(browser, city, one)
      await writeFile(`${folder}/${name}.html`, report)
      if (!shown) findings.push(`lighthouse ${name}: the page shows an error`)
      for (const [category, least] of Object.entries(LEAST)) {
        const score = Math.round((lhr.categories[category].score ?? 0) * 100)
        scores.push(score)
        if (lhr.runtimeError) findings.push(`lighthouse ${name}: ${lhr.runtimeError.message}`)
        else if (score < least)
          findings.push(`lighthouse ${name}: ${category} ${score}: ${faults(lhr, category).join('; ')}`)
      }
    }
  } finally {
    await browser.close()
  }
  console.log(
    `lighthouse: ${scores.length / 2} pages, lowest score ${Math.min(...scores)}, ${findings.length} findings`,
  )
  return findings
}
