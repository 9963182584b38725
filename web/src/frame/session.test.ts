import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accessToken, completeSignIn, signOut } from './session'

const CONFIG = { issuer: 'https://id.example', clientId: 'hiroba-web' }
const asked: { address: string; body?: URLSearchParams }[] = []

function answer(address: string) {
  if (address === '/config.json') return CONFIG
  if (address.endsWith('/openid-configuration'))
    return {
      issuer: CONFIG.issuer,
      authorization_endpoint: `${CONFIG.issuer}/authorize`,
      token_endpoint: `${CONFIG.issuer}/token`,
    }
  return { access_token: 'token-1', expires_in: 600 }
}

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    asked.push({ address, ...(init?.body instanceof URLSearchParams && { body: init.body }) })
    return new Response(JSON.stringify(answer(address)))
  })
  sessionStorage.setItem('hiroba/sign-in', JSON.stringify({ state: 's1', verifier: 'v1', returnTo: '/me' }))
})

afterEach(() => {
  signOut()
  vi.unstubAllGlobals()
})

describe('coming back from the provider', () => {
  it('redeems the code with the verifier that only this tab knows', async () => {
    expect(await completeSignIn('?code=c1&state=s1')).toBe('/me')
    expect(accessToken()).toBe('token-1')
    expect(Object.fromEntries(asked.at(-1)?.body ?? [])).toMatchObject({
      code: 'c1',
      code_verifier: 'v1',
      client_id: 'hiroba-web',
    })
  })

  it('is refused with another state, from another issuer, or a second time', async () => {
    expect(await completeSignIn('?code=c1&state=other')).toBeUndefined()
    expect(await completeSignIn('?code=c1&state=s1')).toBeUndefined()
    sessionStorage.setItem('hiroba/sign-in', JSON.stringify({ state: 's1', verifier: 'v1', returnTo: '/' }))
    expect(await completeSignIn('?code=c1&state=s1&iss=https://evil.example')).toBeUndefined()
    expect(accessToken()).toBeUndefined()
  })

  it('never leads away from the page', async () => {
    for (const returnTo of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      sessionStorage.setItem('hiroba/sign-in', JSON.stringify({ state: 's1', verifier: 'v1', returnTo }))
      expect(await completeSignIn('?code=c1&state=s1')).toBe('/')
    }
  })
})
