import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import type { ScheduleInput } from './cumulative.ts';
import { amounts, exampleInput, money, printed, recalculation, recalculationInput } from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';
import type { IncomingPayment } from './recalculation.ts';

/**
 * 5000 at 18 %, daily ACT/365, four months from 15 Jan, installments of 1296.57: what is overdue together
 * and what comes after the last row. Interest is worked out beside it: balance x days x 18 % / 365.
 */
const loan = (
  rules: Partial<InterestRecalculation> = {},
  own: Partial<LoanTerms> = {},
  more: Partial<ScheduleInput> = {},
): ScheduleInput =>
  exampleInput(
    { interestCalculationPeriod: 'DAILY', interestRecalculation: recalculation(rules), ...own },
    more,
  );

type Paid = readonly [on: string, amount: number];
const payments = (paid: readonly Paid[]): IncomingPayment[] =>
  paid.map(([on, amount]) => ({ date: date(on), amount: money(amount) }));

/** Everything made anew, as each night. */
const asOf = (input: ScheduleInput, day: string, paid: readonly Paid[]): Installment[] =>
  generateRecalculatedSchedule(
    recalculationInput({ ...input, businessDate: date(day) }, { payments: payments(paid) }),
  );

const ONE_ROW = { numberOfRepayments: 1, principal: money(1000) };
const ON_DUE_DATES = { restFrequency: 'SAME_AS_REPAYMENT_PERIOD' } as const;
const MONTHLY = { compounding: 'INTEREST', compoundingDay: 1 } as const;
const DOWN_PAYMENT = { downPayment: { enabled: true, percentage: '25', automatic: true } };
const FIRST = '1220.13 + 76.44';
const MISSED = '1227.53 + 69.04';

type Case = readonly [what: string, input: ScheduleInput, day: string, paid: readonly Paid[], rows: string[]];

