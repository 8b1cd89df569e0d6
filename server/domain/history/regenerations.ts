/**
 * How the rows of a schedule came about that follows the payments. A regeneration keeps the rows due before
 * its date as they stand, so what it had not known (a charge added since, the business date of then) is in
 * them for good. The loan therefore notes each regeneration that made rows which still stand, with what the
 * history does not tell of it; made again one after the other, they give the rows once more.
 *
 *   paid on 15 Feb, 15 Mar and 20 Mar: noted are the disbursement's (kept 0), that of 15 Mar (kept 1: the row
 *     of 15 Feb) and that of 20 Mar (kept 2);  a close of business makes all rows anew: one is left (kept 0)
 *
 * So a loan notes at most as many as it has rows. Source: engine.md section 3.10 (partial regeneration);
 * decision 28.
 */
import type { LoanCharge } from '../charge.ts';
import type { Installment } from '../installment.ts';
import type { Loan, Regeneration, TermVariation, UndoneTransaction } from '../loan.ts';
import { sum } from '../money.ts';
import { generateCumulativeSchedule } from '../schedule/cumulative.ts';
import { generatePayoffSchedule, generateRecalculatedSchedule } from '../schedule/recalculated.ts';
import type { EngineSettings } from '../terms.ts';
import { isActive, type LoanTransaction, PAYMENTS } from '../transaction.ts';
import { nextId } from './history.ts';
import { recalculationInput } from './recalculating.ts';
import { scheduleInput } from './scheduleInput.ts';

type Making = Pick<Regeneration, 'by' | 'on'>;

/** A schedule that is to be made of a loan as it stands; `kept` are its first rows. */
interface Order {
  readonly how: Making;
  readonly kept: readonly Installment[];
  readonly settings: EngineSettings;
}

/** New rows, and the loan's notes of how its rows came about. */
export interface Made {
  readonly rows: Installment[];
  readonly noted: Pick<Loan, 'regenerations'>;
}

export const regenerated = (loan: Loan, order: Order): Made => ({
  rows: rowsMade(loan, order),
  noted: withNoted(loan, { kept: order.kept.length, ...order.how }),
});

function rowsMade(loan: Loan, { how: { by, on }, kept, settings }: Order): Installment[] {
  const input = { businessDate: on, settings, ...scheduleInput(loan) };
  if (by === 'terms') return generateCumulativeSchedule(input);
  const known = { ...input, ...recalculationInput(loan), kept };
  return by === 'payoff' ? generatePayoffSchedule(known, on) : generateRecalculatedSchedule(known);
}

/** Of the regenerations so far those stay whose rows are kept. */
function withNoted(loan: Loan, making: Making & Pick<Regeneration, 'kept'>): Pick<Loan, 'regenerations'> {
  if (loan.terms.interestRecalculation === null || loan.disbursedOn === null) return {};
  const needed = (loan.regenerations ?? []).filter(({ kept }) => kept < making.kept);
  // Nobody noted how the rows that are kept were made.
  if (needed.length === 0 && making.kept > 0) return {};
  const { variations } = loan;
  const latest: Regeneration = {
    transactions: nextId(loan) - 1,
    charges: loan.charges.at(-1)?.id ?? 0,
    ...making,
    ...(isSame(variationsOf(needed), variations) ? {} : { variations }),
  };
  return { regenerations: [...needed, latest] };
}

/** Those that the last of the regenerations knew. */
const variationsOf = (regenerations: readonly Regeneration[]): readonly TermVariation[] =>
  regenerations.findLast(({ variations }) => variations !== undefined)?.variations ?? [];

const isSame = (some: readonly TermVariation[], others: readonly TermVariation[]): boolean =>
  some.length === others.length && JSON.stringify(some) === JSON.stringify(others);

/** The rows of the schedule, made again from the beginning; undefined where that is not known. */
export function rowsMadeAgain(loan: Loan, settings: EngineSettings): Installment[] | undefined {
  const { regenerations = [] } = loan;
  if (regenerations.length === 0) return undefined;
  return regenerations.reduce<Installment[]>((rows, each, index) => {
    const variations = variationsOf(regenerations.slice(0, index + 1));
    return rowsMade(asKnown(loan, each, variations), { how: each, kept: rows.slice(0, each.kept), settings });
  }, []);
}

