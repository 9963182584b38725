import { Facts, P, Screen, Section, Table } from '../frame/components'
import { formatDate } from '../frame/dates'
import { R } from '../frame/ruby'
import { useLocale } from '../frame/settings'
import { useHelpMessages } from './messages'

/** What the browser tests wrote down (`accessibility.json`). */
export type TestResults = {
  testedOn: string
  screens: string[]
  violations: number
  rules: { id: string; help: string; screens: number }[]
}

/** The JIS X 8341-3 test result page, from the last run of the browser tests. */
export function AccessibilityScreen({ results }: { results: TestResults | undefined }) {
  const m = useHelpMessages().accessibility
  const locale = useLocale()
  return (
    <Screen title={m.title}>
      <P>{m.policy}</P>
      <ul>
        {m.means.map((line) => (
          <li key={line}>
            <R>{line}</R>
          </li>
        ))}
      </ul>
      <Section heading={m.results}>
        {results ? (
          <>
            <Facts
              rows={[
                [m.standard, 'JIS X 8341-3:2016 / WCAG 2.2'],
                [m.level, 'AA'],
                [m.technologies, 'HTML, CSS, JavaScript, SVG, WAI-ARIA'],
                [m.tested, `${results.screens.length}（${formatDate(results.testedOn, locale)}）`],
                [m.violations, String(results.violations)],
                [m.method, m.methodText],
                [m.hand, m.handText],
              ]}
            />
            <Table
              caption={m.rules}
              rows={results.rules}
              keyOf={({ id }) => id}
              columns={[
                {
                  name: m.rules,
                  head: true,
                  cell: ({ id, help }) => <span lang="en">{`${id}: ${help}`}</span>,
                },
                { name: m.tested, number: true, cell: ({ screens }) => String(screens) },
              ]}
            />
          </>
        ) : (
          <P>{m.notYet}</P>
        )}
      </Section>
      <P>{m.contact}</P>
    </Screen>
  )
}
