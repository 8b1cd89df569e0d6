import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import type { ScheduleInput } from './cumulative.ts';
import { amounts, exampleInput, money, recalculation, recalculationInput } from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';
import type { IncomingPayment } from './recalculation.ts';

/**
 * 5000 at 18 %, daily ACT/365, four months from 15 Jan, installments of 1296.57: what each payment does to
 * the rows after it. Interest is worked out beside it: balance x days x 18 % / 365.
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

/** Made on the day of each payment, rows that were due before it kept. */
function afterPayments(input: ScheduleInput, paid: readonly Paid[]): Installment[] {
  const whole = payments(paid);
  let current = generateRecalculatedSchedule(recalculationInput(input));
  whole.forEach(({ date: on }, index) => {
    const known = { payments: whole.slice(0, index + 1), current, regenerateFrom: on };
    current = generateRecalculatedSchedule(recalculationInput({ ...input, businessDate: on }, known));
  });
  return current;
}

const ONE_ROW = { numberOfRepayments: 1, principal: money(1000) };
const ON_DUE_DATES = { restFrequency: 'SAME_AS_REPAYMENT_PERIOD' } as const;
const DOWN_PAYMENT = { downPayment: { enabled: true, percentage: '25', automatic: true } };
const FIRST = '1220.13 + 76.44';

type Case = readonly [what: string, input: ScheduleInput, paid: readonly Paid[], rows: string[]];

describe('a late row paid', () => {
  it.each<Case>([
    [
      // 5000 x 10 = 24.66, 4476.44 x 8 = 17.66, 3779.87 x 10 = 18.64.
      'in two parts, on 25 Feb and 5 Mar',
      loan(),
      [
        ['2025-02-25', 600],
        ['2025-03-05', 696.57],
      ],
      [FIRST, '1235.61 + 60.96', '1257.67 + 38.90', '1286.59 + 19.03'],
    ],
    [
      // 5000 x 5 = 12.33, 4976.44 x 2 = 4.91, 4476.44 x 4 = 8.83, 3779.87 x 17 = 31.69.
      'in three, the first little more than its interest',
      loan(),
      [
        ['2025-02-20', 100],
        ['2025-02-22', 500],
        ['2025-02-26', 696.57],
      ],
      [FIRST, '1238.81 + 57.76', '1257.72 + 38.85', '1283.34 + 18.99'],
    ],
    [
      // 1703.43 is early: 5000 x 10 = 24.66, 2076.44 x 18 = 18.43; the EMI of 2076.44 in two is 1061.32.
      'with more than the next one: smaller installments',
      loan(),
      [['2025-02-25', 3000]],
      [FIRST, '1703.43 + 43.09', '1029.58 + 31.74', '1046.86 + 15.49'],
    ],
    [
      // It counts from 15 Mar: 5000 x 28; then 2552.34 x 31 = 39.02.
      'on 25 Feb where rests are the due dates: the whole period is charged',
      loan(ON_DUE_DATES),
      [['2025-02-25', 1296.57]],
      [FIRST, '1227.53 + 69.04', '1257.55 + 39.02', '1294.79 + 19.16'],
    ],
    [
      // 296.57 of row 1 stayed open: 4071.51 x 5 = 10.04; 1203.43 is early: 2571.51 x 23 = 29.17.
      'the rest of it with an early part of the next, where the next rows absorb what is early',
      loan({ rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }),
      [
        ['2025-02-05', 1000],
        ['2025-02-20', 1500],
      ],
      ['1225.06 + 71.51', '1257.36 + 39.21', '1258.08 + 38.49', '1259.50 + 18.63'],
    ],
  ])('%s', (_what, input, paid, rows) => {
    expect(amounts(afterPayments(input, paid))).toEqual(rows);
  });
});

