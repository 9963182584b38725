import { Actions, Banner, Button, CityWords, Facts, P, Screen } from '../../../frame/components'
import { formatInstant } from '../../../frame/dates'
import { QrCode } from '../../../frame/qr-code'
import { Link } from '../../../frame/router'
import { useLocale } from '../../../frame/settings'
import { useCitizenMessages } from '../messages'
import type { Receipt } from '../model'

/** Where anybody can check that this position is in the log. */
export const receiptAddress = (position: number) => `${window.location.origin}/receipts/${position}`

type ReceiptSheetProps = { receipt: Receipt; again: boolean; onSave: () => void }

/** What the citizen keeps: on the screen, on paper, and as a file that needs no trust in us. */
export function ReceiptSheet({ receipt, again, onSave }: ReceiptSheetProps) {
  const m = useCitizenMessages()
  const locale = useLocale()
  return (
    <Screen title={again ? m.submit.duplicate : m.receipt.title}>
      {again && <P>{m.submit.duplicateText}</P>}
      <Banner kind="success" title={`${m.receipt.number} ${receipt.receiptNumber}`} live>
        <P>{m.receipt.keep}</P>
      </Banner>
      {receipt.late && (
        <Banner kind="warning" title={m.receipt.late}>
          <P>{m.receipt.lateText}</P>
        </Banner>
      )}
      <div className="flex flex-wrap gap-6">
        <div className="min-w-0 grow basis-72">
          <Facts
            rows={[
              [m.receipt.number, <strong key="number">{receipt.receiptNumber}</strong>],
              [m.submit.check.case, <CityWords key="case" text={receipt.caseTitle} />],
              [m.receipt.at, formatInstant(receipt.recordedAt, locale)],
              [
                m.receipt.position,
                <Link
                  key="position"
                  className="tap"
                  href={`/log/${receipt.position}`}
                >{`#${receipt.position}`}</Link>,
              ],
              ...(receipt.claim
                ? [
                    [
                      m.receipt.secret,
                      <code key="claim" className="hash">
                        {receipt.claim}
                      </code>,
                    ] as const,
                  ]
                : []),
            ]}
          />
          {receipt.claim && <P>{m.receipt.secretHint}</P>}
        </div>
        <QrCode text={receiptAddress(receipt.position)} label={m.receipt.qr} />
      </div>
      <P>{receipt.proof ? m.receipt.personal : m.receipt.filePending}</P>
      <Actions>
        <Button onClick={onSave} unavailable={receipt.proof ? undefined : m.receipt.filePending}>
          {m.receipt.file}
        </Button>
        <Button look="outline" onClick={() => window.print()}>
          {m.receipt.print}
        </Button>
        <Link href={`/receipts/${receipt.position}`} className="button button-outline">
          {m.receipt.check}
        </Link>
        <Link href="/me" className="button button-outline">
          {m.receipt.mine}
        </Link>
      </Actions>
    </Screen>
  )
}
