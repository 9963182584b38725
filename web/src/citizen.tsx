import { type ComponentType, lazy, Suspense } from 'react'
import { start } from './app'
import type { Params, Route } from './frame/router'
import { initialLocale } from './frame/settings'
import { HomePage } from './institutions/public_comment/citizen/home-page'
import { citizenCatalogue } from './institutions/public_comment/messages'

type Screen = ComponentType<{ params: Params }>
const part = <K extends string>(load: () => Promise<Record<K, Screen>>, name: K) =>
  lazy(() => load().then((module) => ({ default: module[name] })))

const cases = () => import('./institutions/public_comment/citizen/pages')
const mine = () => import('./institutions/public_comment/citizen/mine-pages')
const audit = () => import('./audit/pages')
const help = () => import('./help/pages')

const ReceiptPage = part(audit, 'ReceiptPage')
const WaitingNotice = lazy(() => import('./frame/waiting-notice'))

const routes: readonly Route[] = [
  { pattern: '/', screen: HomePage },
  { pattern: '/cases', screen: part(cases, 'CaseListPage') },
  { pattern: '/cases/:id', screen: part(cases, 'CasePage') },
  { pattern: '/cases/:id/result', screen: part(cases, 'ResultPage') },
  {
    pattern: '/cases/:id/submit',
    screen: lazy(() => import('./institutions/public_comment/citizen/submit/page')),
  },
  {
    pattern: '/statistics',
    screen: lazy(() => import('./institutions/public_comment/citizen/statistics-page')),
  },
  { pattern: '/me', screen: part(mine, 'MinePage') },
  { pattern: '/me/submissions/:id', screen: part(mine, 'MySubmissionPage') },
  { pattern: '/receipts', screen: ReceiptPage },
  { pattern: '/receipts/:position', screen: ReceiptPage },
  { pattern: '/log', screen: part(audit, 'ExplorerPage') },
  { pattern: '/log/verify', screen: part(audit, 'VerifyPage') },
  { pattern: '/log/time', screen: part(audit, 'TimePage') },
  { pattern: '/log/statistics', screen: part(audit, 'StatisticsPage') },
  { pattern: '/log/objects/:stream', screen: part(audit, 'HistoryPage') },
  { pattern: '/log/:position', screen: part(audit, 'EntryPage') },
  { pattern: '/help', screen: part(help, 'HelpPage') },
  { pattern: '/accessibility', screen: part(help, 'AccessibilityPage') },
  { pattern: '/sign-in/return', screen: lazy(() => import('./identity/pages')) },
]

function open() {
  // The sentences of the first screen are on their way while the rest is still being read.
  void citizenCatalogue.read(initialLocale())

  start({
    home: '/',
    routes,
    notices: (
      <Suspense fallback={null}>
        <WaitingNotice />
      </Suspense>
    ),
    nav: (names) => [
      { href: '/', name: names.home },
      { href: '/me', name: names.mine },
      { href: '/receipts', name: names.receipt },
      { href: '/log', name: names.log },
      { href: '/help', name: names.help },
    ],
  })
}

// A server that answers every address with this page still opens the office.
if (window.location.pathname.startsWith('/staff')) void import('./staff')
else open()

/** What could not be sent goes out when the line is back; the code is loaded only when something waits. */
async function sendWaiting() {
  const { waiting } = await import('./frame/outbox')
  if ((await waiting()).length === 0) return
  const { sendAllWaiting } = await import('./institutions/public_comment/citizen/send')
  await sendAllWaiting()
}

window.addEventListener('online', () => void sendWaiting())
void sendWaiting()

if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js')
