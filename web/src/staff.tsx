import { type ComponentType, lazy } from 'react'
import { start } from './app'
import type { Params, Route } from './frame/router'
import { StaffHomePage } from './institutions/public_comment/staff/pages'

type Screen = ComponentType<{ params: Params }>
const part = <K extends string>(load: () => Promise<Record<K, Screen>>, name: K) =>
  lazy(() => load().then((module) => ({ default: module[name] })))

const cases = () => import('./institutions/public_comment/staff/pages')
const review = () => import('./institutions/public_comment/staff/review-pages')
const imports = () => import('./institutions/public_comment/staff/import-page')
const materials = () => import('./institutions/public_comment/staff/materials-page')
const records = () => import('./institutions/public_comment/staff/records-page')
const paper = () => import('./institutions/public_comment/staff/paper-page')
const counter = () => import('./institutions/public_comment/staff/counter-page')
const personal = () => import('./institutions/public_comment/staff/personal-page')

const routes: readonly Route[] = [
  { pattern: '/staff', screen: StaffHomePage },
  { pattern: '/staff/cases/new', screen: part(cases, 'NewDraftPage') },
  { pattern: '/staff/cases/:id', screen: part(cases, 'StaffCasePage') },
  { pattern: '/staff/cases/:id/draft', screen: part(cases, 'DraftPage') },
  { pattern: '/staff/cases/:id/materials', screen: part(materials, 'MaterialsPage') },
  { pattern: '/staff/cases/:id/publish', screen: part(cases, 'PublishPage') },
  { pattern: '/staff/cases/:id/paper', screen: part(paper, 'PaperPage') },
  { pattern: '/staff/cases/:id/counter', screen: part(counter, 'CounterPage') },
  { pattern: '/staff/cases/:id/import', screen: part(imports, 'ImportPage') },
  { pattern: '/staff/cases/:id/queue', screen: part(review, 'QueuePage') },
  { pattern: '/staff/cases/:id/submissions/:submission', screen: part(personal, 'PersonalPage') },
  { pattern: '/staff/records', screen: part(records, 'RecordsHomePage') },
  { pattern: '/staff/records/:submission', screen: part(records, 'RecordsPage') },
  { pattern: '/staff/cases/:id/decide', screen: part(review, 'DecidePage') },
  { pattern: '/staff/cases/:id/result', screen: part(review, 'ResultPage') },
]

start({
  home: '/staff',
  routes,
  nav: (names) => [
    { href: '/staff', name: names.staff },
    { href: '/', name: names.home },
    { href: '/log', name: names.log },
  ],
})
