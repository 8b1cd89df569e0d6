import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { answerTo } from '../life/story.ts';
import type { TermVariation } from '../loan.ts';
import type { LoanTerms } from '../terms.ts';
import {
  amounts,
  exampleInput,
  money,
  printed,
  recalculation,
  recalculationInput,
  schedule,
} from './exampleLoan.ts';
import { generateRecalculatedSchedule } from './recalculated.ts';

const variation = (
  kind: TermVariation['kind'],
  applicableFrom: string,
  value: { number?: string; date?: string },
): TermVariation => ({
  kind,
  applicableFrom: date(applicableFrom),
  numberValue: value.number ?? null,
  dateValue: value.date === undefined ? null : date(value.date),
});

/** 5000 at 18 %, 4 months from 15 Jan: 1297.22 a month. */
const rows = (variations: TermVariation[], own: Partial<LoanTerms> = {}) =>
  amounts(schedule(own, { variations }));
const PLAIN = ['1222.22 + 75.00', '1240.55 + 56.67', '1259.16 + 38.06', '1278.07 + 19.17'];

describe('what was agreed for a loan', () => {
  it.each<[string, TermVariation[], string[]]>([
    ['nothing', [], PLAIN],
    [
      'an installment of 2000 from its first day: rows until the principal is gone',
      [variation('installmentAmount', '2025-01-15', { number: '2000' })],
      ['1925.00 + 75.00', '1953.88 + 46.12', '1121.12 + 16.82'],
    ],
    [
      'the same from the day before',
      [variation('installmentAmount', '2025-01-14', { number: '2000' })],
      ['1925.00 + 75.00', '1953.88 + 46.12', '1121.12 + 16.82'],
    ],
    [
      'an installment of 2000 from the second row',
      [variation('installmentAmount', '2025-03-15', { number: '2000' })],
      ['1222.22 + 75.00', '1943.33 + 56.67', '1834.45 + 27.52'],
    ],
    [
      'a rate of 12 % from its first row: 1281.41 a month',
      [variation('interestRate', '2025-01-15', { number: '12' })],
      ['1231.41 + 50.00', '1243.72 + 37.69', '1256.16 + 25.25', '1268.71 + 12.69'],
    ],
  ])('%s', (_, variations, expected) => {
    expect(rows(variations)).toEqual(expected);
  });

  it('holds from its own day on, in whatever order it was agreed', () => {
    const grace = variation('graceOnPrincipal', '2025-03-15', { number: '1' });
    const rate = variation('interestRate', '2025-04-15', { number: '0' });
    const moved = variation('dueDate', '2025-02-15', { date: '2025-02-20' });
    const inOrder = printed(schedule({}, { variations: [moved, grace, rate] }));
    for (const variations of [
      [rate, grace, moved],
      [grace, moved, rate],
      [rate, moved, grace],
    ])
      expect(printed(schedule({}, { variations }))).toEqual(inOrder);
    // Five days more in the first row, no principal in the second, no interest from the third on.
    expect(inOrder.map((row) => row.slice(0, 10))).toEqual([
      '2025-02-20',
      '2025-03-20',
      '2025-04-20',
      '2025-05-20',
    ]);
    expect(inOrder[1]).toMatch(/^2025-03-20 0\.00 \+ /);
    expect(inOrder.slice(2).every((row) => row.endsWith(' + 0.00'))).toBe(true);
  });
});

describe('a schedule is refused', () => {
  const BELOW =
    'invalid_argument installment_below_interest: the installment amount must be above the interest of every period [fixedInstallmentAmount]';
  const ABOVE =
    'invalid_argument outstanding_balance_above_maximum: the tranche takes the balance above the maximum outstanding loan balance [amount]';
  const BEFORE =
    'invalid_argument due_date_before_period: a due date lies before the start of its installment [adjustedDueDate]';
  /** 600, then 300 more when 299.98 are left (engine.md 3.7). */
  const limited = (most: string) =>
    schedule(
      {
        principal: money(900),
        numberOfRepayments: 3,
        interestRatePerPeriod: '12',
        multiDisburse: true,
        maxOutstandingBalance: money(most),
      },
      {
        tranches: ['2025-01-15', '2025-03-01'].map((day, index) => ({
          expectedOn: date(day),
          disbursedOn: date(day),
          amount: money(index === 0 ? 600 : 300),
        })),
      },
    );
  const moved = [
    variation('dueDate', '2025-02-15', { date: '2025-02-20' }),
    variation('dueDate', '2025-03-20', { date: '2025-02-19' }),
  ];

  it.each<[string, () => unknown, string]>([
    [
      'with an installment of 74.99 for interest of 75',
      () => schedule({ fixedInstallmentAmount: money('74.99') }),
      BELOW,
    ],
    [
      'not with one that pays a little principal',
      () => schedule({ fixedInstallmentAmount: money(1000) }),
      'accepted',
    ],
    ['with a balance above the maximum', () => limited('599.97'), ABOVE],
    ['not with the maximum itself', () => limited('599.98'), 'accepted'],
    ['when a due date moves before the one it follows', () => schedule({}, { variations: moved }), BEFORE],
    [
      'not when it moves onto it',
      () =>
        schedule(
          {},
          {
            variations: [moved[0], variation('dueDate', '2025-03-20', { date: '2025-02-20' })].filter(
              (one) => one !== undefined,
            ),
          },
        ),
      'accepted',
    ],
  ])('%s', (_, make, answer) => {
    expect(answerTo(make)).toBe(answer);
  });
});

describe('a loan that recalculates interest, before anything is paid,', () => {
  it.each<[string, Partial<LoanTerms>]>([
    ['has the rows of one that does not', {}],
    ['with equal principal too', { amortization: 'EQUAL_PRINCIPAL_PAYMENTS' }],
    ['with grace on principal', { graceOnPrincipal: 1 }],
    ['with grace on interest', { graceOnInterest: 1 }],
    ['in multiples', { installmentAmountInMultiplesOf: 10 }],
    ['with a first repayment date of its own', { firstRepaymentDate: date('2025-02-28') }],
    ['by weeks', { repaymentFrequencyUnit: 'WEEKS', numberOfRepayments: 8 }],
  ])('%s', (_, own) => {
    const terms = { interestCalculationPeriod: 'DAILY', ...own } as const;
    const input = exampleInput({ ...terms, interestRecalculation: recalculation() });
    expect(printed(generateRecalculatedSchedule(recalculationInput(input)))).toEqual(
      printed(schedule(terms)),
    );
  });
});
