// How long an old phone on a slow line waits for the first route. Reported, not judged: the machine decides.

/** Lighthouse's slow 4G and a fourth of this machine's speed. */
const LINE = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
}
const SLOWER = 4
const SETTLED_MS = 1500

export async function speed(browser, url, what = 'the built page alone') {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, serviceWorkers: 'block' })
  const page = await context.newPage()
  const protocol = await context.newCDPSession(page)
  await protocol.send('Network.enable')
  await protocol.send('Network.emulateNetworkConditions', LINE)
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.goto(url)
  await page.locator('main h1').first().waitFor()
  // What the server rendered is replaced by the client; a larger paint then would count.
  await page.locator('#served').waitFor({ state: 'detached' })
  const paint = await page.evaluate(
    (settled) =>
      new Promise((resolve) => {
        let last = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) last = entry.startTime
        }).observe({ type: 'largest-contentful-paint', buffered: true })
        setTimeout(() => resolve(last), settled)
      }),
    SETTLED_MS,
  )
  await context.close()
  console.log(
    `speed, ${what}: largest contentful paint ${Math.round(paint)} ms on a throttled phone (this machine, as busy as it is now)`,
  )
}
