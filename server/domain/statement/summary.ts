/**
 * A loan in figures: what was charged, paid, waived, written off, is outstanding and overdue per component,
 * what falls due next, and the schedule as it is shown. Row 0 is the disbursement.
 *
 *   principal balance of a row = balance before it + tranches up to it + principal credited back into it -
 *     its principal
 *
 * Source: contract "Loans"; engine.md sections 0, 9.1 and 11 (display order).
 */

import { isDueAtDisbursement } from '../charges/landing.ts';
import { type MutablePortions, noPortions, type Portions, totalOf } from '../components.ts';
import { type CivilDate, daysBetween } from '../date.ts';
import { delinquencyOf } from '../delinquency/classification.ts';
import { countingTranches } from '../history/scheduleInput.ts';
import { type Installment, isMet, outstandingPortions, totalOutstanding } from '../installment.ts';
import type { Loan } from '../loan.ts';
import type { Money } from '../money.ts';
import type { EngineSettings } from '../terms.ts';

/** One figure per component, added up over the installments. */
export interface Figures {
  readonly charged: Portions;
  readonly paid: Portions;
  readonly waived: Portions;
  readonly writtenOff: Portions;
  readonly outstanding: Portions;
  readonly overdue: Portions;
}

export interface LoanSummary {
  readonly principalDisbursed: Money;
  readonly principalPaid: Money;
  readonly principalWrittenOff: Money;
  readonly principalOutstanding: Money;
  readonly principalOverdue: Money;
  readonly interestCharged: Money;
  readonly interestPaid: Money;
  readonly interestWaived: Money;
  readonly interestWrittenOff: Money;
  readonly interestOutstanding: Money;
  readonly interestOverdue: Money;
  readonly feesCharged: Money;
  readonly feesPaid: Money;
  readonly feesWaived: Money;
  readonly feesWrittenOff: Money;
  readonly feesOutstanding: Money;
  readonly feesOverdue: Money;
  readonly penaltiesCharged: Money;
  readonly penaltiesPaid: Money;
  readonly penaltiesWaived: Money;
  readonly penaltiesWrittenOff: Money;
  readonly penaltiesOutstanding: Money;
  readonly penaltiesOverdue: Money;
  /** Everything paid so far. */
  readonly totalRepayment: Money;
  readonly totalOverdue: Money;
  readonly totalOverpaid: Money;
  readonly totalOutstanding: Money;
  readonly nextDueDate: CivilDate | null;
  readonly nextDueAmount: Money | null;
  readonly daysPastDue: number;
  readonly schedule: readonly ScheduleRow[];
}

/**
 * A row of the schedule as it is shown; a disbursement row has no from date and nothing that could be in
 * advance.
 */
export interface ScheduleRow {
  /** 0 for a disbursement. */
  readonly period: number;
  readonly kind: 'disbursement' | Installment['kind'];
  readonly fromDate: CivilDate | null;
  readonly dueDate: CivilDate;
  readonly days: number | null;
  readonly principalDisbursed: Money;
  readonly principalDue: Money;
  readonly interestDue: Money;
  readonly feesDue: Money;
  readonly penaltiesDue: Money;
  readonly totalDue: Money;
  readonly principalPaid: Money;
  readonly interestPaid: Money;
  readonly feesPaid: Money;
  readonly penaltiesPaid: Money;
  readonly totalPaid: Money;
  readonly totalWaived: Money;
  readonly totalWrittenOff: Money;
  readonly paidInAdvance: Money;
  readonly paidLate: Money;
  readonly totalOutstanding: Money;
  readonly principalBalance: Money;
  readonly complete: boolean;
  readonly paidDate: CivilDate | null;
}

