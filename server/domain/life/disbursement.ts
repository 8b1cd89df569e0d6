/**
 * Paying a loan out, in one go or in tranches. Each disbursement takes its charges at once ("repayment at
 * disbursement") and, where the product says so, brings a down payment on the same day; the schedule is
 * computed anew.
 *
 *   1000 disbursed on 1 Jan, 25 % automatic down payment: disbursement 1000, down payment 250, normal rows
 *     share 750
 *
 * Source: engine.md sections 5.6 (disbursement), 5.7, 5.13 and 10 (disburse).
 */

import type { LoanCharge } from '../charge.ts';
import { chargeAmount } from '../charges/amount.ts';
import { isDueAtDisbursement } from '../charges/landing.ts';
import { noPortions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { Decision, DecisionContext, LoanCommand } from '../decision.ts';
import { concluded } from '../history/conclusion.ts';
import { listedTransactions, withBalances, withTransaction } from '../history/history.ts';
import { afterScheduleChange } from '../history/outcome.ts';
import { chargeBases, relaid, scheduled } from '../history/replaying.ts';
import { overpaidAmount } from '../history/settlement.ts';
import type { Loan, Tranche } from '../loan.ts';
import { formatMoney, type Money, maximum, minimum, sum } from '../money.ts';
import { requireRule } from '../refusal.ts';
import { downPaymentOf } from '../schedule/tranches.ts';
import { disbursedPrincipal, withOverApplied } from './origination.ts';
import {
  NOT_APPROVED,
  PAYABLE,
  requireAtMost,
  requireNotBefore,
  requireNotBeforeChargeOff,
  requireNotFuture,
  requirePositive,
  requireStatus,
} from './rules.ts';

type Disburse = Extract<LoanCommand, { kind: 'disburse' }>;

export function disburse(loan: Loan, command: Disburse, context: DecisionContext): Decision {
  const { on } = command;
  const amount = command.amount ?? expectedAmount(loan);
  requireDisbursable(loan, { ...command, amount }, context);
  const drawn = withDisbursement(withDrawnTranche(loan, on, amount), { ...command, amount }, context);
  const rescheduled = scheduled(withAgreements(drawn, command), context);
  const paidDown = withDownPayment(
    rescheduled,
    { on, amount, paymentType: command.paymentType ?? null },
    context,
  );
  return concluded(loan, afterScheduleChange({ ...paidDown, status: openStatus(loan) }, on, context));
}

const expectedAmount = (loan: Loan): Money =>
  loan.tranches.find(({ disbursedOn }) => disbursedOn === null)?.amount ??
  loan.approvedPrincipal - disbursedPrincipal(loan);

const openStatus = (loan: Loan): Loan['status'] => (loan.status === 'approved' ? 'active' : loan.status);

function requireDisbursable(
  loan: Loan,
  command: Disburse & { amount: Money },
  context: DecisionContext,
): void {
  const { on, amount } = command;
  requireStatus(loan, loan.terms.multiDisburse ? ['approved', ...PAYABLE] : ['approved'], {
    code: 'loan_must_be_approved',
    message: NOT_APPROVED,
  });
  requireNotFuture(on, context);
  requireNotBefore(on, loan.approvedOn, 'approval');
  requireNotBeforeChargeOff(loan, on);
  requireBeforeFirstRepayment(loan, on);
  requirePositive(amount, 'transactionAmount');
  requireWithinApproved(loan, amount);
  requireTrancheFits(loan, amount);
  requireFixedInstallment(loan, command);
}

function requireBeforeFirstRepayment({ disbursedOn, terms }: Loan, on: CivilDate): void {
  const first = terms.firstRepaymentDate;
  requireRule(disbursedOn !== null || first === null || on <= first, {
    kind: 'permission_denied',
    code: 'disbursement_after_first_repayment',
    message: `The first disbursement must not be after the first repayment date (${first})`,
  });
}

function requireWithinApproved(loan: Loan, amount: Money): void {
  const { overAppliedPercentage, disallowExpectedDisbursements, currency } = loan.terms;
  const limit =
    overAppliedPercentage !== null && disallowExpectedDisbursements
      ? maximum(loan.approvedPrincipal, withOverApplied(loan.terms))
      : loan.approvedPrincipal;
  requireAtMost(disbursedPrincipal(loan) + amount, limit, {
    code: 'disbursement_above_approved',
    message: `must not be above the approved ${formatMoney(limit, currency)}`,
    field: 'transactionAmount',
  });
}

function requireTrancheFits(loan: Loan, amount: Money): void {
  const { maxOutstandingBalance, maxTrancheCount, currency } = loan.terms;
  const count = loan.tranches.filter(({ disbursedOn }) => disbursedOn !== null).length;
  requireRule(maxTrancheCount === null || count < maxTrancheCount, {
    kind: 'invalid_argument',
    code: 'too_many_disbursements',
    message: `The loan can be disbursed at most ${maxTrancheCount} times`,
  });
  if (maxOutstandingBalance === null) return;
  const outstanding = sum(
    loan.installments.map((row) => row.charged.principal - row.paid.principal - row.writtenOff.principal),
  );
  requireAtMost((count === 0 ? 0n : outstanding) + amount, maxOutstandingBalance, {
    code: 'balance_above_maximum',
    message: `must not bring the outstanding balance above ${formatMoney(maxOutstandingBalance, currency)}`,
    field: 'transactionAmount',
  });
}

function requireFixedInstallment(loan: Loan, { fixedInstallmentAmount, amount }: Disburse): void {
  if (fixedInstallmentAmount === undefined) return;
  requirePositive(fixedInstallmentAmount, 'fixedInstallmentAmount');
  requireAtMost(fixedInstallmentAmount, (amount ?? 0n) + disbursedPrincipal(loan), {
    code: 'installment_above_principal',
    message: 'must not be above the principal',
    field: 'fixedInstallmentAmount',
  });
}

/** The expected tranche becomes a disbursed one; without one to come, a further one is added. */
function withDrawnTranche(loan: Loan, on: CivilDate, amount: Money): Loan {
  const index = loan.tranches.findIndex(({ disbursedOn }) => disbursedOn === null);
  const drawn: Tranche = { expectedOn: loan.tranches[index]?.expectedOn ?? on, disbursedOn: on, amount };
  const others = loan.tranches.filter((_, place) => place !== index);
  return { ...loan, tranches: [...others, drawn], disbursedOn: loan.disbursedOn ?? on };
}

function withDisbursement(loan: Loan, command: Disburse & { amount: Money }, context: DecisionContext): Loan {
  const { on, amount, paymentType = null } = command;
  const draft = { type: 'disbursement', date: on, amount, paymentType } as const;
  return withChargesTaken(withTransaction(loan, draft, context), { on, amount, paymentType }, context);
}

interface Payout {
  readonly on: CivilDate;
  readonly amount: Money;
  readonly paymentType: string | null;
}

/** Charges due at disbursement are kept back from the money: paid at once, with no row in the schedule. */
function withChargesTaken(loan: Loan, { on, amount, paymentType }: Payout, context: DecisionContext): Loan {
  const due = loan.charges.filter(
    (charge) => charge.active && isDueAtDisbursement(charge) && charge.paid === 0n,
  );
  if (due.length === 0) return loan;
  const taken = new Map(due.map((charge) => [charge.id, takenAmount(charge, amount, loan)]));
  const charges = loan.charges.map((charge) => {
    const paid = taken.get(charge.id);
    return paid === undefined ? charge : { ...charge, amount: paid, paid };
  });
  const total = sum(taken.values());
  const draft = {
    type: 'repaymentAtDisbursement',
    date: on,
    amount: total,
    portions: { ...noPortions(), fees: total },
    chargesPaid: [...taken].map(([chargeId, paid]) => ({ chargeId, amount: paid })),
    paymentType,
  } as const;
  return withTransaction({ ...loan, charges }, draft, context);
}

/** A tranche charge is a share of the tranche, any other of what its definition says. */
function takenAmount(charge: LoanCharge, tranche: Money, loan: Loan): Money {
  const bases = chargeBases(loan);
  const ofTranche = charge.definition.time === 'TRANCHE_DISBURSEMENT';
  return chargeAmount(charge, ofTranche ? { ...bases, principal: tranche } : bases);
}

/** A first due date or an installment amount agreed at the disbursement. */
function withAgreements(loan: Loan, { adjustedFirstDueDate, fixedInstallmentAmount, on }: Disburse): Loan {
  const agreed =
    fixedInstallmentAmount === undefined ? loan : withInstallment(loan, fixedInstallmentAmount, on);
  const expectedOn = loan.tranches.at(-1)?.expectedOn ?? on;
  const firstOpen = loan.installments.find(
    (row) => row.kind === 'normal' && row.metOn === null && row.due >= expectedOn,
  );
  if (adjustedFirstDueDate === undefined || !firstOpen) return agreed;
  const variation = {
    kind: 'dueDate',
    applicableFrom: firstOpen.due,
    dateValue: adjustedFirstDueDate,
    // Kept with the amount that was agreed together with it.
    numberValue: agreed.variations.at(-1)?.numberValue ?? null,
  } as const;
  return { ...agreed, variations: [...agreed.variations, variation] };
}

/** The installment from then on; agreed at the first disbursement, that of the whole loan. */
function withInstallment(loan: Loan, fixedInstallmentAmount: Money, on: CivilDate): Loan {
  const variation = {
    kind: 'installmentAmount',
    applicableFrom: on,
    dateValue: null,
    numberValue: formatMoney(fixedInstallmentAmount, loan.terms.currency),
  } as const;
  return { ...loan, variations: [...loan.variations, variation] };
}

function withDownPayment(loan: Loan, payout: Payout, context: DecisionContext): Loan {
  if (!loan.terms.downPayment.automatic) return loan;
  const amount = automaticDownPayment(loan, payout.amount);
  if (amount <= 0n) return loan;
  const draft = { type: 'downPayment', date: payout.on, amount, paymentType: payout.paymentType } as const;
  return relaid(withTransaction(loan, draft, context), payout.on, context);
}

/** Money that an overpayment already covered needs no down payment. */
export function automaticDownPayment(loan: Loan, amount: Money): Money {
  const full = downPaymentOf(amount, loan.terms);
  const disbursement = loan.transactions.findLast(({ type }) => type === 'disbursement');
  if (loan.terms.scheduleType === 'PROGRESSIVE') return full - (disbursement?.overpaid ?? 0n);
  if (overpaidAmount(loan) > 0n) return 0n;
  const balance =
    listedTransactions(withBalances(loan)).find(({ id }) => id === disbursement?.id)?.balance ?? 0n;
  return full - maximum(0n, amount - minimum(balance, amount));
}
