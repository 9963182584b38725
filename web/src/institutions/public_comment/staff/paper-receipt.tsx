import { Actions, type Bilingual, Button, CityWords, Facts, P, Section } from '../../../frame/components'
import { QrCode } from '../../../frame/qr-code'
import { receiptAddress } from '../citizen/receipt-sheet'
import { useCitizenMessages } from '../messages'
import { useStaffMessages } from '../messages/staff-index'

export type PaperReceipt = {
  receiptNumber: string
  caseTitle: Bilingual
  position: number
  /** With which the submitter returns, as one without an account does. */
  claim: string
}

/** The receipt of a letter, printed for whoever sent it. */
export function PaperReceiptSheet({ receipt }: { receipt: PaperReceipt }) {
  const p = useStaffMessages().paper
  const c = useCitizenMessages()
  return (
    <div className="card">
      <Section heading={p.receipt}>
        <div className="flex flex-wrap gap-6">
          <div className="min-w-0 grow basis-72">
            <Facts
              rows={[
                [c.receipt.number, <strong key="number">{receipt.receiptNumber}</strong>],
                [c.submit.check.case, <CityWords key="case" text={receipt.caseTitle} />],
                [c.receipt.position, `#${receipt.position}`],
                [
                  c.receipt.secret,
                  <code key="claim" className="hash">
                    {receipt.claim}
                  </code>,
                ],
              ]}
            />
            <P>{c.receipt.secretHint}</P>
          </div>
          <QrCode text={receiptAddress(receipt.position)} label={c.receipt.qr} />
        </div>
        <P className="no-print">{p.receiptNote}</P>
        <Actions>
          <Button look="outline" onClick={() => window.print()}>
            {c.receipt.print}
          </Button>
        </Actions>
      </Section>
    </div>
  )
}
