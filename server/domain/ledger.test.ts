import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { date } from './date.ts';
import { type JournalEntry, type JournalLine, linesOf, movementsOf } from './ledger.ts';

const entryOf = (lines: readonly JournalLine[]): JournalEntry => ({
  transactionId: 1,
  date: date('2025-01-31'),
  lines,
});
const debit = (account: string, amount: bigint): JournalLine => ({ account, side: 'debit', amount });
const credit = (account: string, amount: bigint): JournalLine => ({ account, side: 'credit', amount });

describe('an entry cut into movements', () => {
  it('pairs the largest debit with the largest credit, the lower code first on a tie', () => {
    const entry = entryOf([debit('cash', 10n), credit('interest', 1n), credit('portfolio', 9n)]);
    expect(movementsOf(entry)).toEqual([
      { debit: 'cash', credit: 'portfolio', amount: 9n },
      { debit: 'cash', credit: 'interest', amount: 1n },
    ]);
    const tied = entryOf([debit('b', 5n), debit('a', 5n), credit('c', 10n)]);
    expect(movementsOf(tied).map((each) => each.debit)).toEqual(['a', 'b']);
  });

  it('is empty for an entry without lines', () => {
    expect(movementsOf(entryOf([]))).toEqual([]);
  });

  it('gives its lines back, whatever they are', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, amounts, (debits, credits) => {
        const lines = balanced(debits, credits);
        const movements = movementsOf(entryOf(lines));
        expect(movements.every((each) => each.amount > 0n)).toBe(true);
        expect(movements.length).toBeLessThan(lines.length);
        expect(linesOf(movements)).toEqual(lines);
      }),
    );
  });

  it('refuses an entry that does not balance', () => {
    expect(() => movementsOf(entryOf([debit('cash', 10n), credit('portfolio', 9n)]))).toThrow(
      /out of balance/,
    );
  });
});

/** Debits d0, d1 ... and credits c0, c1 ...; the smaller side gets one line more. */
function balanced(debits: bigint[], credits: bigint[]): JournalLine[] {
  const rest = debits.reduce((a, b) => a + b) - credits.reduce((a, b) => a + b);
  const more = rest < 0n ? [...debits, -rest] : debits;
  const less = rest > 0n ? [...credits, rest] : credits;
  return [
    ...more.map((amount, index) => debit(`d${index}`, amount)),
    ...less.map((amount, index) => credit(`c${index}`, amount)),
  ];
}
