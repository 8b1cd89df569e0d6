/**
 * Amounts by date: when early payments lower, and overdue principal raises, the balance that bears interest.
 *
 *   reductions { 15 Feb: 1220.13 }, overdue { 15 Feb: +1220.13, 25 Feb: -1220.13 }  ->  changes in date order
 *
 * Source: engine.md section 3.10 (maps R and L).
 */
import { type CivilDate, compareDates } from '../date.ts';
import type { Money } from '../money.ts';
import type { BalanceChange } from './interest.ts';

export type DatedAmounts = Map<CivilDate, Money>;

export function addAmount(amounts: DatedAmounts, on: CivilDate, amount: Money): void {
  amounts.set(on, (amounts.get(on) ?? 0n) + amount);
}

/** Takes out everything dated up to `date` and answers its sum. */
export function takeUntil(amounts: DatedAmounts, date: CivilDate): Money {
  let taken = 0n;
  for (const [on, amount] of amounts) {
    if (on > date) continue;
    taken += amount;
    amounts.delete(on);
  }
  return taken;
}

export const inDateOrder = (amounts: DatedAmounts): [CivilDate, Money][] =>
  [...amounts].sort(([a], [b]) => compareDates(a, b));

/** The changes of a balance: `raises` add to it, `reductions` take from it. */
export function balanceChanges(
  raises: DatedAmounts,
  reductions: DatedAmounts,
  more: readonly BalanceChange[],
): BalanceChange[] {
  const changes: BalanceChange[] = [...more];
  for (const [on, amount] of raises) changes.push({ on, amount });
  for (const [on, amount] of reductions) changes.push({ on, amount: -amount });
  return changes.sort((a, b) => compareDates(a.on, b.on));
}
