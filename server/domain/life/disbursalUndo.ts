/**
 * Taking a disbursement back. Undoing the disbursal takes everything back that happened since the approval,
 * hidden from lists; undoing the last disbursal only the last tranche with what it brought along.
 *
 *   1000 disbursed, 250 down payment, 500 more disbursed with 125 down: undo last -> 1000 and 250 are left
 *
 * Source: engine.md sections 5.8 and 10 (undo disbursal, undo last disbursal).
 */

import { isDueAtDisbursement } from '../charges/landing.ts';
import type { CivilDate } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { currentTag } from '../delinquency/classification.ts';
import { concluded } from '../history/conclusion.ts';
import { activeOfType, activeTransactions, withReplaced } from '../history/history.ts';
import { afterScheduleChange } from '../history/outcome.ts';
import { scheduled } from '../history/replaying.ts';
import type { Loan, TermVariation } from '../loan.ts';
import { requireRule } from '../refusal.ts';
import { percentOf } from '../schedule/rate.ts';
import { isActive, type LoanTransaction, PAYMENTS, type TransactionType } from '../transaction.ts';
import { requireActive, requireNotChargedOff } from './rules.ts';

type CommandOf<Kind extends LoanCommand['kind']> = Extract<LoanCommand, { kind: Kind }>;

/**
 * The partner's rule: once customers have paid, the disbursal stays. Down payments booked automatically do
 * not count.
 */
export function requireUnrepaid(loan: Loan): void {
  const paid = activeTransactions(loan).some(
    ({ type }) => PAYMENTS.has(type) && (type !== 'downPayment' || !loan.terms.downPayment.automatic),
  );
  requireRule(!paid, {
    kind: 'aborted',
    code: 'loan_has_repayments',
    message: 'The disbursal can not be undone: repayments exist',
  });
}

export function undoDisbursal(
  loan: Loan,
  _command: CommandOf<'undoDisbursal'>,
  context: DecisionContext,
): Decision {
  requireActive(loan);
  requireNotChargedOff(loan);
  const hidden = withHidden(loan, activeTransactions(loan), context);
  const expectedOn = loan.tranches[0]?.expectedOn ?? loan.terms.expectedDisbursementDate;
  const approved: Loan = {
    ...hidden,
    status: 'approved',
    disbursedOn: null,
    closedOn: null,
    overpaidOn: null,
    overpaid: 0n,
    accruedTill: null,
    tranches: [{ expectedOn, disbursedOn: null, amount: loan.approvedPrincipal }],
    variations: [],
    isNonPerforming: false,
    ...(loan.installmentTags?.length ? { installmentTags: [] } : {}),
    installments: [],
    charges: loan.charges.map((charge) => ({
      ...charge,
      paid: 0n,
      waived: 0n,
      waivedInstallments: [],
      isWaived: false,
      active: charge.active && charge.definition.time !== 'OVERDUE',
    })),
    delinquencyTags: lifted(loan, context.businessDate),
  };
  return concluded(loan, scheduled(approved, context));
}

/** The very same history where no range holds, so that no change of it is announced. */
function lifted(loan: Loan, on: CivilDate): Loan['delinquencyTags'] {
  const current = currentTag(loan);
  if (current === null) return loan.delinquencyTags;
  return loan.delinquencyTags.map((tag) => (tag === current ? { ...tag, liftedOn: on } : tag));
}

function withHidden(
  loan: Loan,
  targets: readonly LoanTransaction[],
  { businessDate }: DecisionContext,
): Loan {
  const hidden = targets.map(
    (each) => ({ ...each, reversal: 'bySystem', reversedOn: businessDate }) as const,
  );
  return withReplaced(loan, hidden);
}

const GOES_WITH_IT: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'disbursement',
  'accrual',
  'accrualActivity',
  'repaymentAtDisbursement',
  'repayment',
]);

export function undoLastDisbursal(
  loan: Loan,
  _command: CommandOf<'undoLastDisbursal'>,
  context: DecisionContext,
): Decision {
  requireActive(loan);
  requireNotChargedOff(loan);
  const disbursements = activeOfType(loan, 'disbursement').sort((a, b) => a.id - b.id);
  const last = disbursements.at(-1);
  requireRule(loan.terms.multiDisburse && last !== undefined && disbursements.length > 1, {
    kind: 'aborted',
    code: 'loan_needs_two_disbursements',
    message: 'Only the last of several disbursements can be undone by itself',
  });
  requireNothingAfter(loan, last);
  const withIt = activeTransactions(loan).filter((each) => goesWith(each, last));
  const hidden = withHidden(loan, [...withIt, ...downPaymentOf(loan, last)], context);
  const index = loan.tranches.findLastIndex(({ disbursedOn }) => disbursedOn === last.date);
  const without: Loan = {
    ...hidden,
    tranches: loan.tranches.filter((_, place) => place !== index),
    variations: loan.variations.filter((each) => !wasAgreedWith(each, last.date)),
    charges: withoutChargesOf(loan, withIt),
  };
  return concluded(loan, afterScheduleChange(scheduled(without, context), last.date, context));
}

/** What was agreed at the disbursement or later: an installment amount, another due date, other terms. */
function wasAgreedWith({ kind, applicableFrom, dateValue }: TermVariation, on: CivilDate): boolean {
  if (kind === 'installmentAmount') return applicableFrom >= on;
  return applicableFrom > on || (dateValue !== null && dateValue > on);
}

const goesWith = (each: LoanTransaction, last: LoanTransaction): boolean =>
  GOES_WITH_IT.has(each.type) && each.date >= last.date && each.id >= last.id;

/** What was kept back from the tranche is open again. */
function withoutChargesOf(loan: Loan, undone: readonly LoanTransaction[]): Loan['charges'] {
  const taken = new Set(
    undone
      .filter(({ type }) => type === 'repaymentAtDisbursement')
      .flatMap(({ chargesPaid }) => chargesPaid.map(({ chargeId }) => chargeId)),
  );
  return loan.charges.map((charge) =>
    isDueAtDisbursement(charge) && taken.has(charge.id) ? { ...charge, paid: 0n } : charge,
  );
}

/** The newest down payment of that day, found by its amount before it was brought to multiples (a quirk). */
function downPaymentOf(loan: Loan, last: LoanTransaction): LoanTransaction[] {
  const { automatic, percentage } = loan.terms.downPayment;
  if (!automatic || percentage === null) return [];
  const amount = percentOf(last.amount, percentage, loan.terms.currency);
  const found = activeOfType(loan, 'downPayment').findLast(
    (each) => each.date === last.date && each.amount === amount && each.id > last.id,
  );
  return found ? [found] : [];
}

function requireNothingAfter(loan: Loan, last: LoanTransaction): void {
  const after = loan.transactions.some(
    (each) =>
      isActive(each) &&
      each.date > last.date &&
      (PAYMENTS.has(each.type) || each.type === 'waiveInterest' || each.type === 'waiveCharges'),
  );
  requireRule(!after, {
    kind: 'aborted',
    code: 'loan_has_later_payments',
    message: 'The last disbursal can not be undone: payments came after it',
  });
}
