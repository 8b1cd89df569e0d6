/**
 * Income of one installment that has been earned by a date T and is not accrued yet.
 *
 *   row due by T:      all its interest, every charge that falls into it, its share of installment fees,
 * dated
 *                      on its due date
 *   row running on T:  round2(interest / days of the row * days until T), charges due by then, dated T
 *   5000 at 18 %, row 15 Jan - 15 Feb with 75.00, T = 31 Jan:  75 / 31 * 16 = 38.71
 *
 * Earlier accruals and waivers that were never recognised are taken off. Where charges accrue on the day they
 * were added, those of any row count once that day has come. Source: engine.md section 7.1.
 */
import type { LoanCharge } from '../charge.ts';
import { feePieces } from '../charges/installmentFee.ts';
import { componentOf, installmentOfCharge, isInSchedule } from '../charges/landing.ts';
import { type MutablePortions, noPortions } from '../components.ts';
import { type CivilDate, daysBetween, later } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { divideRounded, type Money, maximum, minimum, sum } from '../money.ts';
import type { EngineSettings } from '../terms.ts';
import { type ChargePayment, isActive } from '../transaction.ts';

/** Income to be booked in one accrual. */
export interface DueIncome {
  readonly date: CivilDate;
  readonly portions: MutablePortions;
  /** Which charges the fees and penalties belong to. */
  readonly chargesPaid: readonly ChargePayment[];
}

export interface AccrualRun {
  readonly till: CivilDate;
  readonly chargeAccrualDate: EngineSettings['chargeAccrualDate'];
  /** Interest of a row that is running on `till` was already accrued up to that day. */
  readonly runningInterestDone: boolean;
}

export function dueIncomeOf(row: Installment, loan: Loan, run: AccrualRun): DueIncome {
  const isDue = row.due <= run.till;
  const running = !isDue && (row.from < run.till || (row.number === 1 && row.from === run.till));
  const portions = noPortions();
  if (isDue || (running && !run.runningInterestDone)) portions.interest = dueInterest(row, loan, run.till);
  const chargesPaid: ChargePayment[] = [];
  const open = run.chargeAccrualDate === 'submitted-date' || isDue || (running && !run.runningInterestDone);
  for (const charge of open ? chargesIn(row, loan) : []) {
    const amount = isEarned(charge, { ...run, isDue }) ? unaccruedCharge(charge, loan, row) : 0n;
    if (amount <= 0n) continue;
    portions[componentOf(charge)] += amount;
    chargesPaid.push({ chargeId: charge.id, amount });
  }
  return {
    date: isDue && run.chargeAccrualDate === 'due-date' ? row.due : dateOf(row, run, portions),
    portions,
    chargesPaid,
  };
}

/** By submission date, charges are dated with the run and interest of a past row still with its due date. */
const dateOf = (row: Installment, { till }: AccrualRun, portions: MutablePortions): CivilDate =>
  row.due <= till && portions.fees + portions.penalties === 0n ? row.due : till;

function dueInterest(row: Installment, loan: Loan, till: CivilDate): Money {
  const charged = row.charged.interest - unrecognisedInterestIn(row, loan);
  const from = interestStart(row, loan);
  const days = daysBetween(from, row.due);
  const elapsed = Math.max(0, daysBetween(from, till));
  const earned = elapsed >= days ? charged : divideRounded(charged * BigInt(elapsed), BigInt(days));
  return maximum(0n, earned - row.accrued.interest);
}

/**
 * Waived before it was earned: that interest is never income. Waivers reach the latest rows with the least
 * earned.
 */
export function unrecognisedInterestIn(row: Installment, loan: Loan): Money {
  if (row.waived.interest === 0n) return 0n;
  const waived = sum(loan.installments.map((each) => each.waived.interest));
  let left = waived - recognisedWaivers(loan);
  for (const each of [...loan.installments].reverse()) {
    const here = minimum(left, each.waived.interest);
    if (each === row) return here;
    left -= here;
  }
  return 0n;
}

/** Waived interest that had been accrued, and so was booked as a loss. */
export function recognisedWaivers(loan: Pick<Loan, 'transactions'>): Money {
  const waivers = loan.transactions.filter((each) => each.type === 'waiveInterest' && isActive(each));
  return sum(waivers.map((waiver) => waiver.portions.interest));
}

const interestStart = (row: Installment, { terms }: Loan): CivilDate =>
  terms.interestChargedFrom ? later(row.from, terms.interestChargedFrom) : row.from;

function chargesIn(row: Installment, loan: Loan): LoanCharge[] {
  return loan.charges.filter((charge) => {
    if (!isInSchedule(charge)) return false;
    if (charge.definition.time === 'INSTALLMENT') return row.kind === 'normal';
    return charge.dueDate !== null && installmentOfCharge(loan.installments, charge.dueDate) === row;
  });
}

/** An installment fee is earned installment by installment, with the due date of each. */
function isEarned(charge: LoanCharge, run: AccrualRun & { readonly isDue: boolean }): boolean {
  if (charge.definition.time === 'INSTALLMENT') return run.isDue;
  if (run.chargeAccrualDate === 'submitted-date') return charge.submittedOn <= run.till;
  return charge.dueDate === null || charge.dueDate <= run.till;
}

/** What of a charge is not accrued yet; of an installment fee only the shares up to this row. */
function unaccruedCharge(charge: LoanCharge, loan: Loan, row: Installment): Money {
  const earned =
    charge.definition.time === 'INSTALLMENT'
      ? earnedUpTo(row, charge, loan)
      : charge.amount - unrecognisedWaivers(charge, loan);
  return earned - accruedOn(charge, loan);
}

/** The shares of the rows up to this one, without those that were waived before they were earned. */
function earnedUpTo(row: Installment, charge: LoanCharge, loan: Loan): Money {
  const pieces = feePieces(charge, loan.installments, loan.terms.currency).filter(
    (piece) => piece.row.number <= row.number,
  );
  const places = new Set(pieces.map(({ place }) => place));
  const ids = new Set(
    (charge.waivedInstallments ?? [])
      .filter(({ place }) => places.has(place))
      .map(({ transactionId }) => transactionId),
  );
  const waivers = loan.transactions.filter((each) => ids.has(each.id) && isActive(each));
  return sum(pieces.map(({ share }) => share)) - sum(waivers.map(({ unrecognised }) => unrecognised));
}

/** Income recognised on a charge so far. */
export function accruedOn(charge: LoanCharge, loan: Pick<Loan, 'transactions'>): Money {
  const accruals = loan.transactions.filter((each) => each.type === 'accrual' && isActive(each));
  const links = accruals.flatMap((each) => each.chargesPaid).filter((link) => link.chargeId === charge.id);
  return sum(links.map((link) => link.amount));
}

function unrecognisedWaivers(charge: LoanCharge, loan: Pick<Loan, 'transactions'>): Money {
  const waivers = loan.transactions.filter(
    (each) => each.type === 'waiveCharges' && isActive(each) && each.relatedChargeId === charge.id,
  );
  return sum(waivers.map((waiver) => waiver.unrecognised));
}
