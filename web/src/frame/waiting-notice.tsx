import { Banner, P } from './components'
import { useFrameMessages } from './messages'
import { takenLately, useWaiting } from './outbox'
import { Link, useAddress } from './router'

/** Screens that tell more of it themselves. */
const TOLD = /^\/me$|\/submit$/

/** On every screen: that something written on this device has not reached the city, or just has. */
export default function WaitingNotice() {
  const m = useFrameMessages()
  const entries = useWaiting()
  const told = TOLD.test(useAddress().pathname)
  const numbers = takenLately()
  return (
    <>
      {entries.length > 0 && !told && (
        <Banner kind="warning" title={m.outbox.waiting(entries.length)} live>
          <P>{m.outbox.waitingText}</P>
          <Link href="/me" className="tap">
            {m.nav.mine}
          </Link>
        </Banner>
      )}
      {numbers.length > 0 && (
        <Banner kind="success" title={m.outbox.sent(numbers.join('、'))} live>
          <Link href="/me" className="tap">
            {m.nav.mine}
          </Link>
        </Banner>
      )}
    </>
  )
}
