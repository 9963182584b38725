import type { TypedDocumentNode } from '@urql/core'
import { useEffect, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { answerOf } from './api'
import { dayInTokyo, type LocalDate } from './dates'
import { useAsOf } from './router'
import type { Answer } from './states'

type Moment = { position: number } | { time: string }

/** `?at=` is a position, a moment, or a day, which means its end in Tokyo. */
export function momentOf(at: string): Moment {
  if (/^\d{1,15}$/.test(at)) return { position: Number(at) }
  return { time: /^\d{4}-\d{2}-\d{2}$/.test(at) ? `${at}T23:59:59.999+09:00` : at }
}

type Asked<R> = { answer: Answer<R>; retry: () => void }

/**
 * Asks the city, as it is or as it was: the same question under `cityAsOf` when the reader travels in time.
 * Both documents select the same fields, so one `read` serves both.
 */
export function useCity<Now extends object, V extends Record<string, unknown>, R>(
  now: TypedDocumentNode<Now, V>,
  past: TypedDocumentNode<{ cityAsOf: Omit<Now, '__typename'> }, V & { moment: Moment }>,
  variables: V,
  read: (city: Omit<Now, '__typename'>) => R | null | undefined,
): Asked<R> {
  const at = useAsOf()
  const travelling = at !== undefined
  const [present, askPresent] = useQuery({ query: now, variables, pause: travelling })
  const [earlier, askPast] = useQuery({
    query: past,
    variables: { ...variables, moment: momentOf(at ?? '0') },
    pause: !travelling,
  })
  const answer: Answer<R> = travelling
    ? answerOf(earlier, ({ cityAsOf }) => read(cityAsOf))
    : answerOf(present, (data) => read(data))
  const ask = travelling ? askPast : askPresent
  return { answer, retry: () => ask({ requestPolicy: 'network-only' }) }
}

const TICK_MS = 15_000

/** The moment, refreshed often enough that a deadline does not pass unnoticed. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** Today in Tokyo, or the day that the reader travelled to. */
export function useToday(): LocalDate {
  const at = useAsOf()
  const today = dayInTokyo(useNow())
  return useMemo(() => {
    const moment = at === undefined ? undefined : momentOf(at)
    const then = moment && 'time' in moment ? new Date(moment.time) : undefined
    return then && !Number.isNaN(then.getTime()) ? dayInTokyo(then) : today
  }, [at, today])
}
