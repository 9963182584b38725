import * as v from 'valibot'
import { toBase64Url } from './base64url'

/**
 * Sign-in by the authorization code flow with PKCE (RFC 7636, RFC 9700). The page is a public client: it holds
 * no secret, keeps the token for the life of the tab only, and never in a place that outlives it.
 */
const configSchema = v.object({ issuer: v.string(), clientId: v.string() })
const discoverySchema = v.object({
  issuer: v.string(),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
})
const tokenSchema = v.object({ access_token: v.string(), expires_in: v.optional(v.number(), 600) })
const sessionSchema = v.object({ token: v.string(), endsAt: v.number() })
const attemptSchema = v.object({ state: v.string(), verifier: v.string(), returnTo: v.string() })

export type Session = v.InferOutput<typeof sessionSchema>

const SESSION = 'hiroba/session'
const ATTEMPT = 'hiroba/sign-in'
export const RETURN_PATH = '/sign-in/return'

const listeners = new Set<() => void>()

function stored<S extends v.GenericSchema>(key: string, schema: S): v.InferOutput<S> | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(sessionStorage.getItem(key) ?? 'null'))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

let session: Session | undefined = stored(SESSION, sessionSchema)

function change(next: Session | undefined) {
  session = next
  if (next) sessionStorage.setItem(SESSION, JSON.stringify(next))
  else sessionStorage.removeItem(SESSION)
  for (const listener of listeners) listener()
}

export const subscribeSession = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const currentSession = () => session
export const signOut = () => change(undefined)
export const accessToken = () => (session && session.endsAt > Date.now() ? session.token : undefined)

async function get<S extends v.GenericSchema>(address: string, schema: S): Promise<v.InferOutput<S>> {
  const response = await fetch(address, { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`${address}: ${response.status}`)
  return v.parse(schema, await response.json())
}

async function provider() {
  const config = await get('/config.json', configSchema)
  const discovery = await get(`${config.issuer}/.well-known/openid-configuration`, discoverySchema)
  // RFC 8414 §3.3: a document of another issuer is not this one's.
  if (discovery.issuer !== config.issuer) throw new Error('the discovery document names another issuer')
  return { ...config, ...discovery }
}

const random = () => toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
const redirectUri = () => window.location.origin + RETURN_PATH

/** Leaves for the provider; the reader comes back to `returnTo`. */
export async function signIn(returnTo = window.location.pathname + window.location.search): Promise<void> {
  const { clientId, authorization_endpoint } = await provider()
  const attempt = { state: random(), verifier: random(), returnTo }
  sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(attempt.verifier))
  const address = new URL(authorization_endpoint, window.location.origin)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: 'openid profile',
    state: attempt.state,
    code_challenge: toBase64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  window.location.assign(address)
}

/** Redeems the code; gives where to go, or nothing if this is not the answer to our own question. */
export async function completeSignIn(search: string): Promise<string | undefined> {
  const answer = new URLSearchParams(search)
  const attempt = stored(ATTEMPT, attemptSchema)
  sessionStorage.removeItem(ATTEMPT)
  const code = answer.get('code')
  if (!attempt || !code || answer.get('state') !== attempt.state) return undefined
  const { clientId, issuer, token_endpoint } = await provider()
  const named = answer.get('iss')
  if (named !== null && named !== issuer) return undefined
  const response = await fetch(token_endpoint, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri(),
      code,
      code_verifier: attempt.verifier,
    }),
  })
  if (!response.ok) return undefined
  const token = v.parse(tokenSchema, await response.json())
  change({ token: token.access_token, endsAt: Date.now() + token.expires_in * 1000 })
  // Only a path of this page: nobody is sent elsewhere by a prepared link.
  return /^\/(?![/\\])/.test(attempt.returnTo) ? attempt.returnTo : '/'
}
