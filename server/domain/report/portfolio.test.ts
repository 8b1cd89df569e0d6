import { describe, expect, it } from 'vitest';
import { ageingRow, monthsOnBook, riskRow, type Standing, summaryRow, vintageRow } from './portfolio.ts';
import { shareOf } from './table.ts';

const standing = (changes: Partial<Standing>): Standing => ({
  productId: 1n,
  cohort: '2025-01-01',
  state: 'active',
  daysPastDue: 0,
  loans: 1,
  principal: 0n,
  interest: 0n,
  fees: 0n,
  penalties: 0n,
  ...changes,
});

/** Two current loans, one late, one very late, one charged off, one written off. */
const BOOK = [
  standing({ loans: 2, principal: 100_00n, interest: 8_00n, fees: 1_00n }),
  standing({ daysPastDue: 10, principal: 50_00n, interest: 5_00n, penalties: 2_00n }),
  standing({ daysPastDue: 45, principal: 50_00n, interest: 7_00n }),
  standing({ state: 'chargedOff', daysPastDue: 200, principal: 30_00n, interest: 9_00n }),
  standing({ state: 'writtenOff', daysPastDue: 300, principal: 20_00n }),
];

it('the summary is of active loans; charged-off ones stand beside it', () => {
  expect(summaryRow(BOOK)).toEqual({
    loans: 4,
    loansPastDue: 2,
    principal: 200_00n,
    interest: 20_00n,
    fees: 1_00n,
    penalties: 2_00n,
    total: 223_00n,
    principalPastDueLoans: 100_00n,
    loansChargedOff: 1,
    principalChargedOff: 30_00n,
  });
});

it('a loan whose installment is due today is not past due', () => {
  const row = summaryRow([standing({ loans: 3, principal: 100_00n })]);
  expect([row.loans, row.loansPastDue, row.principalPastDueLoans]).toEqual([3, 0, 0n]);
});

it('a loan 30 days past due is at risk from 30 days on', () => {
  const row = riskRow([standing({ daysPastDue: 30, principal: 10n })]);
  expect([row.atRisk1, row.atRisk30, row.atRisk60]).toEqual([10n, 10n, 0n]);
});

it('the portfolio at risk is the whole principal of loans that are late', () => {
  const row = riskRow(BOOK);
  expect([row.principal, row.atRisk1, row.atRisk30, row.atRisk60, row.atRisk90]).toEqual([
    200_00n,
    100_00n,
    50_00n,
    0n,
    0n,
  ]);
  expect([row.par1, row.par30, row.par60]).toEqual([
    { of: 100_00n, in: 200_00n },
    { of: 50_00n, in: 200_00n },
    { of: 0n, in: 200_00n },
  ]);
});

it.each([
  // days past due, the one range that it is in
  [0, 'current'],
  [1, 'days1to29'],
  [29, 'days1to29'],
  [30, 'days30to59'],
  [59, 'days30to59'],
  [60, 'days60to89'],
  [89, 'days60to89'],
  [90, 'days90to179'],
  [179, 'days90to179'],
  [180, 'days180andMore'],
  [4000, 'days180andMore'],
])('a loan %i days past due ages in %s', (daysPastDue, range) => {
  const row = ageingRow([standing({ daysPastDue, loans: 3, principal: 7n })]);
  const filled = Object.entries(row).filter(([, cell]) => cell !== 0 && cell !== 0n);
  expect(filled).toEqual([
    [`${range}Loans`, 3],
    [`${range}Principal`, 7n],
  ]);
});

it('a vintage counts what was lost as bad at any age', () => {
  expect(vintageRow(BOOK, 400_00n)).toEqual({
    disbursed: 400_00n,
    principal: 200_00n,
    bad30: 100_00n,
    bad30Share: { of: 100_00n, in: 400_00n },
    bad90: 50_00n,
    bad90Share: { of: 50_00n, in: 400_00n },
    lost: 50_00n,
    lostShare: { of: 50_00n, in: 400_00n },
  });
});

it.each([
  ['2025-01-01', '2025-01-31', 0],
  ['2025-01-01', '2025-02-01', 1],
  ['2024-11-01', '2025-02-28', 3],
])('from the month of %s to %s: %i months on book', (cohort, day, months) => {
  expect(monthsOnBook(cohort, day)).toBe(months);
});

describe('a share', () => {
  it.each([
    [1n, 3n, 0.333333],
    [2n, 3n, 0.666667],
    [0n, 5n, 0],
    [5n, 5n, 1],
    [-1n, 3n, -0.333333],
    [1n, -3n, -0.333333],
    [-1n, -3n, 0.333333],
    // Half a millionth is rounded away from zero.
    [1n, 2_000_000n, 0.000001],
    [-1n, 2_000_000n, -0.000001],
    [0n, -5n, 0],
    [1n, 0n, null],
    [0n, 0n, null],
  ])('%s of %s is %s', (of, whole, share) => {
    expect(shareOf({ of, in: whole })).toBe(share);
  });
});
