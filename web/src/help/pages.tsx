import { useEffect, useState } from 'react'
import * as v from 'valibot'
import { forgetEverything } from '../frame/device-store'
import { AccessibilityScreen, type TestResults } from './accessibility'
import { HelpScreen } from './help'

const resultsSchema = v.object({
  testedOn: v.string(),
  screens: v.array(v.string()),
  violations: v.number(),
  rules: v.array(v.object({ id: v.string(), help: v.string(), screens: v.number() })),
})

async function forget() {
  await forgetEverything()
  localStorage.clear()
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is younger than the oldest browser we serve
  document.cookie = 'lang=; Path=/; Max-Age=0; SameSite=Lax'
}

export const HelpPage = () => <HelpScreen onForget={forget} />

export function AccessibilityPage() {
  const [results, setResults] = useState<TestResults>()
  useEffect(() => {
    fetch('/accessibility.json')
      .then((response) => (response.ok ? response.json() : undefined))
      .then((json: unknown) => {
        const parsed = v.safeParse(resultsSchema, json)
        if (parsed.success) setResults(parsed.output)
      })
      .catch(() => {
        // Without results the page says that there are none yet.
      })
  }, [])
  return <AccessibilityScreen results={results} />
}
