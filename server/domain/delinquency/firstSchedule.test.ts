import { describe, expect, it } from 'vitest';
import { COMPONENTS } from '../components.ts';
import { date } from '../date.ts';
import { fee, type Line, pay, tell } from '../life/story.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { InterestRecalculation, LoanTerms } from '../terms.ts';
import { arrearsOf } from './arrears.ts';

/** 5000 at 18 %, daily ACT/365, 4 months from 15 Jan: 1220.13 + 76.44, 1244.38 + 52.19 ... (engine.md). */
const terms = (arrearsBasedOnOriginalSchedule: boolean, grace = 0): Partial<LoanTerms> => ({
  principal: money(5000),
  numberOfRepayments: 4,
  interestType: 'DECLINING_BALANCE',
  interestRatePerPeriod: '18',
  interestCalculationPeriod: 'DAILY',
  graceOnArrearsAgeing: grace,
  interestRecalculation: {
    restFrequency: 'DAILY',
    rescheduleStrategy: 'REDUCE_EMI_AMOUNT',
    preCloseRule: 'TILL_PRE_CLOSE_DATE',
    compounding: 'NONE',
    compoundingDay: null,
    arrearsBasedOnOriginalSchedule,
  } satisfies InterestRecalculation,
});

function arrears(own: Partial<LoanTerms>, lines: readonly Line[], day: string): string {
  const { amounts, since } = arrearsOf(tell(own, lines).loan, date(day));
  return `${COMPONENTS.map((component) => shown(amounts[component])).join(' ')} since ${since}`;
}

/** The payment of 25 Feb makes the rows in force charge the overdue interest, those first agreed do not. */
const late: Line[] = [['2025-02-25', pay('1296.57')]];
const charged: Line[] = [
  ['2025-02-16', { kind: 'addCharge', definition: fee(9), dueDate: date('2025-03-01') }],
];

describe('arrears', () => {
  it.each<[string, boolean, Line[], string, string]>([
    ['nothing is due yet', true, [], '2025-02-15', '0.00 0.00 0.00 0.00 since null'],
    ['the first row as agreed', true, [], '2025-02-16', '1220.13 76.44 0.00 0.00 since 2025-02-15'],
    [
      'paid in part',
      true,
      [['2025-02-16', pay(76)]],
      '2025-02-16',
      '1220.13 0.44 0.00 0.00 since 2025-02-15',
    ],
    ['two rows as agreed', true, late, '2025-03-16', '1244.38 52.19 0.00 0.00 since 2025-03-15'],
    ['as recalculated', false, late, '2025-03-16', '1238.36 58.21 0.00 0.00 since 2025-03-15'],
    ['with an open charge', true, charged, '2025-03-16', '2464.51 128.63 9.00 0.00 since 2025-02-15'],
  ])('%s', (_, onFirst, lines, day, expected) => {
    expect(arrears(terms(onFirst), lines, day)).toBe(expected);
  });

  it('on the first schedule begin after the days of grace', () => {
    expect(arrears(terms(true, 3), [], '2025-02-18')).toContain('since null');
    expect(arrears(terms(true, 3), [], '2025-02-19')).toContain('since 2025-02-15');
  });
});