/** `nextDue` says which open row is meant by the next one due (engine.md section 9.1). */
export function summarizeLoan(
  loan: Loan,
  businessDate: CivilDate,
  nextDue: EngineSettings['nextPaymentDueDate'] = 'earliest-unpaid-date',
): LoanSummary {
  const { charged, paid, waived, writtenOff, outstanding, overdue } = figuresOf(loan, businessDate);
  const fees = feesAtDisbursement(loan);
  const next = nextDueOf(loan, businessDate, nextDue);
  return {
    principalDisbursed: disbursedOf(loan),
    principalPaid: paid.principal,
    principalWrittenOff: writtenOff.principal,
    principalOutstanding: outstanding.principal,
    principalOverdue: overdue.principal,
    interestCharged: charged.interest,
    interestPaid: paid.interest,
    interestWaived: waived.interest,
    interestWrittenOff: writtenOff.interest,
    interestOutstanding: outstanding.interest,
    interestOverdue: overdue.interest,
    feesCharged: charged.fees + fees.amount,
    feesPaid: paid.fees + fees.paid,
    feesWaived: waived.fees,
    feesWrittenOff: writtenOff.fees,
    feesOutstanding: outstanding.fees,
    feesOverdue: overdue.fees,
    penaltiesCharged: charged.penalties,
    penaltiesPaid: paid.penalties,
    penaltiesWaived: waived.penalties,
    penaltiesWrittenOff: writtenOff.penalties,
    penaltiesOutstanding: outstanding.penalties,
    penaltiesOverdue: overdue.penalties,
    totalRepayment: totalOf(paid) + fees.paid,
    totalOverdue: totalOf(overdue),
    totalOverpaid: loan.overpaid,
    totalOutstanding: totalOf(outstanding),
    nextDueDate: next.date,
    nextDueAmount: next.amount,
    daysPastDue: delinquencyOf(loan, businessDate).pastDueDays,
    schedule: scheduleRows(loan),
  };
}

const isRunning = ({ status }: Loan): boolean =>
  status === 'active' || status === 'approved' || status === 'pending';

function nextDueOf(
  loan: Loan,
  businessDate: CivilDate,
  nextDue: EngineSettings['nextPaymentDueDate'],
): { readonly date: CivilDate | null; readonly amount: Money | null } {
  if (!isRunning(loan)) return NOTHING_DUE;
  const isMeant = (row: Installment) => nextDue === 'earliest-unpaid-date' || row.due > businessDate;
  for (const row of loan.installments) {
    if (isMet(row) || !isMeant(row)) continue;
    const amount = totalOutstanding(row);
    if (amount > 0n) return { date: row.due, amount };
  }
  const hasOpen = nextDue === 'next-unpaid-due-date' && !loan.installments.every(isMet);
  return hasOpen ? { date: loan.expectedMaturity, amount: null } : NOTHING_DUE;
}

const NOTHING_DUE = { date: null, amount: null };

function disbursedOf({ tranches }: Loan): Money {
  let total = 0n;
  for (const { disbursedOn, amount } of tranches) if (disbursedOn !== null) total += amount;
  return total;
}

const NO_FEES = { amount: 0n, paid: 0n };

/** Charges at disbursement stand in no row. */
function feesAtDisbursement({ charges }: Loan): { readonly amount: Money; readonly paid: Money } {
  let [amount, paid] = [0n, 0n];
  for (const charge of charges) {
    if (!charge.active || !isDueAtDisbursement(charge)) continue;
    amount += charge.amount;
    paid += charge.paid;
  }
  return { amount, paid };
}

/** The sums over all installments; nothing is owed before the money is out. */
export function figuresOf({ installments, disbursedOn }: Loan, businessDate: CivilDate): Figures {
  const figures = {
    charged: noPortions(),
    paid: noPortions(),
    waived: noPortions(),
    writtenOff: noPortions(),
    outstanding: noPortions(),
    overdue: noPortions(),
  };
  for (const row of installments) {
    addTo(figures.charged, row.charged);
    addTo(figures.paid, row.paid);
    addTo(figures.waived, row.waived);
    addTo(figures.writtenOff, row.writtenOff);
    if (disbursedOn === null) continue;
    const outstanding = outstandingPortions(row);
    addTo(figures.outstanding, outstanding);
    if (row.due < businessDate) addTo(figures.overdue, outstanding);
  }
  return figures;
}

