import { describe, expect, it } from 'vitest';
import { type CivilDate, date } from '../date.ts';
import { copyInstallment, type Installment, totalOutstanding } from '../installment.ts';
import { sum } from '../money.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import type { ScheduleInput } from './cumulative.ts';
import {
  allocate,
  amounts,
  exampleInput,
  money,
  printed,
  recalculation,
  recalculationInput,
  schedule,
  shown,
} from './exampleLoan.ts';
import { generatePayoffSchedule, generateRecalculatedSchedule } from './recalculated.ts';
import type { IncomingPayment } from './recalculation.ts';

const START = date('2025-01-15');

const loan = (
  rules: Partial<InterestRecalculation> = {},
  own: Partial<LoanTerms> = {},
  more: Partial<ScheduleInput> = {},
): ScheduleInput =>
  exampleInput(
    { interestCalculationPeriod: 'DAILY', interestRecalculation: recalculation(rules), ...own },
    more,
  );

const paid = (on: string, amount: number): IncomingPayment => ({ date: date(on), amount: money(amount) });

/** What a lender does: the schedule at disbursement, then a regeneration on the day of each payment. */
function afterPayments(input: ScheduleInput, payments: readonly IncomingPayment[]): Installment[] {
  let current = generateRecalculatedSchedule(recalculationInput(input));
  payments.forEach(({ date: on }, index) => {
    const known = { payments: payments.slice(0, index + 1), current, regenerateFrom: on };
    current = generateRecalculatedSchedule(recalculationInput({ ...input, businessDate: on }, known));
  });
  return current;
}

const asOf = (
  input: ScheduleInput,
  businessDate: CivilDate,
  payments: readonly IncomingPayment[] = [],
): Installment[] =>
  generateRecalculatedSchedule(recalculationInput({ ...input, businessDate }, { payments }));

describe('2000 paid on 5 Feb on 5000, 18 %, daily ACT/365, 4 months (engine.md 3.10)', () => {
  it.each<[InterestRecalculation['rescheduleStrategy'], readonly string[]]>([
    ['REDUCE_EMI_AMOUNT', ['2000.00 + 66.57', '988.31 + 41.42', '998.98 + 30.75', '1012.71 + 14.98']],
    [
      'REDUCE_NUMBER_OF_INSTALLMENTS',
      ['2000.00 + 66.57', '1255.15 + 41.42', '1269.90 + 26.67', '474.95 + 7.03'],
    ],
    [
      'RESCHEDULE_NEXT_REPAYMENTS',
      ['2000.00 + 66.57', '485.15 + 41.42', '1258.12 + 38.45', '1256.73 + 18.59'],
    ],
  ])('%s', (rescheduleStrategy, rows) => {
    const found = afterPayments(loan({ rescheduleStrategy }), [paid('2025-02-05', 2000)]);
    expect(amounts(found)).toEqual(rows);
  });
});

describe('the same loan paid on time or late', () => {
  it('is the plain schedule before anything is paid', () => {
    expect(printed(asOf(loan(), START))).toEqual(printed(schedule({ interestCalculationPeriod: 'DAILY' })));
  });

  it('stays as it is when the first row is paid on its day', () => {
    const rows = afterPayments(loan(), [paid('2025-02-15', 1296.57)]);
    expect(amounts(rows)).toEqual(amounts(schedule({ interestCalculationPeriod: 'DAILY' })));
  });

  it('charges overdue principal day by day: paid 10 days late', () => {
    expect(amounts(afterPayments(loan(), [paid('2025-02-25', 1296.57)]))).toEqual([
      '1220.13 + 76.44',
      '1238.36 + 58.21',
      '1257.72 + 38.85',
      '1283.79 + 18.99',
    ]);
  });

  it('charges the whole period after a missed due date with same-as-repayment rest', () => {
    const rows = asOf(loan({ restFrequency: 'SAME_AS_REPAYMENT_PERIOD' }), date('2025-02-20'));
    expect(amounts(rows)[1]).toBe('1227.53 + 69.04');
  });

  it('charges overdue principal up to the business date and no further', () => {
    expect(amounts(asOf(loan(), date('2025-02-25'))).slice(0, 2)).toEqual([
      '1220.13 + 76.44',
      '1238.36 + 58.21',
    ]);
  });

  it('goes on with interest after the last row, in a row of its own', () => {
    const own = { numberOfRepayments: 1, principal: money(1000) };
    expect(printed(asOf(loan({}, own), date('2025-03-25')))).toEqual([
      '2025-02-15 1000.00 + 15.29',
      '2025-03-25 0.00 + 18.74',
    ]);
  });

  it('cuts the interest to the day on which everything is paid', () => {
    const rows = afterPayments(loan(), [paid('2025-02-05', 5051.78)]);
    expect(sum(rows.map((row) => row.charged.principal))).toBe(money(5000));
    expect(rows).toHaveLength(1);
  });
});

