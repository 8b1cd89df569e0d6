/** Repayments and their kin as they go out (contract "Repayments"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Currency, Money } from '../../domain/money.ts';
import type { LoanTransaction, TransactionType } from '../../domain/transaction.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import type { BookedTransaction } from '../../store/loans/transactions.ts';
import { answerOf, DateOut, IdOut, MoneyOut, noun, writeMoney } from '../values.ts';
import { REPAYMENT_EXAMPLE } from './examples.ts';

export const TYPE_LABELS: Readonly<Record<TransactionType, string>> = {
  disbursement: 'Disbursement',
  repaymentAtDisbursement: 'Repayment (at time of disbursement)',
  repayment: 'Repayment',
  downPayment: 'Down Payment',
  merchantIssuedRefund: 'Merchant Issued Refund',
  payoutRefund: 'Payout Refund',
  goodwillCredit: 'Goodwill Credit',
  interestPaymentWaiver: 'Interest Payment Waiver',
  interestRefund: 'Interest Refund',
  chargeRefund: 'Charge Refund',
  chargeAdjustment: 'Charge Adjustment',
  chargePayment: 'Charge Payment',
  waiveInterest: 'Waive Interest',
  waiveCharges: 'Waive Charges',
  refund: 'Refund',
  creditBalanceRefund: 'Credit Balance Refund',
  chargeback: 'Chargeback',
  recoveryRepayment: 'Recovery Repayment',
  writeOff: 'Write-off',
  chargeOff: 'Charge-off',
  accrual: 'Accrual',
  accrualActivity: 'Accrual Activity',
  reAge: 'Re-age',
  reAmortize: 'Re-amortize',
};

/** Paid by the customer: what the list of repayments shows. */
const CUSTOMER_REPAYMENTS: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'repayment',
  'downPayment',
  'chargePayment',
  'recoveryRepayment',
]);

/** Not repayments of any kind: found under the loan's transactions only. */
const OTHERS: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'disbursement',
  'accrual',
  'accrualActivity',
  'reAge',
  'reAmortize',
]);

export const RepaymentOut = noun(
  'Repayment',
  {
    id: IdOut,
    loanId: IdOut,
    type: Type.Unsafe<string>({ type: 'string', examples: ['Repayment'] }),
    date: DateOut,
    amount: MoneyOut,
    principal: Type.Optional(MoneyOut),
    interest: Type.Optional(MoneyOut),
    fees: Type.Optional(MoneyOut),
    penalties: Type.Optional(MoneyOut),
    overpaymentPortion: Type.Optional(MoneyOut),
    status: Type.Unsafe<'posted' | 'reversed'>({ type: 'string', enum: ['posted', 'reversed'] }),
    reversed: Type.Boolean(),
    externalId: Type.Optional(Type.String()),
    idempotencyKey: Type.Optional(Type.String()),
    note: Type.Optional(Type.String()),
    paymentTypeId: Type.Optional(IdOut),
    receiptNumber: Type.Optional(Type.String()),
  },
  REPAYMENT_EXAMPLE,
);

/** Newest first; what the system itself took back is hidden. */
export function customerRepaymentsOf(loan: BookedLoan): BookedTransaction[] {
  return loan.transactions
    .filter((each) => isShown(each) && CUSTOMER_REPAYMENTS.has(each.transaction.type))
    .sort(newestFirst);
}

/** A repayment of whatever kind by its number. */
export const findRepayment = (loan: BookedLoan, id: bigint): BookedTransaction | undefined =>
  loan.transactions.find((each) => each.id === id && isShown(each) && !OTHERS.has(each.transaction.type));

const isShown = (booked: BookedTransaction): boolean => booked.transaction.reversal !== 'bySystem';

function newestFirst(a: BookedTransaction, b: BookedTransaction): number {
  if (a.transaction.date !== b.transaction.date) return a.transaction.date < b.transaction.date ? 1 : -1;
  return b.transaction.id - a.transaction.id;
}

/** A charge-off is reversed by one act only, which callers know by a name of its own. */
const labelOf = ({ transaction: { type, reversal } }: BookedTransaction): string =>
  type === 'chargeOff' && reversal !== 'none' ? 'Undo Charge-off' : TYPE_LABELS[type];

/**
 * A waiver takes off the interest that was not yet income too, though the ledger has nothing of it to take
 * back.
 */
const interestOf = ({ type, portions, unrecognised }: LoanTransaction): Money =>
  type === 'waiveInterest' ? portions.interest + unrecognised : portions.interest;

export function repaymentOut(
  booked: BookedTransaction,
  loan: { readonly loanId: bigint; readonly currency: Currency },
): Static<typeof RepaymentOut> {
  const { transaction } = booked;
  const { principal, fees, penalties } = transaction.portions;
  const interest = interestOf(transaction);
  const part = (amount: Money) => (amount === 0n ? undefined : writeMoney(amount, loan.currency));
  const isReversed = transaction.reversal !== 'none';
  return answerOf<Static<typeof RepaymentOut>>({
    id: booked.id.toString(),
    loanId: loan.loanId.toString(),
    type: labelOf(booked),
    date: transaction.date,
    amount: writeMoney(transaction.amount, loan.currency),
    principal: part(principal),
    interest: part(interest),
    fees: part(fees),
    penalties: part(penalties),
    overpaymentPortion: part(transaction.overpaid),
    status: isReversed ? 'reversed' : 'posted',
    reversed: isReversed,
    externalId: booked.externalId ?? undefined,
    idempotencyKey: booked.idempotencyKey ?? undefined,
    note: booked.note ?? undefined,
    paymentTypeId: booked.paymentTypeId?.toString(),
    receiptNumber: booked.receiptNumber ?? undefined,
  });
}
