/** The rate found in doubles is the rate found exactly, whatever the schedule. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, addMonths, date } from '../date.ts';
import { annualPercentageRate, type CreditTransaction, exactPercentageRate } from './apr.ts';

const START = date('2025-01-31');

const monthly = fc
  .record({
    advance: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    count: fc.integer({ min: 1, max: 60 }),
    markUp: fc.integer({ min: -200, max: 3000 }),
    firstDays: fc.integer({ min: 0, max: 45 }),
    every: fc.constantFrom(1, 2, 3),
  })
  .map(({ advance, count, markUp, firstDays, every }): CreditTransaction => {
    const amount = (advance * BigInt(1000 + markUp)) / 1000n / BigInt(count) + 1n;
    const first = addDays(START, firstDays);
    const payments = Array.from({ length: count }, (_, index) => ({
      on: addMonths(first, index * every),
      amount,
    }));
    return { advances: [{ on: START, amount: advance }], payments, every, unit: 'MONTHS' };
  });

const inDays = fc
  .record({
    advance: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    count: fc.integer({ min: 1, max: 30 }),
    markUp: fc.integer({ min: 0, max: 500 }),
    every: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ advance, count, markUp, every }): CreditTransaction => {
    const amount = (advance * BigInt(1000 + markUp)) / 1000n / BigInt(count) + 1n;
    const payments = Array.from({ length: count }, (_, index) => ({
      on: addDays(START, (index + 1) * every),
      amount,
    }));
    return { advances: [{ on: START, amount: advance }], payments, every, unit: 'DAYS' };
  });

it('for any credit in months or days', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(monthly, inDays), (transaction) => {
      expect(annualPercentageRate(transaction).toFixed(2)).toBe(exactPercentageRate(transaction).toFixed(2));
    }),
    { numRuns: 150 },
  );
});

it('and a rate that lies on a rounding edge is left to exact figures', () => {
  // One payment after a year: the rate is the mark-up itself, 12.345 %.
  const transaction: CreditTransaction = {
    advances: [{ on: START, amount: 100_000_000n }],
    payments: [{ on: date('2026-01-31'), amount: 112_345_000n }],
    every: 1,
    unit: 'YEARS',
  };
  expect(annualPercentageRate(transaction).toFixed()).toBe(exactPercentageRate(transaction).toFixed());
  expect(annualPercentageRate(transaction).toFixed()).toMatch(/^12\.3[45]$/);
});