/** Most parts of most rows are nothing; looking is cheaper than adding. */
function addTo(total: MutablePortions, more: Portions): void {
  if (more.principal !== 0n) total.principal += more.principal;
  if (more.interest !== 0n) total.interest += more.interest;
  if (more.fees !== 0n) total.fees += more.fees;
  if (more.penalties !== 0n) total.penalties += more.penalties;
}

/** Disbursements and installments in the order of a statement, with the balance of principal after each. */
export function scheduleRows(loan: Loan): ScheduleRow[] {
  const tranches = [...countingTranches(loan)].sort((a, b) => (shownOn(a) < shownOn(b) ? -1 : 1));
  const shown: ScheduleRow[] = [];
  let balance = 0n;
  const first = shownOn(tranches[0]);
  for (const row of loan.installments) {
    for (
      let next = tranches[0];
      next && comesBefore(shownOn(next), row, { loan, first });
      next = tranches[0]
    ) {
      balance += next.amount;
      shown.push(
        disbursementRow(loan, { on: shownOn(next), amount: next.amount, isFirst: shown.length === 0 }),
      );
      tranches.shift();
    }
    balance += row.credited.principal - row.charged.principal;
    shown.push(installmentRow(row, balance));
  }
  return shown;
}

const shownOn = (tranche?: Loan['tranches'][number]): CivilDate =>
  tranche?.disbursedOn ?? tranche?.expectedOn ?? ('' as CivilDate);

/** Whether a tranche is shown before the row (engine.md section 11, display order). */
function comesBefore(on: CivilDate, row: Installment, shown: { loan: Loan; first: CivilDate }): boolean {
  if (on <= row.from && on === shown.first) return true;
  if (row.kind === 'downPayment') return on === row.due;
  const progressive = shown.loan.terms.scheduleType === 'PROGRESSIVE';
  return progressive ? row.from <= on && on < row.due : row.from < on && on <= row.due;
}

interface Payout {
  readonly on: CivilDate;
  readonly amount: Money;
  readonly isFirst: boolean;
}

/** Charges taken at disbursement are shown with the first disbursement. */
function disbursementRow(loan: Loan, { on, amount, isFirst }: Payout): ScheduleRow {
  const { amount: feesDue, paid: feesPaid } = isFirst ? feesAtDisbursement(loan) : NO_FEES;
  return {
    principalDue: 0n,
    interestDue: 0n,
    feesDue,
    penaltiesDue: 0n,
    totalDue: feesDue,
    principalPaid: 0n,
    interestPaid: 0n,
    feesPaid,
    penaltiesPaid: 0n,
    totalPaid: feesPaid,
    period: 0,
    kind: 'disbursement',
    fromDate: null,
    dueDate: on,
    days: null,
    principalDisbursed: amount,
    totalWaived: 0n,
    totalWrittenOff: 0n,
    paidInAdvance: 0n,
    paidLate: 0n,
    totalOutstanding: feesDue - feesPaid,
    principalBalance: amount,
    complete: loan.disbursedOn !== null,
    paidDate: null,
  };
}

/** Spelled out: with a spread in it, the rows of a schedule cost more than everything else of an answer. */
function installmentRow(row: Installment, principalBalance: Money): ScheduleRow {
  const { charged, paid } = row;
  const totalDue = totalOf(charged);
  const totalPaid = totalOf(paid);
  const totalWaived = totalOf(row.waived);
  const totalWrittenOff = totalOf(row.writtenOff);
  return {
    principalDue: charged.principal,
    interestDue: charged.interest,
    feesDue: charged.fees,
    penaltiesDue: charged.penalties,
    totalDue,
    principalPaid: paid.principal,
    interestPaid: paid.interest,
    feesPaid: paid.fees,
    penaltiesPaid: paid.penalties,
    totalPaid,
    period: row.number,
    kind: row.kind,
    fromDate: row.from,
    dueDate: row.due,
    days: daysBetween(row.from, row.due),
    principalDisbursed: 0n,
    totalWaived,
    totalWrittenOff,
    paidInAdvance: row.inAdvance,
    paidLate: row.late,
    totalOutstanding: totalDue - totalPaid - totalWaived - totalWrittenOff,
    principalBalance,
    complete: isMet(row),
    paidDate: row.metOn,
  };
}
