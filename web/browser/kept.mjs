// The one file that a submitter keeps: saved from the page, read by `hiroba-verify`, checked on the page, and told
// from a file that somebody changed.
import { readFile, writeFile } from 'node:fs/promises'
import { press } from './words.mjs'

/** Saves the file that a press on this button gives, and returns where it lies. */
export async function saved(page, name) {
  const download = page.waitForEvent('download')
  await press(page, name)
  return (await download).path()
}

async function checked(page, city, lang, file, words) {
  await page.goto(`${city.url}/receipts?lang=${lang}`)
  await page.setInputFiles('#proof-file', file)
  await page.getByText(words).first().waitFor()
}

/** The page and the tool agree that the file shows what was handed in, and that a changed one does not. */
export async function keeps(page, file, { city, lang, w }, body) {
  const kept = JSON.parse(await readFile(file, 'utf8'))
  if (!kept.proof || !kept.leaf || kept.openings.length < 2 || 'secret' in kept || '__typename' in kept)
    throw new Error(`kept: ${Object.keys(kept)}`)
  const good = await city.verifyReceipt(file)
  if (good.code !== 0 || !good.said.includes(body))
    throw new Error(`hiroba-verify: ${good.code} ${good.said}`)
  await checked(page, city, lang, file, w.found)
  await page.getByText(body).first().waitFor()

  const forged = `${file}.forged.json`
  const other = kept.openings.map((one) => (one.field === 'body' ? { ...one, text: '別の意見' } : one))
  await writeFile(forged, JSON.stringify({ ...kept, openings: other }))
  const bad = await city.verifyReceipt(forged)
  if (bad.code !== 1) throw new Error(`hiroba-verify took a forged file: ${bad.said}`)
  await checked(page, city, lang, forged, w.tampered)
}
