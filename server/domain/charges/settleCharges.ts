/**
 * Spreading paid fees and penalties over the charges themselves: always the open charge with the earliest
 * due date (an installment fee counts with its earliest open installment; on a tie it comes second), until
 * the amount is used up. Taking payments back goes from the latest due date backwards.
 *
 *   fees 12 due 1 Feb and 8 due 1 Mar, fee portion 15: 12 to the first, 3 to the second
 *
 * Source: engine.md section 5.4.
 */
import { chargeOutstanding, type LoanCharge } from '../charge.ts';
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import { type Currency, type Money, minimum, sum } from '../money.ts';
import type { ChargePayment } from '../transaction.ts';
import { feePieces, takenBackAt } from './installmentFee.ts';
import { componentOf, isInSchedule } from './landing.ts';

export interface ChargeBook {
  /** The run's own copies; their `paid` changes. */
  readonly charges: readonly LoanCharge[];
  readonly rows: readonly Installment[];
  readonly currency: Currency;
}

type ChargeComponent = 'fees' | 'penalties';

/** Pays `amount` of one kind of charge; answers what went to which charge. */
export function payCharges(book: ChargeBook, component: ChargeComponent, amount: Money): ChargePayment[] {
  if (amount <= 0n) return [];
  const payments: ChargePayment[] = [];
  let left = amount;
  for (const { charge, open } of slicesOf(book, component)) {
    const paid = minimum(left, open);
    if (paid <= 0n) continue;
    charge.paid += paid;
    left -= paid;
    payments.push({ chargeId: charge.id, amount: paid });
  }
  return merged(payments);
}

/** Takes `amount` back from paid charges, the latest due date first; answers negative payments. */
export function unpayCharges(book: ChargeBook, component: ChargeComponent, amount: Money): ChargePayment[] {
  if (amount <= 0n) return [];
  const payments: ChargePayment[] = [];
  let left = amount;
  for (const { charge, paid, place } of slicesOf(book, component).reverse()) {
    const taken = minimum(left, paid);
    if (taken <= 0n) continue;
    charge.paid -= taken;
    if (place !== undefined && charge.paidInstallments)
      charge.paidInstallments = takenBackAt(charge.paidInstallments, { place, amount: taken });
    left -= taken;
    payments.push({ chargeId: charge.id, amount: -taken });
  }
  return merged(payments);
}

/** Whole amounts of the open charges of a kind that are due on or before a date. */
export function dueChargesOf(book: ChargeBook): (component: ChargeComponent, on: CivilDate) => Money {
  return (component, on) =>
    sum(
      ofComponent(book, component)
        .filter((charge) => charge.dueDate !== null && charge.dueDate <= on)
        .filter((charge) => !charge.isWaived && chargeOutstanding(charge) > 0n)
        .map((charge) => charge.amount),
    );
}

const ofComponent = ({ charges }: ChargeBook, component: ChargeComponent): LoanCharge[] =>
  charges.filter((charge) => isInSchedule(charge) && componentOf(charge) === component);

interface Slice {
  readonly charge: LoanCharge;
  readonly due: CivilDate;
  readonly open: Money;
  readonly paid: Money;
  /** Installment fees give way to others of the same date. */
  readonly rank: number;
  readonly place?: number;
}

/** All charges by due date, piece by piece: a charge is one piece, an installment fee one per installment. */
function slicesOf(book: ChargeBook, component: ChargeComponent): Slice[] {
  const slices: Slice[] = [];
  for (const charge of ofComponent(book, component)) {
    if (charge.definition.time === 'INSTALLMENT') slices.push(...installmentSlices(charge, book));
    else if (charge.dueDate !== null)
      slices.push({
        charge,
        due: charge.dueDate,
        open: chargeOutstanding(charge),
        paid: charge.paid,
        rank: 0,
      });
  }
  return slices.sort((a, b) => a.due.localeCompare(b.due) || a.rank - b.rank || a.charge.id - b.charge.id);
}

const installmentSlices = (charge: LoanCharge, { rows, currency }: ChargeBook): Slice[] =>
  feePieces(charge, rows, currency).map(({ row, place, open, settled }) => ({
    charge,
    place,
    due: row.due,
    open,
    paid: settled,
    rank: 1,
  }));

/** One line per charge, in order of payment. */
export function merged(payments: readonly ChargePayment[]): ChargePayment[] {
  const byCharge = new Map<number, Money>();
  for (const { chargeId, amount } of payments)
    byCharge.set(chargeId, (byCharge.get(chargeId) ?? 0n) + amount);
  return [...byCharge].map(([chargeId, amount]) => ({ chargeId, amount }));
}
