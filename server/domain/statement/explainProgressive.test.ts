import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { type Line, on, pay, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { formatMoney, type Money, sum } from '../money.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { type ChargedPart, explainInstallment } from './explain.ts';

/** 2000 at 12 %, 30/360, 4 months from 15 Jan: engine.md sections 4.2, 4.4 and 4.5. */
const example: Partial<LoanTerms> = {
  principal: money(2000),
  numberOfRepayments: 4,
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [DEFAULT_RULE],
  interestType: 'DECLINING_BALANCE',
  interestCalculationPeriod: 'DAILY',
  interestRatePerPeriod: '12',
  daysInYear: '360',
  daysInMonth: '30',
  interestRecalculation: {
    restFrequency: 'DAILY',
    rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
    preCloseRule: 'TILL_PRE_CLOSE_DATE',
    compounding: 'NONE',
    compoundingDay: null,
    arrearsBasedOnOriginalSchedule: false,
  },
};

const shown = (amount: Money, { terms }: Loan) => formatMoney(amount, terms.currency);

function told(loan: Loan, part: ChargedPart): string {
  if (part.kind !== 'stretch') return `${part.kind} ${shown(part.amount, loan)}`;
  const { days, balance, factor, amount } = part;
  return `${days} days x ${shown(balance, loan)} at ${factor.slice(0, 10)} = ${shown(amount, loan)}`;
}

const interestOf = (loan: Loan, installment: number, day: string) =>
  explainInstallment(loan, { installment, component: 'interest' }, on(day));

function parts(lines: readonly Line[], installment: number, day: string): string[] {
  const { loan } = tell(example, lines);
  return interestOf(loan, installment, day).chargedFrom.map((part) => told(loan, part));
}

describe('interest of a progressive loan', () => {
  const early: Line[] = [['2025-02-01', pay('512.56')]];
  const late: Line[] = [['2025-02-25', pay('512.56')]];

  it.each<[string, Line[], number, string[]]>([
    ['nothing paid yet', [], 1, ['31 days x 2000.00 at 0.01 = 20.00']],
    [
      'paid early: the rest of the period is put off',
      early,
      1,
      ['17 days x 2000.00 at 0.00548387 = 10.97', '14 days x 1498.41 at 0.00451612 = 6.77', 'carried -6.77'],
    ],
    ['and charged in the next one', early, 2, ['28 days x 1498.41 at 0.01 = 14.98', 'carried 6.77']],
    [
      'paid 10 days late: overdue principal bears interest until then',
      late,
      2,
      ['10 days x 2000.00 at 0.00357142 = 7.14', '18 days x 1507.44 at 0.00642857 = 9.69'],
    ],
  ])('%s', (_, lines, installment, expected) => {
    const last = lines.at(-1)?.[0] ?? '2025-01-15';
    expect(parts(lines, installment, last)).toEqual(expected);
  });

  it('adds up to what is charged, looked at on a later day too', () => {
    for (const lines of [[], early, late, [...early, ['2025-03-20', pay(900)] as Line]])
      for (const installment of [1, 2, 3, 4]) {
        const { loan } = tell(example, lines);
        const { chargedFrom, charged } = interestOf(loan, installment, '2025-04-20');
        expect([installment, sum(chargedFrom.map(({ amount }) => amount))]).toEqual([installment, charged]);
        expect(chargedFrom.some(({ kind }) => kind === 'recalculated')).toBe(false);
      }
  });

  it('names the payments that settled it', () => {
    const { loan } = tell(example, [...early, ['2025-03-15', pay('512.56', { on: date('2025-03-15') })]]);
    const { settledBy, outstanding } = interestOf(loan, 2, '2025-03-15');
    expect(settledBy.map(({ transactionId, paid }) => [transactionId, shown(paid, loan)])).toEqual([
      [3, '21.75'],
    ]);
    expect(outstanding).toBe(0n);
  });
});
