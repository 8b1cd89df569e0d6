/** The kin of repayments over HTTP: waivers, refunds, recoveries, charge-off, corrections. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import * as corrections from '../../operations/loans/correctPayment.ts';
import { type Payment, recordPayment } from '../../operations/loans/recordPayment.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import type { EndpointDescription } from '../openapi.ts';
import { codeOrLabel, DateIn, IdIn, MoneyIn, PositiveMoneyIn, readDate } from '../values.ts';
import { addVerb, type Routes, type Target } from '../verbs.ts';
import { DatedIn, Note } from './lifecycle.ts';
import { RepaymentOut } from './repaymentAnswers.ts';
import { PaymentIn, readPayment, repaymentOf } from './repayments.ts';

const AdjustmentIn = Type.Object({ transactionDate: DateIn, transactionAmount: MoneyIn, note: Note });
const ChargebackIn = Type.Object(
  {
    transactionDate: DateIn,
    transactionAmount: PositiveMoneyIn,
    paymentTypeId: Type.Optional(IdIn),
    note: Note,
  },
  { examples: [{ transactionDate: '2025-03-15', transactionAmount: 4_000, note: 'Disputed at the bank' }] },
);

type Named = readonly [path: string, id: string, summary: string, type: Payment['type']];

/** Payments by another name: same body, same answer. */
const PAYMENTS: readonly Named[] = [
  ['waive-interest', 'waiveInterest', 'Waive interest that is outstanding', 'waiveInterest'],
  ['recover', 'recordRecovery', 'Record money for a written-off loan', 'recoveryRepayment'],
  ['refund', 'refundPayment', 'Pay back what was paid in advance or overpaid', 'refund'],
  ['credit-balance-refund', 'refundCreditBalance', 'Pay back what was overpaid', 'creditBalanceRefund'],
  [
    'merchant-issued-refund',
    'recordMerchantRefund',
    'Record a refund by the merchant',
    'merchantIssuedRefund',
  ],
  ['payout-refund', 'recordPayoutRefund', 'Record a refund of a payout', 'payoutRefund'],
  ['goodwill-credit', 'recordGoodwillCredit', 'Forgive a part in goodwill', 'goodwillCredit'],
];
/** What the lender gives, not the partner. */
const LENDERS: readonly Named[] = [
  [
    'interest-payment-waiver',
    'recordInterestPaymentWaiver',
    'Forgive interest by paying it for the customer',
    'interestPaymentWaiver',
  ],
];

export async function repaymentFamilyRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  for (const named of [...PAYMENTS, ...LENDERS]) {
    const [path, id, summary, type] = named;
    addVerb(routes, {
      kind: 'loan',
      ...(LENDERS.includes(named) && { caller: 'operator' }),
      describe: described(id, summary),
      path: `/repayments/${path}`,
      body: PaymentIn,
      answer: RepaymentOut,
      work: async (tx, target, body) => {
        const payment = readPayment(type, body);
        const recorded = await recordPayment(tx, routes.book, { loanId: target.id, payment });
        return repaymentOf(recorded.loan, recorded.transaction);
      },
    });
  }
  addChargeOff(routes);
  addCorrections(routes);
}

const described = (id: string, summary: string): Omit<EndpointDescription, 'caller'> => ({
  id,
  tag: 'Repayments',
  summary,
  errors: ['permission_denied', 'not_found', 'aborted'],
});

function addChargeOff(routes: Routes): void {
  const acts = [
    ['charge-off', 'chargeOffLoan', 'Move the loan to the charge-off accounts', corrections.chargeOffLoan],
    ['undo-charge-off', 'undoChargeOff', 'Take the charge-off back', corrections.undoChargeOff],
  ] as const;
  for (const [path, id, summary, act] of acts)
    addVerb(routes, {
      kind: 'loan',
      describe: described(id, summary),
      path: `/repayments/${path}`,
      body: DatedIn,
      answer: RepaymentOut,
      work: async (tx, target, body) => {
        const on = readDate(body.transactionDate, 'transactionDate');
        const done = await act(tx, routes.book, { loanId: target.id, note: body.note, on });
        return repaymentOf(done.loan, done.transaction);
      },
    });
}

function addCorrections(routes: Routes): void {
  addVerb(routes, {
    kind: 'loan',
    describe: described('reverseRepayment', 'Reverse a repayment; it stays in lists'),
    path: '/repayments/:transaction_id/reverse',
    body: DatedIn,
    answer: RepaymentOut,
    work: async (tx, { id, transactionId }, body) => {
      const on = readDate(body.transactionDate, 'transactionDate');
      const asked = { loanId: id, transactionId, note: body.note, on };
      const done = await corrections.reversePayment(tx, routes.book, asked);
      return repaymentOf(done.loan, done.transaction);
    },
  });
  addVerb(routes, {
    kind: 'loan',
    describe: described('adjustRepayment', 'Replace a repayment'),
    path: '/repayments/:transaction_id/adjust',
    body: AdjustmentIn,
    answer: RepaymentOut,
    work: async (tx, target, body) => {
      const done = await corrections.adjustPayment(tx, routes.book, amendmentOf(target, body));
      return repaymentOf(done.loan, done.transaction);
    },
  });
  addVerb(routes, {
    kind: 'loan',
    describe: described('chargeBackRepayment', 'Charge a repayment back'),
    path: '/repayments/:transaction_id/chargeback',
    body: ChargebackIn,
    answer: RepaymentOut,
    work: async (tx, target, body) => {
      const { paymentTypeId } = body;
      const done = await corrections.chargeBack(tx, routes.book, {
        ...amendmentOf(target, body),
        paymentType: paymentTypeId === undefined ? undefined : codeOrLabel(paymentTypeId, 'paymentTypeId'),
      });
      return repaymentOf(done.loan, done.transaction);
    },
  });
}

const amendmentOf = ({ id, transactionId }: Target, body: Static<typeof AdjustmentIn>) => ({
  loanId: id,
  transactionId,
  note: body.note,
  on: readDate(body.transactionDate, 'transactionDate'),
  amount: body.transactionAmount,
});
