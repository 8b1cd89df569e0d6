/**
 * The short way for a payment that comes last on a progressive loan whose interest payments do not change: it
 * is laid over the rows as they stand. Everything of its history, charges too, must have had its turn before.
 *
 *   400 in 4 rows, 100 paid on 15 Feb, 100 more on 15 Mar: the second one needs no look at the first
 *
 * Source: engine.md sections 5.2 and 5.3 (progressive).
 */
import { finish } from '../allocation/cumulativeReplay.ts';
import type { LoanCharge } from '../charge.ts';
import { isInSchedule } from '../charges/landing.ts';
import { type CivilDate, earlier } from '../date.ts';
import { copyInstallment, isMet } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { isActive, type LoanTransaction, REPAYMENT_LIKE } from '../transaction.ts';
import { lay } from './layTransaction.ts';
import type { ProgressiveRun } from './run.ts';

type LoanPart = Pick<Loan, 'terms' | 'installments' | 'charges' | 'transactions'>;

/** Whether nothing else of the loan has its turn after the payment. */
export function comesLast({ terms, charges, transactions }: LoanPart, payment: LoanTransaction): boolean {
  const { id, date, type } = payment;
  if (terms.interestRecalculation !== null || !REPAYMENT_LIKE.has(type)) return false;
  return (
    charges.filter(isInSchedule).every((charge) => turnOf(charge) <= date) &&
    transactions.every((each) => each.id === id || !isActive(each) || isLaidBefore(each, date))
  );
}

const turnOf = ({ dueDate, submittedOn }: LoanCharge): CivilDate =>
  dueDate === null ? submittedOn : earlier(dueDate, submittedOn);

/** Accruals are not laid at all; a write-off is laid after everything else. */
const isLaidBefore = (each: LoanTransaction, date: CivilDate): boolean =>
  each.type === 'accrual' ||
  (each.date <= date && each.type !== 'writeOff' && each.type !== 'accrualActivity');

/** The rows and charges after the payment, and how it was split. */
export function layLatestOnRows(
  loan: LoanPart,
  payment: LoanTransaction,
): Pick<LoanPart, 'installments' | 'charges'> & { readonly laid: LoanTransaction } {
  const last = loan.installments.at(-1);
  const charges = loan.charges.map((charge) => ({ ...charge }));
  const run: ProgressiveRun = {
    terms: loan.terms,
    rows: loan.installments.map((row) => (isMet(row) && row !== last ? row : copyInstallment(row))),
    model: null,
    charges,
    entered: new Set(charges.filter(isInSchedule)),
    overpaid: 0n,
    recalculation: null,
  };
  const outcome = lay({ run, outcomes: new Map() }, payment);
  finish(run.rows, loan);
  return { installments: run.rows, charges, laid: { ...payment, ...outcome } };
}