describe('rows that are overdue together', () => {
  it.each<Case>([
    [
      // Row 2: 5000 x 28. Row 3: 5000 x 5 = 12.33, 2552.34 x 26 = 32.73.
      'two, as of 20 Mar: both bear interest until then',
      loan(),
      '2025-03-20',
      [],
      [FIRST, MISSED, '1251.51 + 45.06', '1300.83 + 19.25'],
    ],
    [
      // Row 3: 5000 x 31. Row 4: 5000 x 25 = 61.64, 1332.21 x 5 = 3.28.
      'three, as of 10 May',
      loan(),
      '2025-05-10',
      [],
      [FIRST, MISSED, FIRST, '1332.21 + 64.92'],
    ],
    [
      // Row 4: 5000 x 30; after it 5000 x 10 = 24.66.
      'all four, as of 25 May: interest goes on in a row of its own',
      loan(),
      '2025-05-25',
      [],
      [FIRST, MISSED, FIRST, '1332.21 + 73.97', '0.00 + 24.66'],
    ],
    [
      // Row 3: 5000 x 5 = 12.33, 3779.87 x 5 = 9.32, 2552.34 x 21 = 26.43.
      'the first of two paid on 20 Mar, as of 25 Mar: the second goes on bearing interest',
      loan(),
      '2025-03-25',
      [['2025-03-20', 1296.57]],
      [FIRST, MISSED, '1248.49 + 48.08', '1303.85 + 19.29'],
    ],
    [
      // 634.39 of row 2 paid: 5000 x 5 = 12.33, 3145.48 x 5 = 7.76, 2552.34 x 21 = 26.43.
      'the first and a part of the second',
      loan(),
      '2025-03-25',
      [['2025-03-20', 2000]],
      [FIRST, MISSED, '1250.05 + 46.52', '1302.29 + 19.27'],
    ],
    [
      // 5000 x 5 = 12.33, 2552.34 x 5 = 6.29, 2552.34 x 21 = 26.43.
      'both',
      loan(),
      '2025-03-25',
      [['2025-03-20', 2593.14]],
      [FIRST, MISSED, '1251.52 + 45.05', '1300.82 + 19.25'],
    ],
    [
      // 906.86 is early: 5000 x 5 = 12.33, 1645.48 x 16 = 12.98, 1645.48 x 10 = 8.11.
      'both and a part of the third, which is not due yet',
      loan(),
      '2025-04-05',
      [['2025-03-20', 3500]],
      [FIRST, MISSED, '1263.15 + 33.42', '1289.19 + 19.07'],
    ],
    [
      // 5000 x 5 = 12.33, 4076.44 x 5 = 10.05, 3145.48 x 7 = 10.86, 2552.34 x 4 = 5.03 and x 10 = 12.59.
      'both, bit by bit on 20 Mar, 25 Mar and 1 Apr',
      loan(),
      '2025-04-05',
      [
        ['2025-03-20', 1000],
        ['2025-03-25', 1000],
        ['2025-04-01', 593.14],
      ],
      [FIRST, MISSED, '1245.71 + 50.86', '1306.63 + 19.33'],
    ],
    [
      // Row 2: 5000 x 28. Row 3: 5000 x 31, because money of 20 Mar counts from 15 Apr. Row 4: 1332.21 x 30.
      'the first paid on 20 Mar where rests are the due dates',
      loan(ON_DUE_DATES),
      '2025-04-05',
      [['2025-03-20', 1296.57]],
      [FIRST, MISSED, FIRST, '1332.21 + 19.71'],
    ],
    [
      // 423.56 of the first row was paid: 4576.44 x 28 = 63.19 and 4576.44 x 31 = 69.96.
      'a part of the first row paid in advance, the rest of two rows missing',
      loan(ON_DUE_DATES),
      '2025-03-20',
      [['2025-02-10', 500]],
      [FIRST, '1233.38 + 63.19', '1226.61 + 69.96', '1319.88 + 19.53'],
    ],
    [
      // Shares of 1250: 5000 x 28; 5000 x 5 + 2500 x 26 = 12.33 + 32.05; 1250 x 30.
      'two, with equal principal',
      loan({}, { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' }),
      '2025-03-20',
      [],
      ['1250.00 + 76.44', '1250.00 + 69.04', '1250.00 + 44.38', '1250.00 + 18.49'],
    ],
    [
      // No principal is due on 15 Feb: 5000 x 28; then 5000 x 5 = 12.33, 3352.82 x 26 = 42.99.
      'one, after a grace on the principal of the first',
      loan({}, { graceOnPrincipal: 1 }),
      '2025-03-20',
      [],
      ['0.00 + 76.44', '1647.18 + 69.04', '1660.90 + 55.32', '1691.92 + 25.03'],
    ],
    [
      // 3000 x 31 = 45.86; 3000 x 10 = 14.79, 3749.29 x 18 = 33.28, as if row 1 had been paid from then on.
      'one, on the day on which a second tranche of 2000 is paid out',
      loan({}, { multiDisburse: true }, { tranches: twoTranches() }),
      '2025-02-25',
      [],
      ['1250.71 + 45.86', '1248.50 + 48.07', '1258.34 + 38.23', '1242.45 + 18.38'],
    ],
    [
      // 2250 x 31 = 34.40; until the second tranche 2250 x 10 = 11.10, then 2811.97 x 18 = 24.96.
      'one, with a down payment on each of two tranches',
      loan({}, { ...DOWN_PAYMENT, multiDisburse: true }, { tranches: twoTranches() }),
      '2025-02-25',
      [
        ['2025-01-15', 750],
        ['2025-02-25', 500],
      ],
      [
        '750.00 + 0.00',
        '938.03 + 34.40',
        '500.00 + 0.00',
        '936.37 + 36.06',
        '943.76 + 28.67',
        '931.84 + 13.79',
      ],
    ],
    [
      // 423.56 of row 1 on 25 Feb: 5000 x 10 = 24.66, 4576.44 x 18 = 40.62. On 20 Mar all of both and 406.86
      // early: 4576.44 x 5 = 11.28, 2141.72 x 12 = 12.67 and x 14 = 14.79.
      'a part of the first paid late, then both and more',
      loan(),
      '2025-04-01',
      [
        ['2025-02-25', 500],
        ['2025-03-20', 2500],
      ],
      [FIRST, '1231.29 + 65.28', '1257.83 + 38.74', '1290.75 + 19.10'],
    ],
    [
      // On 3750: 57.33; then 3750 x 10 = 18.49, 2834.90 x 18 = 25.16.
      'one, after a down payment',
      loan({}, DOWN_PAYMENT),
      '2025-02-25',
      [['2025-01-15', 1250]],
      ['1250.00 + 0.00', '915.10 + 57.33', '928.78 + 43.65', '943.29 + 29.14', '962.83 + 14.24'],
    ],
  ])('%s', (_what, input, day, paid, rows) => {
    expect(amounts(asOf(input, day, paid))).toEqual(rows);
  });
});

function twoTranches(): ScheduleInput['tranches'] {
  return [
    { expectedOn: date('2025-01-15'), disbursedOn: date('2025-01-15'), amount: money(3000) },
    { expectedOn: date('2025-02-25'), disbursedOn: date('2025-02-25'), amount: money(2000) },
  ];
}

describe('1000 in one row due on 15 Feb, with 15.29 of interest, not paid by then', () => {
  it.each<Case>([
    [
      // 1000 x 14 = 6.90; the payment left 515.29 open: x 14 = 3.56, x 10 = 2.54.
      '500 on 1 Mar: a row up to it and one after it',
      loan({}, ONE_ROW),
      '2025-03-25',
      [['2025-03-01', 500]],
      ['2025-03-01 0.00 + 6.90', '2025-03-25 0.00 + 6.10'],
    ],
    [
      // 715.29 x 14 = 4.94 and x 17 = 6.00; 415.29 x 14 = 2.87 and x 10 = 2.05.
      'twice 300, on 1 Mar and 1 Apr',
      loan({}, ONE_ROW),
      '2025-04-25',
      [
        ['2025-03-01', 300],
        ['2025-04-01', 300],
      ],
      ['2025-03-01 0.00 + 6.90', '2025-04-01 0.00 + 10.94', '2025-04-25 0.00 + 4.92'],
    ],
    [
      'the installment on 1 Mar: what ran until then stays open and bears no interest',
      loan({}, ONE_ROW),
      '2025-03-25',
      [['2025-03-01', 1015.29]],
      ['2025-03-01 0.00 + 6.90'],
    ],
    ['that as well', loan({}, ONE_ROW), '2025-03-25', [['2025-03-01', 1022.19]], ['2025-03-01 0.00 + 6.90']],
    [
      // 715.29 x 28 = 9.88 and x 10 = 3.53.
      '300 on the due date: one row from there',
      loan({}, ONE_ROW),
      '2025-03-25',
      [['2025-02-15', 300]],
      ['2025-03-25 0.00 + 13.41'],
    ],
    [
      // 1000 x 28 = 13.81 and x 10 = 4.93.
      'nothing, where rests are the due dates: it runs by days all the same',
      loan(ON_DUE_DATES, ONE_ROW),
      '2025-03-25',
      [],
      ['2025-03-25 0.00 + 18.74'],
    ],
    [
      // The money counts from 15 Mar: 1000 x 14 = 6.90, then 515.29 x 10 = 2.54.
      '500 on 1 Mar, where rests are the due dates',
      loan(ON_DUE_DATES, ONE_ROW),
      '2025-03-25',
      [['2025-03-01', 500]],
      ['2025-03-01 0.00 + 6.90', '2025-03-25 0.00 + 9.44'],
    ],
    [
      'all of it on 1 Mar, where rests are the due dates: nothing is open, so nothing runs on',
      loan(ON_DUE_DATES, ONE_ROW),
      '2025-03-25',
      [['2025-03-01', 1022.19]],
      ['2025-03-01 0.00 + 6.90'],
    ],
    [
      // The 6.90 stay open, so the loan goes on: 1000 x 14 until the money counts on 15 Mar.
      'the installment alone, where rests are the due dates',
      loan(ON_DUE_DATES, ONE_ROW),
      '2025-03-25',
      [['2025-03-01', 1015.29]],
      ['2025-03-01 0.00 + 6.90', '2025-03-25 0.00 + 6.90'],
    ],
    ['nothing, on the due date itself', loan({}, ONE_ROW), '2025-02-15', [], []],
    ['nothing, a day later', loan({}, ONE_ROW), '2025-02-16', [], ['2025-02-16 0.00 + 0.49']],
  ])('%s', (_what, input, day, paid, rows) => {
    const [first, ...after] = printed(asOf(input, day, paid));
    expect(first).toBe('2025-02-15 1000.00 + 15.29');
    expect(after).toEqual(rows);
  });
});

it('rows of interest are numbered on, and told apart from the others', () => {
  const rows = asOf(loan({}, ONE_ROW), '2025-03-25', [['2025-03-01', 500]]);
  expect(rows.map(({ number, kind, from }) => [number, kind, from])).toEqual([
    [1, 'normal', '2025-01-15'],
    [2, 'interestOnly', '2025-02-15'],
    [3, 'interestOnly', '2025-03-01'],
  ]);
});

describe('interest that compounds on the 1st', () => {
  it.each<Case>([
    [
      // Row 2: 5041.92 x 14 = 34.81; with it and the 34.81 that row 1 left over 5111.54 x 14 = 35.29.
      'overdue in the middle of the month: what a row has not compounded joins on the 1st',
      loan(MONTHLY),
      '2025-03-20',
      [],
      ['1219.84 + 76.73', '1226.47 + 70.10'],
    ],
    [
      // 1008.38 x 14 = 6.96; 1022.30 x 31 = 15.63; 1037.93 x 19 = 9.73.
      'after the last row likewise',
      loan(MONTHLY, ONE_ROW),
      '2025-04-20',
      [],
      ['1000.00 + 15.34', '0.00 + 32.32'],
    ],
    [
      // Rounded on each due date that passes, 15 Mar and 15 Apr: 1159.64 x 14 = 8.01; 1175.66 x 14 = 8.12 and
      // x 17 = 9.86; 1193.64 x 14 = 8.24 and x 5 = 2.94.
      'in stretches that end on due dates, too',
      loan(MONTHLY, { ...ONE_ROW, principal: money(1150) }),
      '2025-04-20',
      [],
      ['1150.00 + 17.65', '0.00 + 37.17'],
    ],
  ])('%s', (_what, input, day, paid, rows) => {
    expect(amounts(asOf(input, day, paid)).slice(0, 2)).toEqual(rows);
  });
});