/** The loan as a regeneration knew it. */
function asKnown(loan: Loan, known: Regeneration, variations: readonly TermVariation[]): Loan {
  const undone = new Map((known.undone ?? []).map((each) => [each.id, each]));
  const transactions = loan.transactions
    .filter(({ id }) => id <= known.transactions)
    .map((each) => (undone.has(each.id) ? { ...each, reversal: 'none' as const } : each));
  const charges = loan.charges
    .filter(({ id }) => id <= known.charges)
    .map((each) => (known.dropped?.includes(each.id) ? { ...each, active: true } : each))
    .map((each) => waivedAsKnown(each, { loan, known, undone }));
  return { ...loan, transactions, charges, variations };
}

interface Knowledge {
  readonly loan: Loan;
  readonly known: Regeneration;
  readonly undone: ReadonlyMap<number, UndoneTransaction>;
}

/** Without waivers that came later, and with those that were taken back since. */
function waivedAsKnown(charge: LoanCharge, { loan, known, undone }: Knowledge): LoanCharge {
  const own = loan.transactions.filter(
    ({ type, relatedChargeId }) => type === 'waiveCharges' && relatedChargeId === charge.id,
  );
  const later = own.filter((each) => isActive(each) && each.id > known.transactions);
  const again = own.filter((each) => undone.has(each.id));
  if (later.length === 0 && again.length === 0) return charge;
  const waived = charge.waived - amountOf(later) + amountOf(again);
  const unknown = new Set(later.map(({ id }) => id));
  const left = (charge.waivedInstallments ?? []).filter(({ transactionId }) => !unknown.has(transactionId));
  const placed = again.flatMap(({ id, amount }) => {
    const place = undone.get(id)?.place;
    return place === undefined ? [] : [{ transactionId: id, place, amount }];
  });
  return { ...charge, waived, isWaived: waived > 0n, waivedInstallments: [...left, ...placed] };
}

const amountOf = (transactions: readonly LoanTransaction[]) => sum(transactions.map(({ amount }) => amount));

/**
 * What a decision took back is noted with the regenerations before it that had counted it. (Those of the
 * decision itself come after, and rows that are made anew know it.)
 */
export function withTakenBackNoted(before: Loan, after: Loan): Loan {
  const { regenerations } = after;
  if (regenerations === undefined || before.regenerations === undefined) return after;
  const undone = undoneBetween(before, after);
  const dropped = droppedBetween(before, after);
  if (undone.length === 0 && dropped.length === 0) return after;
  const earlier = new Set(before.regenerations);
  const noted = regenerations.map((each) => (earlier.has(each) ? withNotes(each, undone, dropped) : each));
  return { ...after, regenerations: noted };
}

function undoneBetween(before: Loan, after: Loan): UndoneTransaction[] {
  const reversed = after.transactions.filter((each) => !isActive(each) && countsInRows(each));
  if (reversed.length === 0) return [];
  const counted = new Set(before.transactions.filter(isActive).map(({ id }) => id));
  return reversed
    .filter(({ id }) => counted.has(id))
    .map(({ id, lifted }) => (lifted?.place === undefined ? { id } : { id, place: lifted.place }));
}

const countsInRows = ({ type }: LoanTransaction): boolean => PAYMENTS.has(type) || type === 'waiveCharges';

function droppedBetween(before: Loan, after: Loan): number[] {
  if (after.charges.every(({ active }) => active)) return [];
  const counted = new Set(before.charges.filter(({ active }) => active).map(({ id }) => id));
  return after.charges.filter(({ id, active }) => !active && counted.has(id)).map(({ id }) => id);
}

function withNotes(
  known: Regeneration,
  undone: readonly UndoneTransaction[],
  dropped: readonly number[],
): Regeneration {
  const undoneToo = undone.filter(({ id }) => id <= known.transactions);
  const droppedToo = dropped.filter((id) => id <= known.charges);
  return {
    ...known,
    ...(undoneToo.length === 0 ? {} : { undone: [...(known.undone ?? []), ...undoneToo] }),
    ...(droppedToo.length === 0 ? {} : { dropped: [...(known.dropped ?? []), ...droppedToo] }),
  };
}
