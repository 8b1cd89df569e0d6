/**
 * Accruals: income is recognised as it is earned, row by row, against receivables. Every function takes a
 * loan and gives it back with the accruals booked and the rows' accrued amounts brought up to date.
 * Charged-off and non-performing loans accrue nothing, and only products under periodic accrual do.
 *
 *   accrueTill: 5000 at 18 %, fee 9 due 1 Feb; till 31 Jan, 10 Feb, 20 Feb books
 *               38.71 | 24.19 + 9 | 12.10 dated 15 Feb and 10.12 dated 20 Feb
 *   accrueOnClosing: paid off on 5 Feb: one accrual on that day with everything not accrued yet
 *
 * Source: engine.md sections 7.1, 7.2 and 7.3.
 */
import { isDueAtDisbursement } from '../charges/landing.ts';
import { addPortions, type MutablePortions, noPortions, totalOf } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { byDateThenSequence, withReplaced, withTransaction } from '../history/history.ts';
import { copyInstallment, type Installment } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { type Money, maximum, sum } from '../money.ts';
import { type ChargePayment, isActive, type LoanTransaction } from '../transaction.ts';
import { type AccrualRun, accruedOn, type DueIncome, dueIncomeOf, recognisedWaivers } from './dueIncome.ts';

const accruesIncome = (loan: Loan): boolean =>
  loan.terms.accounting.method === 'ACCRUAL_PERIODIC' && loan.chargedOffOn === null && !loan.isNonPerforming;

/** Periodic accrual up to and including `till`. */
export function accrueTill(loan: Loan, till: CivilDate, context: DecisionContext): Loan {
  if (loan.status !== 'active' || !accruesIncome(loan)) return loan;
  const runningInterestDone = loan.accruedTill !== null && loan.accruedTill >= till;
  return accrueRows(loan, { till, runningInterestDone }, context);
}

function accrueRows(
  loan: Loan,
  run: Pick<AccrualRun, 'till' | 'runningInterestDone'>,
  context: DecisionContext,
): Loan {
  const { chargeAccrualDate } = context.settings;
  let booked = loan;
  const installments = loan.installments.map((row) => {
    // What the rows before this one have just accrued counts.
    const income = dueIncomeOf(row, booked, { ...run, chargeAccrualDate });
    if (totalOf(income.portions) === 0n) return row;
    booked = withAccrual(booked, income, context);
    return { ...copyInstallment(row), accrued: addPortions(row.accrued, income.portions) };
  });
  const accruedTill = loan.accruedTill !== null && loan.accruedTill > run.till ? loan.accruedTill : run.till;
  return { ...booked, installments, accruedTill };
}

function withAccrual(loan: Loan, income: DueIncome, context: DecisionContext): Loan {
  const amount = totalOf(income.portions);
  return amount > 0n ? withTransaction(loan, { type: 'accrual', amount, ...income }, context) : loan;
}

/** Everything not accrued yet, in one accrual, when the loan has become closed or overpaid. */
export function accrueOnClosing(loan: Loan, context: DecisionContext): Loan {
  const date = loan.status === 'closed' ? loan.closedOn : loan.status === 'overpaid' ? loan.overpaidOn : null;
  if (date === null || !accruesIncome(loan)) return loan;
  const portions = noPortions();
  portions.interest = maximum(0n, sum(loan.installments.map(unaccruedInterest)) + recognisedWaivers(loan));
  const chargesPaid: ChargePayment[] = [];
  for (const charge of loan.charges) {
    const amount = charge.active && !isDueAtDisbursement(charge) ? remainingIncome(charge.id, loan) : 0n;
    if (amount === 0n) continue;
    portions[charge.definition.penalty ? 'penalties' : 'fees'] += amount;
    chargesPaid.push({ chargeId: charge.id, amount });
  }
  const booked = withAccrual(loan, { date, portions, chargesPaid }, context);
  return { ...booked, installments: booked.installments.map(fullyAccrued) };
}

