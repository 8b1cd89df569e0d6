import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { InterestRecalculation } from '../terms.ts';
import { exampleInput, money, printed, recalculation, recalculationInput } from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';

/**
 * 1000 at 18 %, daily ACT/365, due in one row on 15 Feb with 15.29, or paid off on 1 Feb with 8.38 (1000 x 17
 * days); a fee of 20 falls due on 10 Feb and a penalty of 10 on 12 Feb. Which amount ends the loan when it is
 * paid on 1 Feb?
 */
const ON_DUE_DATES = { restFrequency: 'SAME_AS_REPAYMENT_PERIOD' } as const;
const TILL_REST = { preCloseRule: 'TILL_REST_FREQUENCY_DATE' } as const;

const ENDED = '2025-02-01 1000.00 + 8.38';
const RUNS = '2025-02-15 1000.00 + 8.38';
const FULL = '2025-02-15 1000.00 + 15.29';

function rowAfter(amount: number, rules: Partial<InterestRecalculation>, installmentFeePercent = 0n) {
  const input = exampleInput(
    {
      numberOfRepayments: 1,
      principal: money(1000),
      interestCalculationPeriod: 'DAILY',
      interestRecalculation: recalculation(rules),
    },
    { businessDate: date('2025-02-01') },
  );
  const rows = generateRecalculatedSchedule(
    recalculationInput(input, {
      payments: [{ date: date('2025-02-01'), amount: money(amount) }],
      layCharges: (row) => {
        const { principal, interest } = row.charged;
        row.charged.fees += installmentFeePercent
          ? ((principal + interest) * installmentFeePercent) / 100n
          : money(20);
        row.charged.penalties += installmentFeePercent ? 0n : money(10);
      },
    }),
  );
  return printed(rows).join();
}

describe('rests on each day', () => {
  it.each([
    [1008.37, RUNS],
    [1008.38, ENDED],
    [1038.38, ENDED],
    // All that the schedule asks for, 8.38 + 6.90 of interest: it stays as it is.
    [1045.28, '2025-02-15 1000.00 + 15.28'],
    [1050, ENDED],
  ])('%d: %s', (amount, row) => {
    expect(rowAfter(amount, {})).toBe(row);
  });

  it('a quote till the rest date ends nothing before the due date', () => {
    expect(rowAfter(1038.38, TILL_REST)).toBe(RUNS);
  });
});

describe('rests on the due dates', () => {
  it.each([
    [1008.38, FULL],
    // The charges of the row are due with the pay-off.
    [1038.37, FULL],
    [1038.38, ENDED],
    [1045.28, ENDED],
    [1045.29, FULL],
    [1050, ENDED],
  ])('%d: %s', (amount, row) => {
    expect(rowAfter(amount, ON_DUE_DATES)).toBe(row);
  });

  it('a quote till the rest date ends it only with more than the schedule asks for, and without a saving', () => {
    expect(rowAfter(1045.28, { ...ON_DUE_DATES, ...TILL_REST })).toBe(FULL);
    expect(rowAfter(1050, { ...ON_DUE_DATES, ...TILL_REST })).toBe('2025-02-01 1000.00 + 15.29');
  });

  it('with an installment fee of 2 % only more than the whole row ends it: 1000 + 15.29 + 20.30', () => {
    const after = (amount: number) => rowAfter(amount, ON_DUE_DATES, 2n);
    expect([after(1035.59), after(1035.6)]).toEqual([FULL, ENDED]);
  });
});

describe('2000 in two rows, the interest of the first, 30.58, put off into the second', () => {
  // Principal 1008.24, interest of 14 days 6.96: 1045.78 on 1 Mar, after 991.76 on 15 Feb.
  const rowAfterGrace = (amount: number, rules: Partial<InterestRecalculation>) => {
    const input = exampleInput(
      {
        numberOfRepayments: 2,
        principal: money(2000),
        interestCalculationPeriod: 'DAILY',
        graceOnInterest: 1,
        interestRecalculation: recalculation(rules),
      },
      { businessDate: date('2025-03-01') },
    );
    const payments = [
      { date: date('2025-02-15'), amount: money('991.76') },
      { date: date('2025-03-01'), amount: money(amount) },
    ];
    return printed(generateRecalculatedSchedule(recalculationInput(input, { payments }))).at(-1);
  };

  it.each<[string, Partial<InterestRecalculation>, number, string]>([
    ['a cent short', {}, 1045.77, '2025-03-15 1008.24 + 37.54'],
    ['exactly', {}, 1045.78, '2025-03-01 1008.24 + 37.54'],
    ['a cent short, rests on the due dates', ON_DUE_DATES, 1045.77, '2025-03-15 1008.24 + 44.50'],
    ['exactly, rests on the due dates', ON_DUE_DATES, 1045.78, '2025-03-01 1008.24 + 37.54'],
  ])('%s', (_, rules, amount, row) => {
    expect(rowAfterGrace(amount, rules)).toBe(row);
  });
});

it('paid off while a tranche is to come: the row ends, the tranche has the next one', () => {
  const tranche = (on: string) => ({ expectedOn: date(on), disbursedOn: date(on), amount: money(1000) });
  const input = exampleInput(
    {
      numberOfRepayments: 2,
      principal: money(2000),
      multiDisburse: true,
      interestCalculationPeriod: 'DAILY',
      interestRecalculation: recalculation(),
    },
    { businessDate: date('2025-03-01'), tranches: [tranche('2025-01-15'), tranche('2025-03-01')] },
  );
  const payments = [{ date: date('2025-02-01'), amount: money('1008.38') }];
  // 1000 x 17 days = 8.38; the second 1000 x 14 days = 6.90.
  expect(printed(generateRecalculatedSchedule(recalculationInput(input, { payments })))).toEqual([
    '2025-02-01 1000.00 + 8.38',
    '2025-03-15 1000.00 + 6.90',
  ]);
});
