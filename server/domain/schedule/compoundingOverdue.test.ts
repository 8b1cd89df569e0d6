import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { amounts, exampleInput, money, recalculation, recalculationInput } from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';

/**
 * 5000 at 18 %, daily ACT/365, four months from 15 Jan, installments of 1296.57, interest compounding on the
 * 1st: what happens when rows are overdue. Interest is worked out beside it: balance x days x 18 % / 365.
 */
const MONTHLY = { compounding: 'INTEREST', compoundingDay: 1 } as const;
const FIRST = '1219.84 + 76.73';

type Paid = readonly [on: string, amount: number];
type Due = readonly [on: string, amount: number, kind: 'fees' | 'penalties'];

interface Setting {
  readonly rules?: Partial<InterestRecalculation>;
  readonly own?: Partial<LoanTerms>;
  readonly charges?: readonly Due[];
}

/** Everything made anew, as each night. */
function rowsOn(day: string, paid: readonly Paid[], { rules, own, charges = [] }: Setting = {}) {
  const interestRecalculation = recalculation({ ...MONTHLY, ...rules });
  const input = exampleInput(
    { interestCalculationPeriod: 'DAILY', interestRecalculation, ...own },
    { businessDate: date(day) },
  );
  return generateRecalculatedSchedule(
    recalculationInput(input, {
      payments: paid.map(([on, amount]) => ({ date: date(on), amount: money(amount) })),
      layCharges: (row) => {
        for (const [on, amount, kind] of charges)
          if (row.from < date(on) && date(on) <= row.due) row.charged[kind] += money(amount);
      },
      feesDue: ({ after, until }) =>
        charges
          .filter(([on]) => after < date(on) && date(on) <= until)
          .reduce((sum, [, amount]) => sum + money(amount), 0n),
    }),
  );
}

describe('interest that compounds on the 1st', () => {
  it.each<[string, string, readonly Paid[], string[]]>([
    [
      // Row 1: 5000 x 17 = 41.92, which joins on 1 Feb; 5041.92 x 14 = 34.81.
      // Row 2: 5041.92 x 10 = 24.86, as 41.92 stay until the row is no longer overdue; from 25 Feb on
      // 3780.16 x 4 = 7.46; 34.81 of row 1 and 32.32 join on 1 Mar: 3847.29 x 14 = 26.56.
      'one row overdue, as of 25 Feb',
      '2025-02-25',
      [],
      [FIRST, '1237.69 + 58.88', '1257.78 + 38.79', '1284.69 + 18.94'],
    ],
    [
      // Row 2: 5041.92 x 14 = 34.81; 34.81 + 34.81 join: 5111.54 x 14 = 35.29.
      // Row 3: 5111.54 x 5 = 12.60; both leave with all that joined: 2553.69 x 12 = 15.11; 35.29 of row 2 and
      // 27.71 join on 1 Apr: 2616.69 x 14 = 18.07.
      'two, as of 20 Mar',
      '2025-03-20',
      [],
      [FIRST, '1226.47 + 70.10', '1250.79 + 45.78', '1302.90 + 19.21'],
    ],
    [
      // Row 2: 5041.92 x 5 = 12.43; principal and interest paid leave: 3745.35 x 9 = 16.62; 34.81 + 29.05
      // join: 3809.21 x 9 = 16.91; today 76.73 - 41.92 of row 1 come back: 3844.02 x 5 = 9.48.
      'one paid on 20 Feb, as of 10 Mar',
      '2025-03-10',
      [['2025-02-20', 1296.57]],
      [FIRST, '1241.13 + 55.44', '1257.83 + 38.74', '1281.20 + 18.88'],
    ],
    [
      // After it, on 5259.96 at first: 15 May to 1 Jun, then with what joins on 1 Jun for four days.
      'all four, as of 5 Jun: it compounds on, in a row of its own',
      '2025-06-05',
      [],
      [FIRST, '1226.47 + 70.10', '1217.89 + 78.68', '1335.80 + 77.31', '0.00 + 54.70'],
    ],
    [
      'all four, of which 1000 are paid on 20 May, as of 25 May: a row up to the payment, and one since',
      '2025-05-25',
      [['2025-05-20', 1000]],
      [FIRST, '1226.47 + 70.10', '1217.89 + 78.68', '1335.80 + 77.31', '0.00 + 12.99', '0.00 + 10.52'],
    ],
  ])('%s', (_, day, paid, rows) => {
    expect(amounts(rowsOn(day, paid))).toEqual(rows);
  });

  it('stays on the balance for the whole of the next row where rests are the due dates', () => {
    const rows = rowsOn('2025-03-20', [], { rules: { restFrequency: 'SAME_AS_REPAYMENT_PERIOD' } });
    expect(amounts(rows)).toEqual([FIRST, '1226.47 + 70.10', '1217.89 + 78.68', '1335.80 + 19.55']);
  });

  it('joins as a whole where the 15th compounds, the due date: 5000 + 76.44 bear interest, 70.10', () => {
    const rows = rowsOn('2025-03-20', [], { rules: { compoundingDay: 15 } });
    expect(amounts(rows)).toEqual([
      '1220.13 + 76.44',
      '1226.47 + 70.10',
      '1251.14 + 45.43',
      '1302.26 + 19.27',
    ]);
    expect(rows.map(({ compounded }) => compounded)).toEqual([
      [{ on: '2025-02-15', amount: money('76.44') }],
      [{ on: '2025-03-15', amount: money('70.10') }],
      [{ on: '2025-04-15', amount: money('45.43') }],
      [{ on: '2025-05-15', amount: money('19.27') }],
    ]);
  });

  it('is remembered by the row in which it joined, after the last one too', () => {
    const rows = rowsOn('2025-04-20', [], { own: { numberOfRepayments: 1, principal: money(1000) } });
    // 1008.38 x 14 = 6.96 in each half: 15 Feb to 1 Mar, with 6.96 of the first row 13.92 join.
    expect(rows.map(({ due, compounded }) => [due, compounded])).toEqual([
      ['2025-02-15', [{ on: '2025-02-01', amount: money('8.38') }]],
      [
        '2025-04-20',
        [
          { on: '2025-03-01', amount: money('13.92') },
          { on: '2025-04-01', amount: money('15.63') },
        ],
      ],
    ]);
  });
});

describe('a fee of 100 due on 20 Jan and a penalty of 50 on 10 Feb that compound with the interest', () => {
  const setting: Setting = {
    rules: { compounding: 'INTEREST_AND_FEE' },
    charges: [
      ['2025-01-20', 100, 'fees'],
      ['2025-02-10', 50, 'penalties'],
    ],
  };

  it.each<[string, readonly Paid[], string]>([
    // 5141.92 x 14 = 35.50; 50 + 35.50 of row 1 and 35.50 join: 5262.92 x 9 = 23.36; today row 1 leaves with
    // the 141.92 that joined in it: 3901.85 x 5 = 9.62.
    ['unpaid by 10 Mar', [], '1228.09 + 68.48'],
    // 5141.92 x 5 = 12.68; both are paid: 4991.92 x 9 = 22.16; 85.50 + 34.84 join: 5112.26 x 9 = 22.69; then
    // 3901.19 x 5 = 9.62.
    ['paid on 20 Feb, the principal not', [['2025-02-20', 150]], '1229.42 + 67.15'],
  ])('%s', (_, paid, second) => {
    expect(amounts(rowsOn('2025-03-10', paid, setting)).slice(0, 2)).toEqual(['1219.15 + 77.42', second]);
  });
});