const unaccruedInterest = (row: Installment): Money =>
  row.charged.interest - row.accrued.interest - row.waived.interest;

function remainingIncome(chargeId: number, loan: Loan): Money {
  const charge = loan.charges.find((each) => each.id === chargeId);
  if (!charge) return 0n;
  const waivers = loan.transactions.filter(
    (each) => each.type === 'waiveCharges' && isActive(each) && each.relatedChargeId === chargeId,
  );
  return maximum(0n, charge.amount - accruedOn(charge, loan) - sum(waivers.map((waiver) => waiver.amount)));
}

function fullyAccrued(row: Installment): Installment {
  const accrued = noPortions();
  for (const component of ['interest', 'fees', 'penalties'] as const)
    accrued[component] = maximum(row.accrued[component], row.charged[component] - row.waived[component]);
  return { ...copyInstallment(row), accrued };
}

/**
 * After the schedule has changed: the accruals are laid over the new rows in order. One that makes a row's
 * sum exceed what the row charges is taken back by the system, and so is one after the last due date.
 * Recalculating loans then accrue again.
 */
export function reprocessAccruals(loan: Loan, context: DecisionContext): Loan {
  if (!accruesIncome(loan)) return loan;
  const accruals = loan.transactions
    .filter((each) => each.type === 'accrual' && isActive(each))
    .sort(byDateThenSequence);
  const kept = keepFitting(loan, accruals, context);
  const { accruedTill, status } = kept;
  const runsAgain = loan.terms.interestRecalculation && accruedTill !== null && status === 'active';
  return runsAgain ? accrueRows(kept, { till: accruedTill, runningInterestDone: false }, context) : kept;
}

function keepFitting(loan: Loan, accruals: readonly LoanTransaction[], context: DecisionContext): Loan {
  const reversed = new Set<LoanTransaction>();
  const first = loan.installments.find(({ kind }) => kind !== 'downPayment');
  const installments = loan.installments.map((row) => {
    let accrued = noPortions();
    const isIn = (day: CivilDate) =>
      (row.from < day && day <= row.due) || (row === first && row.from === day);
    for (const accrual of accruals.filter((each) => isIn(rowDateOf(each, loan, context)))) {
      const sums = addPortions(accrued, accrual.portions);
      if (exceeds(sums, row.charged) || endsTheRun(accrual, row, loan)) reversed.add(accrual);
      else accrued = sums;
    }
    return { ...copyInstallment(row), accrued };
  });
  const lastDue = loan.installments.at(-1)?.due;
  for (const accrual of accruals) if (lastDue !== undefined && accrual.date > lastDue) reversed.add(accrual);
  const takenBack = [...reversed].map((each) => ({
    ...each,
    reversal: 'bySystem' as const,
    reversedOn: context.businessDate,
  }));
  return withReplaced({ ...loan, installments }, takenBack);
}

/**
 * An accrual belongs to the row that its date falls in; by submission date, to the row of its charge's due
 * date.
 */
function rowDateOf(accrual: LoanTransaction, loan: Loan, { settings }: DecisionContext): CivilDate {
  if (settings.chargeAccrualDate === 'due-date') return accrual.date;
  const chargeId = accrual.chargesPaid[0]?.chargeId;
  return loan.charges.find((charge) => charge.id === chargeId)?.dueDate ?? accrual.date;
}

const exceeds = (sums: MutablePortions, charged: MutablePortions): boolean =>
  sums.interest > charged.interest || sums.fees > charged.fees || sums.penalties > charged.penalties;

/** Interest of a running row was accrued in part only: it is worked out again from the new schedule. */
const endsTheRun = (accrual: LoanTransaction, row: Installment, loan: Loan): boolean =>
  Number(loan.terms.interestRatePerPeriod) > 0 &&
  accrual.date === loan.accruedTill &&
  accrual.date !== row.due;
