/**
 * An installment fee, installment by installment: what each is charged of it, what was waived there, and what
 * is still open. A waiver forgives the earliest open installment and stays with it, a charge payment pays the
 * one it is meant for; other payments settle the rest, oldest first.
 *
 *   fee 2.00 in each of 3 installments, the first paid, then one waived: 2.00 paid | 2.00 waived | 2.00 open
 *
 * Source: engine.md sections 5.4, 6.2 and 6.4.
 */
import type { LoanCharge, SettledInstallment } from '../charge.ts';
import type { Installment } from '../installment.ts';
import { type Currency, type Money, minimum, sum } from '../money.ts';
import { installmentShares } from './amount.ts';

export interface FeePiece {
  readonly row: Installment;
  /** 1 for the first normal installment; down payments are not counted. */
  readonly place: number;
  readonly share: Money;
  readonly waived: Money;
  /** Paid or written off. */
  readonly settled: Money;
  readonly open: Money;
}

export function feePieces(charge: LoanCharge, rows: readonly Installment[], currency: Currency): FeePiece[] {
  const shares = installmentShares(charge.definition, rows, currency);
  const waivers = charge.waivedInstallments ?? [];
  let unplaced = charge.waived - sum(waivers.map(({ amount }) => amount));
  const payments = charge.paidInstallments ?? [];
  let unspent = charge.paid + charge.writtenOff - sum(payments.map(({ amount }) => amount));
  return rows
    .filter(({ number }) => shares.has(number))
    .map((row, index) => {
      const place = index + 1;
      const share = shares.get(row.number) ?? 0n;
      const placed = amountAt(waivers, place);
      const extra = minimum(unplaced, share - minimum(placed, share));
      unplaced -= extra;
      const waived = minimum(share, placed + extra);
      const paidHere = minimum(amountAt(payments, place), share - waived);
      const spent = minimum(unspent, share - waived - paidHere);
      unspent -= spent;
      const settled = paidHere + spent;
      return { row, place, share, waived, settled, open: share - waived - settled };
    });
}

const amountAt = (settled: readonly SettledInstallment[], at: number): Money =>
  sum(settled.filter(({ place }) => place === at).map(({ amount }) => amount));

/** What charge payments paid, after up to `amount` was taken back out of one installment. */
export function takenBackAt(
  paid: readonly SettledInstallment[],
  { place, amount }: Pick<SettledInstallment, 'place' | 'amount'>,
): SettledInstallment[] {
  let left = amount;
  return paid.flatMap((each) => {
    if (each.place !== place) return [each];
    const taken = minimum(left, each.amount);
    left -= taken;
    return taken === each.amount ? [] : [{ ...each, amount: each.amount - taken }];
  });
}
