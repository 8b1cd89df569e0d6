import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { type Line, on, pay, tell } from '../life/story.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { money, recalculation, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { interestParts } from './interestTrace.ts';

const DAILY: Partial<LoanTerms> = {
  principal: money(5000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '18',
  interestCalculationPeriod: 'DAILY',
};

/** The loan of engine.md section 4.2: 2000 at 12 %, 30/360, over 4 months. */
const PROGRESSIVE: Partial<LoanTerms> = {
  principal: money(2000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '12',
  interestCalculationPeriod: 'DAILY',
  daysInYear: '360',
  daysInMonth: '30',
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [rule('NEXT_INSTALLMENT')],
  interestRecalculation: recalculation({ rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD' }),
};

/** `15 Jan - 15 Feb 5000 x 0.015 = 75.00` of every stretch; other parts by name. */
function parts(own: Partial<LoanTerms>, lines: readonly Line[], installment: number): string[] {
  const { loan } = tell(own, lines);
  const row = loan.installments.find(({ number }) => number === installment);
  if (!row) return ['no such installment'];
  return interestParts(loan, row, on(lines.at(-1)?.[0] ?? '2025-01-15')).map((part) =>
    part.kind === 'stretch'
      ? `${part.from.slice(5)} to ${part.to.slice(5)}, ${part.days} days: ${shown(part.balance)} x ${part.factor} = ${shown(part.amount)}`
      : `${part.kind} ${shown(part.amount)}`,
  );
}

describe('the interest of a cumulative loan', () => {
  const paid: Line = ['2025-02-05', pay(2000)];
  const rateOf12: Line = [
    '2025-02-01',
    {
      kind: 'reschedule',
      from: date('2025-03-15'),
      submittedOn: date('2025-02-01'),
      approvedOn: date('2025-02-01'),
      newInterestRate: '12',
    },
  ];
  const back: Line[] = [
    ['2025-02-15', pay('1296.57')],
    ['2025-02-20', { kind: 'chargeback', transactionId: 2, on: date('2025-02-20'), amount: money(40) }],
  ];
  const downPayment = { enabled: true, percentage: '20', automatic: false };

  it.each<[string, Partial<LoanTerms>, Line[], number, string[]]>([
    ['one stretch', DAILY, [], 2, ['02-15 to 03-15, 28 days: 3779.87 x 0.0138082191781 = 52.19']],
    // 5000 less 1220.13 and 1244.38; what was charged back is owed without interest.
    [
      'without what was charged back',
      DAILY,
      back,
      3,
      ['03-15 to 04-15, 31 days: 2535.49 x 0.0152876712329 = 38.76'],
    ],
    [
      'on what the down payment left',
      { ...DAILY, downPayment },
      [],
      2,
      ['01-15 to 02-15, 31 days: 4000.00 x 0.0152876712329 = 61.15'],
    ],
    ['none of the down payment', { ...DAILY, downPayment }, [], 1, []],
    ['none without a rate', { ...DAILY, interestRatePerPeriod: '0' }, [], 1, []],
    [
      'at the first rate, before it changes',
      DAILY,
      [rateOf12],
      1,
      ['01-15 to 02-15, 31 days: 5000.00 x 0.0152876712329 = 76.44'],
    ],
    [
      'at the new rate from then on',
      DAILY,
      [rateOf12],
      2,
      // 12 % over 365 is 0.0328767123288, x 28 / 100 (12 digits at every step).
      ['02-15 to 03-15, 28 days: 3779.87 x 0.00920547945206 = 34.80'],
    ],
    [
      'recalculated: 21 days of 5000 and 10 of 3000 make 66.57',
      { ...DAILY, interestRecalculation: recalculation() },
      [paid],
      1,
      ['01-15 to 02-15, 31 days: 5000.00 x 0.0152876712329 = 76.44', 'recalculated -9.87'],
    ],
    ['flat: a share', { interestType: 'FLAT', downPayment }, [], 2, ['shareOfTotal 4.80']],
  ])('%s', (_, own, lines, installment, expected) => {
    expect(parts(own, lines, installment)).toEqual(expected);
  });

  it('flat is spread over normal installments only', () => {
    const { loan } = tell({ interestType: 'FLAT', downPayment }, []);
    const [, row] = loan.installments;
    expect(row && interestParts(loan, row, on('2025-01-15'))).toEqual([
      { kind: 'shareOfTotal', total: money('14.40'), rows: 3, amount: money('4.80') },
    ]);
  });
});

describe('the interest of a progressive loan', () => {
  const early: Line = ['2025-02-01', pay('512.56')];

  it.each<[string, Line[], number, string[]]>([
    ['of a row', [], 1, ['01-15 to 02-15, 31 days: 2000.00 x 0.01 = 20.00']],
    ['of the next row', [], 2, ['02-15 to 03-15, 28 days: 1507.44 x 0.01 = 15.07']],
    [
      'of a row paid early: what is saved is not recognised in it',
      [early],
      1,
      [
        '01-15 to 02-01, 17 days: 2000.00 x 0.00548387096774 = 10.97',
        '02-01 to 02-15, 14 days: 1498.41 x 0.00451612903226 = 6.77',
        'carried -6.77',
      ],
    ],
    [
      'but shown in the next',
      [early],
      2,
      ['02-15 to 03-15, 28 days: 1498.41 x 0.01 = 14.98', 'carried 6.77'],
    ],
  ])('%s', (_, lines, installment, expected) => {
    expect(parts(PROGRESSIVE, lines, installment)).toEqual(expected);
  });
});