describe('money before the due date', () => {
  it.each<Case>([
    [
      // 5000 x 5 = 12.33, 4500 x 21 = 46.60, 3000 x 5 = 7.40.
      'twice in one period',
      loan(),
      [
        ['2025-01-20', 500],
        ['2025-02-10', 1500],
      ],
      ['2000.00 + 66.33', '988.31 + 41.42', '998.98 + 30.75', '1012.71 + 14.98'],
    ],
    [
      'twice in one period: fewer rows',
      loan({ rescheduleStrategy: 'REDUCE_NUMBER_OF_INSTALLMENTS' }),
      [
        ['2025-01-20', 500],
        ['2025-02-10', 1500],
      ],
      ['2000.00 + 66.33', '1255.15 + 41.42', '1269.90 + 26.67', '474.95 + 7.03'],
    ],
    [
      'with equal principal: 3000 in three shares',
      loan({}, { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' }),
      [['2025-02-05', 2000]],
      ['2000.00 + 66.57', '1000.00 + 41.42', '1000.00 + 30.58', '1000.00 + 14.79'],
    ],
    [
      'where the interest of the first row is put off: 66.57 + 41.42 in the second',
      loan({}, { graceOnInterest: 1 }),
      [['2025-02-05', 2000]],
      ['2000.00 + 0.00', '988.31 + 107.99', '998.98 + 30.75', '1012.71 + 14.98'],
    ],
    [
      'where the first row bears none',
      loan({}, { graceInterestFree: 1 }),
      [['2025-02-05', 2000]],
      ['2000.00 + 0.00', '988.31 + 41.42', '998.98 + 30.75', '1012.71 + 14.98'],
    ],
    [
      'where the first row has no principal otherwise',
      loan({}, { graceOnPrincipal: 1 }),
      [['2025-02-05', 2000]],
      ['2000.00 + 66.57', '988.31 + 41.42', '998.98 + 30.75', '1012.71 + 14.98'],
    ],
    [
      // It counts from 15 Feb and pays the interest first: 3076.44 left, the EMI in three is 1055.97.
      'where rests are the due dates: smaller installments',
      loan(ON_DUE_DATES),
      [['2025-02-05', 2000]],
      ['1923.56 + 76.44', '1013.49 + 42.48', '1024.43 + 31.54', '1038.52 + 15.36'],
    ],
    [
      // 3779.87 x 14 = 26.10, 1779.87 x 14 = 12.29. Of the 2000 the 38.39 are paid first, so as much of the
      // principal is open: 1818.26 x 5 = 4.48; with the 500 early 1318.26 x 26 = 16.90.
      'in the second row, and again once it was due',
      loan(),
      [
        ['2025-02-15', 1296.57],
        ['2025-03-01', 2000],
        ['2025-03-20', 500],
      ],
      [FIRST, '2000.00 + 38.39', '888.35 + 21.38', '891.52 + 13.19'],
    ],
    [
      // 3000 x 21 = 31.07; of the 2000 in three rows: 2000 x 18 = 17.75.
      'all of a first tranche, before the second comes',
      loan({}, { multiDisburse: true }, { tranches: twoTranches() }),
      [['2025-02-05', 3031.07]],
      ['3000.00 + 31.07', '668.74 + 17.75', '666.14 + 20.35', '665.12 + 9.84'],
    ],
    [
      'where rests are the due dates: fewer',
      loan({ ...ON_DUE_DATES, rescheduleStrategy: 'REDUCE_NUMBER_OF_INSTALLMENTS' }),
      [['2025-02-05', 2000]],
      ['1923.56 + 76.44', '1254.09 + 42.48', '1268.71 + 27.86', '553.64 + 8.19'],
    ],
    [
      // 703.43 above the first row are taken off the second: 1296.57 - 42.48 - 703.43.
      'where rests are the due dates: less of the next',
      loan({ ...ON_DUE_DATES, rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }),
      [['2025-02-05', 2000]],
      ['1923.56 + 76.44', '550.66 + 42.48', '1257.96 + 38.61', '1267.82 + 18.76'],
    ],
  ])('%s', (_what, input, paid, rows) => {
    expect(amounts(afterPayments(input, paid))).toEqual(rows);
  });
});

describe('more than the installment on its due date', () => {
  it.each<Case>([
    [
      // 1076.44 left: its EMI in three is 369.48.
      'smaller installments',
      loan(),
      [['2025-02-15', 4000]],
      ['3923.56 + 76.44', '354.62 + 14.86', '358.45 + 11.03', '363.37 + 5.38'],
    ],
    ['all of it: the loan ends', loan(), [['2025-02-15', 5076.44]], ['5000.00 + 76.44']],
    [
      // Row 2, kept: 2779.87 x 28 = 38.39. The EMI stays 1296.57 until nothing is left.
      'fewer installments, and the second row kept',
      loan({ rescheduleStrategy: 'REDUCE_NUMBER_OF_INSTALLMENTS' }),
      [
        ['2025-02-15', 2296.57],
        ['2025-03-15', 1296.57],
      ],
      ['2220.13 + 76.44', '1258.18 + 38.39', '1273.31 + 23.26', '248.38 + 3.67'],
    ],
    [
      // 500 too much are taken off row 2: 3279.87 x 28 = 45.29, 1296.57 - 45.29 - 500 = 751.28.
      'less of the next, which is paid on its day and kept',
      loan({ rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }),
      [
        ['2025-02-15', 1796.57],
        ['2025-03-15', 796.57],
      ],
      ['1720.13 + 76.44', '751.28 + 45.29', '1257.91 + 38.66', '1270.68 + 18.80'],
    ],
    [
      // The same, but 203.43 too much on row 2 as well: 2325.16 x 31 = 35.55, 1296.57 - 35.55 - 203.43.
      'less of the next, and of the next again',
      loan({ rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }),
      [
        ['2025-02-15', 1796.57],
        ['2025-03-15', 1000],
        ['2025-04-15', 1093.14],
      ],
      ['1720.13 + 76.44', '954.71 + 45.29', '1057.59 + 35.55', '1267.57 + 18.75'],
    ],
    [
      // 2203.43 too much: row 2 would have 1274.80 and has none, so 78.23 are too much again. Row 3 would
      // have 1273.67, less 1006.86; 710.29 are too much. Interest: 1576.44 x 28, 1498.21 x 31, 521.11 x 30.
      'more than the next row has',
      loan({ rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }),
      [
        ['2025-02-15', 3500],
        ['2025-03-15', 100],
        ['2025-04-15', 1000],
      ],
      ['3423.56 + 76.44', '78.23 + 21.77', '977.10 + 22.90', '521.11 + 7.71'],
    ],
    [
      // Share 1250: 1000 too much, then 341.93 above the share of 2750 in three; 1491.40 in two.
      'with equal principal, twice',
      loan({}, { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' }),
      [
        ['2025-02-15', 2326.44],
        ['2025-03-15', 1296.57],
      ],
      ['2250.00 + 76.44', '1258.60 + 37.97', '745.70 + 22.80', '745.70 + 11.03'],
    ],
    [
      // 2834.90 x 28 = 39.14; 1500 - 39.14 = 1460.86; the EMI of 1374.04 in two is 702.30.
      'after a down payment and a row paid in time, which are kept',
      loan({}, DOWN_PAYMENT),
      [
        ['2025-01-15', 1250],
        ['2025-02-15', 972.43],
        ['2025-03-15', 1500],
      ],
      ['1250.00 + 0.00', '915.10 + 57.33', '1460.86 + 39.14', '681.29 + 21.01', '692.75 + 10.25'],
    ],
  ])('%s', (_what, input, paid, rows) => {
    expect(amounts(afterPayments(input, paid))).toEqual(rows);
  });
});

describe('rows that were due before a payment stay as they stood', () => {
  // No night came between: row 2 was made when nothing was overdue, 1244.38 + 52.19.
  const AS_AGREED = '1244.38 + 52.19';
  it.each<Case>([
    [
      // 5000 x 5 = 12.33; row 1 is paid, row 2 overdue until the day of the payment: 2535.49 x 26 = 32.51.
      'the first of two paid on 20 Mar',
      loan(),
      [['2025-03-20', 1296.57]],
      [FIRST, AS_AGREED, '1251.73 + 44.84', '1283.76 + 18.99'],
    ],
    [
      // 906.86 is early: 5000 x 5 = 12.33, 1628.63 x 26 = 20.88.
      'both and a part of the third',
      loan(),
      [['2025-03-20', 3500]],
      [FIRST, AS_AGREED, '1263.36 + 33.21', '1272.13 + 18.82'],
    ],
    [
      // 5000 x 5 = 12.33, 4076.44 x 5 = 10.05, 3128.63 x 7 = 10.80, 2535.49 x 14 = 17.51.
      'both, bit by bit',
      loan(),
      [
        ['2025-03-20', 1000],
        ['2025-03-25', 1000],
        ['2025-04-01', 593.14],
      ],
      [FIRST, AS_AGREED, '1245.88 + 50.69', '1289.61 + 19.08'],
    ],
    [
      // 1000 x 14; 715.29 x 14 = 4.94 and x 17 = 6.00: the row of 1 Mar is kept on 1 Apr.
      'a row of interest alone as well',
      loan({}, ONE_ROW),
      [
        ['2025-03-01', 300],
        ['2025-04-01', 300],
      ],
      ['1000.00 + 15.29', '0.00 + 6.90', '0.00 + 10.94'],
    ],
    [
      // 3000 x 10 = 14.79, 5000 x 3 = 7.40; 518.63 of row 1 stay open: 3749.29 x 15 = 27.73.
      'before a second tranche, of which 777.94 come back three days later',
      loan({}, { multiDisburse: true }, { tranches: twoTranches() }),
      [['2025-02-28', 777.94]],
      ['1250.71 + 45.86', '1246.65 + 49.92', '1258.31 + 38.26', '1244.33 + 18.41'],
    ],
  ])('%s', (_what, input, paid, rows) => {
    expect(amounts(afterPayments(input, paid))).toEqual(rows);
  });
});

it('rows are numbered on, kept or made anew', () => {
  const rows = afterPayments(loan({}, { ...DOWN_PAYMENT, numberOfRepayments: 3 }), [
    ['2025-01-15', 1250],
    ['2025-03-20', 1500],
  ]);
  expect(rows.map(({ number, kind }) => `${number} ${kind}`)).toEqual([
    '1 downPayment',
    '2 normal',
    '3 normal',
    '4 normal',
  ]);
});

function twoTranches(): ScheduleInput['tranches'] {
  return [
    { expectedOn: date('2025-01-15'), disbursedOn: date('2025-01-15'), amount: money(3000) },
    { expectedOn: date('2025-02-25'), disbursedOn: date('2025-02-25'), amount: money(2000) },
  ];
}
