/**
 * Overdue penalties: what a product charges on an installment that stays unpaid. Raised by close of
 * business, once per installment; by a charge with a frequency of its own again and again.
 *
 *   raised when day c is closed and  due + wait <= c  (with a frequency: due + wait + 1, plus each frequency)
 *   dated  due + wait + 1 - max(1, wait + 1 - grace on posting)  (plus each frequency)
 *   wait 2, grace 0, due 15 Feb: raised with 17 Feb, dated 15 Feb; weekly with 18, 25 ..., dated 15, 22 ...
 *
 * Source: engine.md sections 6.5 and 7.5; for the frequency the reference's source.
 */
import type { ChargeDefinition, LoanCharge } from '../charge.ts';
import { amountOn } from '../charges/amount.ts';
import { addDays, addPeriod, type CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { afterScheduleChange } from '../history/outcome.ts';
import { type Installment, isMet, outstandingOf } from '../installment.ts';
import type { Loan } from '../loan.ts';
import type { Money } from '../money.ts';
import type { EngineSettings } from '../terms.ts';
import { REPAYMENT_LIKE, type TransactionType } from '../transaction.ts';
import { withCharge, withChargesLaid } from './charges.ts';

/** The business date of the context is the day that is being closed. */
export function withOverduePenalties(loan: Loan, context: DecisionContext): Loan {
  const definitions = loan.terms.overdueCharges ?? [];
  if (definitions.length === 0 || loan.status !== 'active' || loan.chargedOffOn !== null) return loan;
  const rows = loan.installments.filter(mayBePenalised);
  const due = definitions.flatMap((definition) =>
    rows.flatMap((row) => penaltiesOf(row, definition, { loan, context })),
  );
  if (due.length === 0) return loan;
  const charged = due.reduce((sofar, penalty) => withPenalty(sofar, penalty, context), loan);
  return afterScheduleChange(withChargesLaid(charged, context), context.businessDate, context);
}

const mayBePenalised = (row: Installment): boolean => !isMet(row) && row.kind !== 'interestOnly';

/**
 * On which days the next penalties are raised if nothing is paid, as far as they can be foreseen: of each
 * open row and charge the first. A day that has passed means the next close of business.
 */
export function nextPenaltyDays(loan: Loan, settings: EngineSettings): CivilDate[] {
  const definitions = loan.terms.overdueCharges ?? [];
  if (definitions.length === 0 || loan.status !== 'active' || loan.chargedOffOn !== null) return [];
  const rows = loan.installments.filter(mayBePenalised);
  return definitions.flatMap((definition) =>
    rows.flatMap((row) => nextPenaltyDay(row, definition, { loan, settings }) ?? []),
  );
}

function nextPenaltyDay(
  row: Installment,
  definition: ChargeDefinition,
  { loan, settings }: { loan: Loan; settings: EngineSettings },
): CivilDate | null {
  if (amountOn(penaltyBase(row, definition), definition, loan.terms.currency) <= 0n) return null;
  const raised = loan.charges.filter((charge) => isFor(charge, row, definition));
  for (const { raisedWith, dueDate } of datesOf(row, definition, settings)) {
    if (definition.feeFrequency === null) return raised.length > 0 ? null : raisedWith;
    if (!raised.some((charge) => charge.dueDate === dueDate)) return raisedWith;
  }
  return null;
}

interface Penalty {
  readonly definition: ChargeDefinition;
  readonly row: Installment;
  readonly dueDate: CivilDate;
  readonly amount: Money;
}

/** The penalties of a row that are due by now and not raised yet. */
function penaltiesOf(
  row: Installment,
  definition: ChargeDefinition,
  { loan, context }: { loan: Loan; context: DecisionContext },
): Penalty[] {
  const amount = amountOn(penaltyBase(row, definition), definition, loan.terms.currency);
  const raised = loan.charges.filter((charge) => isFor(charge, row, definition));
  const penalties: Penalty[] = [];
  if (definition.feeFrequency === null && raised.length > 0) return penalties;
  for (const { raisedWith, dueDate } of datesOf(row, definition, context.settings)) {
    if (raisedWith > context.businessDate) break;
    const isNew = !raised.some((charge) => charge.dueDate === dueDate);
    if (amount > 0n && isNew && isInTime(raisedWith, context))
      penalties.push({ definition, row, dueDate, amount });
  }
  return penalties;
}

/** Where penalties are not dated back, a close that comes too late raises none. */
const isInTime = (raisedWith: CivilDate, { businessDate, settings }: DecisionContext): boolean =>
  settings.backdatePenalties || raisedWith === businessDate;

const isFor = (charge: LoanCharge, row: Installment, { code }: ChargeDefinition): boolean =>
  charge.active && charge.overdueInstallment === row.number && charge.definition.code === code;

interface PenaltyDates {
  /** The first day whose close raises it. */
  readonly raisedWith: CivilDate;
  readonly dueDate: CivilDate;
}

/** The dates of a row's penalties, without end where the charge has a frequency. */
function* datesOf(
  row: Installment,
  { feeFrequency }: ChargeDefinition,
  settings: EngineSettings,
): Generator<PenaltyDates, void> {
  const { penaltyWaitPeriod: wait, graceOnPenaltyPosting: grace } = settings;
  const lead = Math.max(1, wait + 1 - grace);
  let day = addDays(row.due, wait + 1);
  if (feeFrequency === null) yield { raisedWith: addDays(row.due, wait), dueDate: addDays(day, -lead) };
  else
    for (;;) {
      yield { raisedWith: day, dueDate: addDays(day, -lead) };
      day = addPeriod(day, feeFrequency.every, feeFrequency.unit);
    }
}

function penaltyBase(row: Installment, { calculation }: ChargeDefinition): Money {
  const principal = outstandingOf(row, 'principal');
  const interest = outstandingOf(row, 'interest');
  if (calculation === 'PERCENT_OF_AMOUNT_AND_INTEREST') return principal + interest;
  return calculation === 'PERCENT_OF_INTEREST' ? interest : principal;
}

function withPenalty(
  loan: Loan,
  { definition, row, dueDate, amount }: Penalty,
  context: DecisionContext,
): Loan {
  const charged = withCharge(loan, { definition, dueDate }, context);
  const charges = charged.charges.map((charge, index) =>
    index === charged.charges.length - 1 ? { ...charge, amount, overdueInstallment: row.number } : charge,
  );
  return { ...charged, charges };
}

/**
 * A payment dated on or before the due date of an installment takes back the penalties raised on it since:
 * close of business raises them again if the installment is still overdue, on what is then open.
 */
export function withoutPenaltiesSince(
  loan: Loan,
  payment: { readonly type: TransactionType; readonly on: CivilDate },
): Loan {
  if (loan.charges.length === 0 || !REPAYMENT_LIKE.has(payment.type)) return loan;
  const inTime = new Set(
    loan.installments.filter(({ due }) => payment.on <= due).map(({ number }) => number),
  );
  const isTakenBack = (charge: LoanCharge) =>
    charge.active &&
    !charge.isWaived &&
    charge.overdueInstallment !== null &&
    inTime.has(charge.overdueInstallment);
  if (!loan.charges.some(isTakenBack)) return loan;
  const charges = loan.charges.map((each) => (isTakenBack(each) ? { ...each, active: false } : each));
  return { ...loan, charges };
}
