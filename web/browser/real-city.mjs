// A real city: the server that cargo builds, the demonstration's personas, and a calendar that can be turned.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPage } from './chromium.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DAY_MS = 86_400_000
/** How far Japan's clocks are ahead. */
const JAPAN_MS = 9 * 3_600_000

/** Builds and starts the demonstration on a free port, with a log of its own. */
export async function startCity() {
  execFileSync('cargo', ['build', '--quiet', '--package', 'server', '--package', 'verifier', '--bins'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  const [binary, verifier] = ['hiroba', 'hiroba-verify'].map((name) => {
    const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target')
    const built = join(target, 'debug', name)
    if (!existsSync(built)) throw new Error(`cargo built no ${built}`)
    return built
  })
  const data = await mkdtemp(join(tmpdir(), 'hiroba-browser-'))
  const server = spawn(
    binary,
    ['serve', '--demo', '--config', 'deploy/demo.toml', '--data', data, '--listen', '127.0.0.1:0'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, RUST_LOG: 'warn' } },
  )
  let said = ''
  const url = await new Promise((resolve, reject) => {
    const hear = (bytes) => {
      said += bytes
      const found = /http:\/\/[\d.:]+/.exec(/ひろば: (\S+)/.exec(said)?.[1] ?? '')
      if (found) resolve(found[0])
    }
    server.stdout.on('data', hear)
    server.stderr.on('data', (bytes) => {
      said += bytes
    })
    server.on('exit', (code) => reject(new Error(`the server ended (${code}):\n${said}`)))
  })
  return new RealCity(url, server, data, verifier)
}

class RealCity {
  /** How far the calendar was turned. */
  days = 0

  constructor(url, server, data, verifier) {
    Object.assign(this, { url, server, data, verifier })
  }

  /** What the tool of an outsider says of a file that a submitter kept. */
  async verifyReceipt(file) {
    const { log } = await this.ask('{ log { keys { vkey } } }')
    const keys = log.keys.flatMap(({ vkey }) => ['--vkey', vkey])
    const run = spawnSync(this.verifier, ['receipt', file, ...keys], { encoding: 'utf8' })
    return { code: run.status, said: run.stdout + run.stderr }
  }

  async turnCalendar(days) {
    const body = new URLSearchParams({ days: String(days) })
    const response = await fetch(`${this.url}/demo/clock`, { method: 'POST', body, redirect: 'manual' })
    if (response.status !== 303) throw new Error(`the calendar was not turned: ${response.status}`)
    this.days += days
  }

  /** The fiscal year of the city's day, which begins on 1 April in Japan. */
  fiscalYear() {
    const now = new Date(Date.now() + this.days * DAY_MS + JAPAN_MS)
    return now.getUTCFullYear() - (now.getUTCMonth() < 3 ? 1 : 0)
  }

  /** A person's own window, whose clock goes as the city's does. */
  async window(browser, persona, { lang = 'ja', width = 360, options = {} } = {}) {
    const context = await browser.newContext({
      viewport: { width, height: width > 600 ? 900 : 740 },
      reducedMotion: 'reduce',
      serviceWorkers: 'block',
      ...options,
    })
    if (this.days > 0) await context.clock.setSystemTime(new Date(Date.now() + this.days * DAY_MS))
    const opened = await openPage(context)
    if (persona) await this.signIn(opened.page, persona, lang)
    return { ...opened, context, persona }
  }

  /** Through the provider's own page, by the authorization code flow with PKCE. */
  async signIn(page, persona, lang) {
    await page.goto(`${this.url}/me?lang=${lang}`)
    const asked = page.waitForRequest((request) => request.url().includes('/demo/oidc/authorize?'))
    await page.getByRole('button', { name: lang === 'en' ? 'Sign in' : 'サインイン', exact: true }).click()
    const { searchParams } = new URL((await asked).url())
    if (searchParams.get('code_challenge_method') !== 'S256') throw new Error('signed in without PKCE')
    await page.locator(`button[name="persona"][value="${persona}"]`).click()
    await page.waitForURL(/\/me/)
    await page
      .getByRole('button', { name: lang === 'en' ? 'Sign out' : 'サインアウト', exact: true })
      .waitFor()
  }

  /** What anybody can ask. */
  async ask(query, variables = {}) {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = await response.json()
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }

  async close() {
    const ended = new Promise((resolve) => this.server.once('exit', resolve))
    this.server.removeAllListeners('exit')
    this.server.once('exit', () => {})
    this.server.kill('SIGTERM')
    await Promise.race([ended, new Promise((resolve) => this.server.once('close', resolve))])
    await rm(this.data, { recursive: true, force: true })
  }
}
