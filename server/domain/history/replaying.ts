/**
 * Bringing a loan's schedule up to date with its history. `replayed` lays the whole history over the
 * schedule again; `scheduled` first computes the schedule anew from terms, tranches and variations (after a
 * disbursement, a reschedule, an undone disbursal); `relaid` is what a payment or its undoing asks for: a
 * replay, and where interest is recalculated a new schedule from that date on. Progressive loans always
 * rebuild inside the replay.
 *
 * Source: engine.md sections 0 (two families), 3.10 (partial regeneration), 5.2 and 5.3.
 */
import { isLatest, layLatest, replayCumulative } from '../allocation/cumulativeReplay.ts';
import type { LoanCharge } from '../charge.ts';
import { chargeAmount } from '../charges/amount.ts';
import { isDueAtDisbursement } from '../charges/landing.ts';
import { type CivilDate, later } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import type { Installment } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { sum } from '../money.ts';
import { comesLast, layLatestOnRows } from '../progressive/latest.ts';
import { replayProgressive } from '../progressive/replay.ts';
import type { ReplayInput } from '../replayResult.ts';
import { rowsToKeep } from '../schedule/keptRows.ts';
import { type LoanTransaction, REPAYMENT_LIKE } from '../transaction.ts';
import { activeTransactions, lastUserTransactionDate, nextSequence, withReplaced } from './history.ts';
import { type Made, regenerated } from './regenerations.ts';
import { countingTranches, scheduleInput } from './scheduleInput.ts';

export const isProgressive = (loan: Loan): boolean => loan.terms.scheduleType === 'PROGRESSIVE';

/**
 * Whether payments change the interest of a cumulative schedule; charged-off and non-performing loans stand
 * still.
 */
export const recalculatesSchedule = (loan: Loan): boolean =>
  !isProgressive(loan) &&
  loan.terms.interestRecalculation !== null &&
  loan.disbursedOn !== null &&
  loan.chargedOffOn === null &&
  !loan.isNonPerforming;

/**
 * The loan with its schedule computed anew (from `from` on, where it recalculates interest) and its history
 * over it.
 */
export function scheduled(loan: Loan, context: DecisionContext, from: CivilDate | null = null): Loan {
  if (isProgressive(loan)) {
    const { charges } = repriced({ ...loan, installments: rowsToPrice(loan, context) });
    return withMaturity(replayed({ ...loan, charges }, context));
  }
  const fresh = withSchedule(loan, freshlyMade(loan, context, from));
  return withMaturity(replayed({ ...fresh, charges: repriced(fresh).charges }, context));
}

/** Rows of a progressive loan come out of the replay, and charges on interest need them before. */
function rowsToPrice(loan: Loan, context: DecisionContext): readonly Installment[] {
  const pricesInterest = loan.charges.some(({ definition }) => definition.calculation !== 'FLAT');
  return pricesInterest ? replayProgressive(replayInput(loan, context)).installments : loan.installments;
}

/** The loan after its history has changed on `on`. */
export function relaid(loan: Loan, on: CivilDate | null, context: DecisionContext): Loan {
  return recalculatesSchedule(loan) ? scheduled(loan, context, on) : replayed(loan, context);
}

/**
 * The loan after a payment has been booked as its last transaction. Mostly it also comes last by its date.
 */
export function withNewPayment(loan: Loan, on: CivilDate, context: DecisionContext): Loan {
  const payment = loan.transactions.at(-1);
  if (payment === undefined || recalculatesSchedule(loan)) return relaid(loan, on, context);
  const goesLast = isProgressive(loan) ? comesLast(loan, payment) : isLatest(payment, loan.transactions);
  return goesLast ? withLatestLaid(loan, payment) : relaid(loan, on, context);
}

/** The loan after a transaction that comes last was laid over its schedule as it stands. */
export function withLatestLaid(loan: Loan, latest: LoanTransaction): Loan {
  const lay = isProgressive(loan) && REPAYMENT_LIKE.has(latest.type) ? layLatestOnRows : layLatest;
  const { laid, installments, charges } = lay(loan, latest);
  return { ...withReplaced(loan, [laid]), installments, charges };
}

/** Charges are priced before too: the rows are made with what they amount to by now. */
function freshlyMade(loan: Loan, { businessDate, settings }: DecisionContext, from: CivilDate | null): Made {
  const follows = recalculatesSchedule(loan);
  const kept = follows ? rowsToKeep(loan.installments, from) : [];
  const how = { on: businessDate, ...(follows ? {} : { by: 'terms' as const }) };
  return regenerated(follows ? repriced(loan) : loan, { how, kept, settings });
}

