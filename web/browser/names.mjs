// What a screen reader hears: names and roles of the screens that matter most, compared with what was agreed.
// `--update` writes them anew; the difference is then reviewed like any other change.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { openGallery, show } from './stories.mjs'

const AGREED = new URL('./snapshots/', import.meta.url)
const STORIES = [
  'home/open',
  'case/open',
  'submit/draft-restored',
  'submit/opinion',
  'submit/who',
  'submit/check',
  'submit/done',
  'mine/some',
  'result/changed',
  'receipt/found',
  'log/verify-ok',
  'staff/queue',
  'staff/publish',
  'frame/dialog',
]

export async function names(browser, url, update) {
  await mkdir(AGREED, { recursive: true })
  const findings = []
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  })
  const { page } = await openGallery(context, url, 'lang=ja')
  for (const name of STORIES) {
    await show(page, name)
    const heard = `${(await page.locator('main').ariaSnapshot()).trim()}\n`
    const file = new URL(`${name.replace('/', '-')}.yml`, AGREED)
    const agreed = await readFile(file, 'utf8').catch(() => '')
    if (heard === agreed) continue
    if (update) await writeFile(file, heard)
    else
      findings.push(
        `${name}: names or roles differ from browser/snapshots; if that is right, run with --update`,
      )
  }
  await context.close()
  console.log(`names and roles: ${STORIES.length} screens compared, ${findings.length} findings`)
  return findings
}

const PRINTED = ['submit/done', 'result/changed', 'case/open']

/** Paper: nothing of the frame, nothing to press, and a PDF to look at. */
export async function paper(browser, url, folder) {
  await mkdir(folder, { recursive: true })
  const findings = []
  const context = await browser.newContext({ viewport: { width: 794, height: 1123 } })
  const { page } = await openGallery(context, url, 'lang=ja')
  await page.emulateMedia({ media: 'print' })
  for (const name of PRINTED) {
    await show(page, name)
    const left = await page.evaluate(() =>
      [...document.querySelectorAll('.site-header, .site-footer, .actions, .skip-link')]
        .filter((element) => element.checkVisibility())
        .map((element) => element.className),
    )
    findings.push(...left.map((one) => `${name} (paper): ${one} is printed`))
    await page.pdf({ path: `${folder}/${name.replace('/', '-')}.pdf`, format: 'A4', preferCSSPageSize: true })
  }
  await context.close()
  return findings
}