describe('a loan of one row, 1000 at 18 % due 15 Feb, paid on 25 Jan', () => {
  const own = { numberOfRepayments: 1, principal: money(1000) };

  it.each([
    ['what the quote of the day says: the row ends there', 1004.93, '2025-01-25 1000.00 + 4.93'],
    ['the full interest: the row stays as it was', 1015.29, '2025-02-15 1000.00 + 15.29'],
  ])('%s', (_what, amount, row) => {
    const input = loan({}, own);
    expect(printed(afterPayments(input, [paid('2025-01-25', amount)]))).toEqual([row]);
  });
});

describe('compounding on the 1st of the month: 5000 at 18 %, daily ACT/365', () => {
  const own = { expectedDisbursementDate: date('2025-01-01') };
  const rules = { compounding: 'INTEREST', compoundingDay: 1 } as const;

  it('changes nothing as long as rows fall due on the compounding day and none is overdue', () => {
    const plain = schedule({ interestCalculationPeriod: 'DAILY', ...own });
    expect(amounts(asOf(loan(rules, own), date('2025-01-01')))).toEqual(amounts(plain));
  });

  it('within a row: the 41.92 of 1 Feb bears interest until the row falls due', () => {
    // 5000 x 17 days = 41.92; (5000 + 41.92) x 14 days = 34.81
    expect(amounts(asOf(loan(rules), START))[0]).toBe('1219.84 + 76.73');
  });

  it('overdue interest bears interest up to the business date', () => {
    // row 2: (5000 + 76.44) x 28 days = 70.10; row 3: 5146.54 x 19 days + 2553.40 x 12 days = 48.22 + 15.11
    expect(amounts(asOf(loan(rules, own), date('2025-03-20'))).slice(0, 3)).toEqual([
      '1220.13 + 76.44',
      '1226.47 + 70.10',
      '1233.24 + 63.33',
    ]);
  });

  it('or up to the day on which it was paid', () => {
    // row 2: 5076.44 x 9 days + 3779.87 x 19 days = 22.53 + 35.42
    const rows = asOf(loan(rules, own), date('2025-03-20'), [paid('2025-02-10', 1296.57)]);
    expect(amounts(rows)[1]).toBe('1238.62 + 57.95');
  });

  it('goes on after the last row', () => {
    // 1015.29 x 28 days = 14.02; 1029.31 x 19 days = 9.64
    const one = { ...own, numberOfRepayments: 1, principal: money(1000) };
    expect(amounts(asOf(loan(rules, one), date('2025-03-20')))).toEqual(['1000.00 + 15.29', '0.00 + 23.66']);
  });
});

describe('rows already due are kept as they stand', () => {
  it('a payment above the EMI on the due date lowers the EMI of the rows after it', () => {
    const own = { principal: money(5000), interestRatePerPeriod: '12', numberOfRepayments: 6 };
    const whole = { ...own, installmentAmountInMultiplesOf: 1, expectedDisbursementDate: date('2022-11-01') };
    const rows = afterPayments(loan({}, whole), [paid('2022-12-01', 1000), paid('2023-01-01', 2000)]);
    expect(amounts(rows)).toEqual([
      '950.68 + 49.32',
      '1958.73 + 41.27',
      '514.69 + 21.31',
      '521.49 + 14.51',
      '525.25 + 10.75',
      '529.16 + 5.22',
    ]);
  });

  it('keeps their principal and interest when a later payment comes in', () => {
    const before = afterPayments(loan(), [paid('2025-02-25', 1296.57)]);
    const after = afterPayments(loan(), [paid('2025-02-25', 1296.57), paid('2025-03-20', 1296.57)]);
    expect(amounts(after).slice(0, 2)).toEqual(amounts(before).slice(0, 2));
  });
});

describe('pay-off: 10,000 at 2 % a month, 4 weekly rows, row 2 unpaid, 2 days into row 3', () => {
  const own: Partial<LoanTerms> = {
    principal: money(10_000),
    expectedDisbursementDate: date('2025-01-01'),
    repaymentFrequencyUnit: 'WEEKS',
    interestRatePerPeriod: '2',
    interestRateUnit: 'MONTH',
    interestCalculationPeriod: 'SAME_AS_REPAYMENT_PERIOD',
  };

  it.each<[InterestRecalculation['preCloseRule'], string]>([
    ['TILL_PRE_CLOSE_DATE', '7561.84'],
    ['TILL_REST_FREQUENCY_DATE', '7586.62'],
  ])('%s: %s', (preCloseRule, quote) => {
    const input = loan({ preCloseRule, restFrequency: 'SAME_AS_REPAYMENT_PERIOD' }, own);
    const payments = [paid('2025-01-08', 2528.91)];
    const current = afterPayments(input, payments);
    const on = date('2025-01-17');
    const rows = generatePayoffSchedule(
      recalculationInput({ ...input, businessDate: on }, { payments, current, regenerateFrom: on }),
      on,
    ).map(copyInstallment);
    for (const payment of payments) allocate(rows, payment);
    expect(shown(sum(rows.map(totalOutstanding)))).toBe(quote);
  });
});
