// How long a ballot takes in this browser. Reported, not judged: the machine decides.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { serve } from './serve.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const BALLOTS = 30

/** The library alone, as the page to come will load it: in a chunk of its own. */
async function bundle(folder) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: ['chrome111', 'firefox119', 'safari16.4'],
      lib: {
        entry: ['cast', 'credential', 'election', 'verify'].map((name) => `${root}src/ballot/${name}.ts`),
        formats: ['es'],
      },
    },
  })
}

/** Runs in the page: makes ballots with the browser's own randomness and checks each. */
async function vote({ record, credential, ballots }) {
  const [{ castBallot }, { credentialKey }, { readElection }, { faultOf }] = await Promise.all(
    ['cast', 'credential', 'election', 'verify'].map((name) => import(`/${name}.js`)),
  )
  const random = (length) => crypto.getRandomValues(new Uint8Array(length))
  const read = readElection(new TextEncoder().encode(record))
  if (!read.ok) throw new Error(read.fault)
  const key = credentialKey(credential, read.election.uuid)
  const answers = [[0, 1, 0]]
  const times = { cast: [], check: [] }
  for (let made = 0; made < ballots; made += 1) {
    const before = performance.now()
    const cast = castBallot(read.election, key, answers, random)
    const after = performance.now()
    if (!cast.ok) throw new Error(cast.fault.code)
    const fault = faultOf(read.election, cast.ballot.json)
    if (fault) throw new Error(fault)
    times.cast.push(after - before)
    times.check.push(performance.now() - after)
  }
  return times
}

export async function voting(browser) {
  const folder = `${root}artefacts/voting`
  await bundle(folder)
  const server = await serve(folder, {})
  const context = await browser.newContext()
  const page = await context.newPage()
  // An empty page of the same origin.
  await page.route(`${server.url}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  )
  await page.goto(`${server.url}/`)
  const vectors = new URL('../../crates/ballot/tests/vectors/seeded-ballots.json', import.meta.url)
  const { election, ballots } = JSON.parse(readFileSync(vectors, 'utf8'))
  const { questions, ...rest } = JSON.parse(election)
  // One yes/no question with blank; the members of an election in their order.
  const members = ['version', 'description', 'name', 'group', 'public_key', 'questions', 'uuid']
  const one = { ...rest, questions: questions.slice(0, 1) }
  const record = JSON.stringify(Object.fromEntries(members.map((name) => [name, one[name]])))
  const times = await page.evaluate(vote, { record, credential: ballots[0].credential, ballots: BALLOTS })
  await context.close()
  await server.close()
  const [first] = times.cast
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
  console.log(
    `voting: a ballot (one yes/no question with blank) made in ${median(times.cast).toFixed(1)} ms, the first in ${first.toFixed(0)} ms with its tables; checked in ${median(times.check).toFixed(1)} ms (chromium, this machine, as busy as it is now)`,
  )
}