/** The loan with new rows, before its history is laid over them. */
export function withSchedule(loan: Loan, { rows, noted }: Made): Loan {
  const installments = rowsTakenOver(loan, rows);
  if (noted.regenerations !== undefined) return { ...loan, ...noted, installments };
  const { regenerations: _before, ...rest } = loan;
  return { ...rest, installments };
}

/** New rows of the loan's schedule with what was accrued on the old ones. */
export function rowsTakenOver(loan: Loan, fresh: readonly Installment[]): Installment[] {
  // The replay drops additional rows and opens them again; it only takes over what was accrued on them.
  const additional = loan.installments.filter((row) => row.kind === 'additional');
  return [...fresh.map((row) => withAccruedOf(loan.installments, row)), ...additional];
}

function withAccruedOf(before: readonly Installment[], row: Installment): Installment {
  const old = before.find((each) => each.number === row.number && each.kind === row.kind);
  return old ? { ...row, accrued: { ...old.accrued } } : row;
}

/** Expected maturity is the last due date; the actual one moves along while the loan is open. */
export function withMaturity(loan: Loan): Loan {
  const due = loan.installments.map((row) => row.due);
  const expectedMaturity = due.reduce<CivilDate | null>(
    (last, day) => (last === null ? day : later(last, day)),
    null,
  );
  const actualMaturity = loan.status === 'closed' ? loan.actualMaturity : expectedMaturity;
  return { ...loan, expectedMaturity, actualMaturity };
}

/**
 * Charges follow the schedule; waived ones and overdue penalties keep their amount, and where payments change
 * the interest those that were due before the last of them (`on`).
 */
export function repriced(loan: Loan, on?: CivilDate): Loan {
  if (loan.charges.length === 0) return loan;
  const last = recalculatesSchedule(loan) ? (on ?? lastUserTransactionDate(loan)) : null;
  const charges = loan.charges.map((charge) => {
    const isPast = last !== null && charge.dueDate !== null && charge.dueDate < last;
    const fixed = charge.isWaived || !charge.active || isPast || charge.definition.time === 'OVERDUE';
    const taken = isDueAtDisbursement(charge) && charge.paid > 0n;
    if (fixed || taken || !followsSchedule(charge)) return charge;
    return { ...charge, amount: chargeAmount(charge, chargeBases(loan)) };
  });
  return { ...loan, charges };
}

/** A percentage follows what it is taken of; an installment fee follows the number of rows too. */
const followsSchedule = ({ definition }: LoanCharge): boolean =>
  definition.calculation !== 'FLAT' || definition.time === 'INSTALLMENT';

export function chargeBases(loan: Loan) {
  const tranches = countingTranches(loan).map(({ expectedOn, disbursedOn, amount }) => ({
    date: disbursedOn ?? expectedOn,
    amount,
  }));
  return {
    currency: loan.terms.currency,
    principal: sum(tranches.map(({ amount }) => amount)),
    approvedPrincipal: loan.approvedPrincipal,
    multiDisburse: loan.terms.multiDisburse,
    tranches,
    installments: loan.installments,
  };
}

/** The loan with its whole history laid over its schedule again, everything at the place it has by now. */
export function replayed(loan: Loan, context: DecisionContext): Loan {
  const replay = isProgressive(loan) ? replayProgressive : replayCumulative;
  const current = { ...loan, transactions: loan.transactions.map(inItsPlace) };
  const { installments, charges, transactions } = replay(replayInput(current, context));
  const { laidOn: _laidOn, ...laid } = { ...withReplaced(current, transactions), installments, charges };
  return dependsOnDay(loan) ? { ...laid, laidOn: context.businessDate } : laid;
}

/** Overdue principal bears interest up to the day, and expected tranches count until theirs has passed. */
const dependsOnDay = (loan: Loan): boolean =>
  loan.terms.interestRecalculation !== null ||
  (loan.disbursedOn !== null && countingTranches(loan).some(({ disbursedOn }) => disbursedOn === null));

/** What an earlier replay left to be done by the next one is done by it. */
function inItsPlace(transaction: LoanTransaction): LoanTransaction {
  if (transaction.laidAs === undefined && transaction.lifted === undefined) return transaction;
  const { laidAs: _laidAs, lifted: _lifted, ...current } = transaction;
  return current;
}

export const replayInput = (loan: Loan, context: DecisionContext): ReplayInput => ({
  businessDate: context.businessDate,
  settings: context.settings,
  charges: loan.charges,
  transactions: activeTransactions(loan),
  installments: loan.installments,
  chargedOffOn: loan.chargedOffOn,
  isNonPerforming: loan.isNonPerforming,
  nextSequence: nextSequence(loan),
  newTransactionIds: newIds(loan, context),
  ...scheduleInput(loan),
});

const newIds = (loan: Loan, { newFrom = 1 }: DecisionContext): ReadonlySet<number> =>
  new Set(loan.transactions.map(({ id }) => id).filter((id) => id >= newFrom));
