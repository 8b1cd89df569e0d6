import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import type { ScheduleInput } from './cumulative.ts';
import { exampleInput, money, printed, recalculation, recalculationInput } from './exampleLoan.ts';
import { generatePayoffSchedule, generateRecalculatedSchedule } from './recalculated.ts';
import type { IncomingPayment } from './recalculation.ts';

/**
 * 5000 at 18 %, daily ACT/365, four months from 15 Jan, installments of 1296.57: how the loan ends when
 * everything is paid before its last due date, and what a quote of that says. Interest is worked out beside
 * it: balance x days x 18 % / 365.
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

const ON_DUE_DATES = { restFrequency: 'SAME_AS_REPAYMENT_PERIOD' } as const;

const inTime: readonly Paid[] = [
  ['2025-02-15', 1296.57],
  ['2025-03-15', 1296.57],
  ['2025-04-15', 1296.57],
];

describe('everything paid before the last due date', () => {
  it.each<readonly [what: string, input: ScheduleInput, paid: readonly Paid[], last: string]>([
    ['5000 x 21 = 51.78', loan(), [['2025-02-05', 5051.78]], '2025-02-05 5000.00 + 51.78'],
    ['and 8.22 too much', loan(), [['2025-02-05', 5060]], '2025-02-05 5000.00 + 51.78'],
    [
      'a cent short: the principal is paid, the row falls due when it does',
      loan(),
      [['2025-02-05', 5051.77]],
      '2025-02-15 5000.00 + 51.78',
    ],
    [
      'interest that is put off is due with it, 76.44 and 3779.87 x 14 = 26.10',
      loan({}, { graceOnInterest: 1 }),
      [
        ['2025-02-15', 1220.13],
        ['2025-03-01', 3882.41],
      ],
      '2025-03-01 3779.87 + 102.54',
    ],
    [
      'interest that is put off is due with it',
      loan({}, { graceOnInterest: 1 }),
      [['2025-02-05', 5051.78]],
      '2025-02-05 5000.00 + 51.78',
    ],
    [
      'in the third month: 2535.49 x 17 = 21.26',
      loan(),
      [...inTime.slice(0, 2), ['2025-04-01', 2556.75]],
      '2025-04-01 2535.49 + 21.26',
    ],
    [
      'where rests are the due dates, too',
      loan(ON_DUE_DATES),
      [['2025-02-05', 5051.78]],
      '2025-02-05 5000.00 + 51.78',
    ],
    [
      'and where interest is put off besides',
      loan(ON_DUE_DATES, { graceOnInterest: 1 }),
      [['2025-02-05', 5051.78]],
      '2025-02-05 5000.00 + 51.78',
    ],
    [
      'where rests are the due dates, in the second month: 3779.87 x 14 = 26.10',
      loan(ON_DUE_DATES),
      [...inTime.slice(0, 1), ['2025-03-01', 3805.97]],
      '2025-03-01 3779.87 + 26.10',
    ],
    [
      'in the last row, where rests are the due dates: 1277.68 x 16 = 10.08',
      loan(ON_DUE_DATES),
      [...inTime, ['2025-05-01', 1287.76]],
      '2025-05-01 1277.68 + 10.08',
    ],
    [
      'a cent short of that: the full interest',
      loan(ON_DUE_DATES),
      [...inTime, ['2025-05-01', 1287.75]],
      '2025-05-15 1277.68 + 18.90',
    ],
    [
      'whoever pays the full interest has paid what the schedule asks for',
      loan(ON_DUE_DATES),
      [...inTime, ['2025-05-01', 1296.58]],
      '2025-05-15 1277.68 + 18.90',
    ],
    [
      'a quote up to the rest date knows no pay-off before it',
      loan({ ...ON_DUE_DATES, preCloseRule: 'TILL_REST_FREQUENCY_DATE' }),
      [...inTime, ['2025-05-01', 1287.76]],
      '2025-05-15 1277.68 + 18.90',
    ],
  ])('%s', (_what, input, paid, last) => {
    expect(printed(afterPayments(input, paid)).at(-1)).toBe(last);
  });
});

describe('a quote', () => {
  const byRest = { ...ON_DUE_DATES, preCloseRule: 'TILL_REST_FREQUENCY_DATE' } as const;
  it.each<readonly [what: string, input: ScheduleInput, on: string, paid: readonly Paid[], rows: string[]]>([
    ['5000 x 21', loan(), '2025-02-05', [], ['2025-02-05 5000.00 + 51.78']],
    ['on the first due date', loan(), '2025-02-15', [], ['2025-02-15 5000.00 + 76.44']],
    [
      'a day later: 5000 x 1',
      loan(),
      '2025-02-16',
      [],
      ['2025-02-15 1220.13 + 76.44', '2025-02-16 3779.87 + 2.47'],
    ],
    [
      'after a payment in time: 3779.87 x 14',
      loan(),
      '2025-03-01',
      inTime.slice(0, 1),
      ['2025-02-15 1220.13 + 76.44', '2025-03-01 3779.87 + 26.10'],
    ],
    [
      'after one that was early: 5000 x 21 = 51.78, 3000 x 5 = 7.40',
      loan(),
      '2025-02-10',
      [['2025-02-05', 2000]],
      ['2025-02-10 5000.00 + 59.18'],
    ],
    [
      'up to the day, where rests are the due dates',
      loan(ON_DUE_DATES),
      '2025-02-05',
      [],
      ['2025-02-05 5000.00 + 51.78'],
    ],
    ['up to the rest date', loan(byRest), '2025-02-05', [], ['2025-02-15 5000.00 + 76.44']],
    [
      'of a loan with a grace on the interest: 76.44 of the first row and 5000 - 1220.13 for 14 days',
      loan({}, { graceOnInterest: 1 }),
      '2025-03-01',
      [['2025-02-15', 1220.13]],
      ['2025-02-15 1220.13 + 0.00', '2025-03-01 3779.87 + 102.54'],
    ],
    [
      'after the last due date: what is overdue bears interest until then, 1277.68 x 10',
      loan(),
      '2025-05-25',
      inTime,
      [
        '2025-02-15 1220.13 + 76.44',
        '2025-03-15 1244.38 + 52.19',
        '2025-04-15 1257.81 + 38.76',
        '2025-05-15 1277.68 + 18.90',
        '2025-05-25 0.00 + 6.30',
      ],
    ],
  ])('%s', (_what, input, on, paid, rows) => {
    const current = afterPayments(input, paid);
    const known = { payments: payments(paid), current, regenerateFrom: date(on) };
    const quoted = generatePayoffSchedule(
      recalculationInput({ ...input, businessDate: date(on) }, known),
      date(on),
    );
    expect(printed(quoted)).toEqual(rows);
  });
});
