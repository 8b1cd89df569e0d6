import { describe, expect, it } from 'vitest';
import { totalOf } from '../components.ts';
import { date } from '../date.ts';
import type { ReplayResult } from '../replayResult.ts';
import { money, recalculation } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import {
  fee,
  inputOf,
  type Line,
  paidOf,
  perRow,
  principals,
  replay,
  rule,
  shown,
  splitOf,
  withInterest,
} from './exampleLoan.ts';
import { payoffQuote } from './payoff.ts';
import { replayProgressive } from './replay.ts';

/** 2000 at 12 %, 30/360, over 4 months from 15 Jan (engine.md section 4.2). */
const start: Line = ['disbursement', '2025-01-15', 2000];
const AGREED = ['492.56 + 20', '497.49 + 15.07', '502.46 + 10.1', '507.49 + 5.07'];

const rows = (result: ReplayResult): string[] =>
  result.installments.map(({ charged }) => `${shown(charged.principal)} + ${shown(charged.interest)}`);
const bearing = (own: Partial<LoanTerms>, lines: Line[], on = lines.at(-1)?.[1] ?? '2025-01-15') =>
  replay({ terms: { ...withInterest, ...own }, lines: [start, ...lines], on });

describe('a payment before its time', () => {
  it('goes on to the principal of a row that has not begun, which owes no interest yet', () => {
    const result = bearing({}, [['repayment', '2025-02-01', 1000]]);
    // 1010.97 is left from 1 Feb: 4.57 of February 1 to 15 and 10.11 of the month after make 14.68.
    expect(rows(result)).toEqual(['501.59 + 10.97', '497.88 + 14.68', '502.55 + 10.01', '497.98 + 4.98']);
    expect(perRow(result, ({ paid }) => paid.principal)).toEqual([501.59, 487.44, 0, 0]);
    expect(splitOf(result, 2)).toEqual({ principal: 989.03, interest: 10.97 });
  });

  it('on the last row first shortens nothing: the rows before bear interest on less', () => {
    const result = bearing({ allocationRules: [rule('LAST_INSTALLMENT')] }, [
      ['repayment', '2025-02-01', 600],
    ]);
    // From 1 Feb 1400 are left: 10.97 + 6.32, then 904.73 and 401.22 for a month each.
    expect(rows(result)).toEqual(['495.27 + 17.29', '503.51 + 9.05', '493.73 + 4.01', '507.49 + 0']);
    expect(perRow(result, ({ paid }) => paid.principal)).toEqual([0, 0, 92.51, 507.49]);
  });

  it('bears interest to the end of its period where the rest date counts', () => {
    const tillRest = recalculation({
      rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
      preCloseRule: 'TILL_REST_FREQUENCY_DATE',
    });
    const result = bearing({ interestRecalculation: tillRest }, [['repayment', '2025-02-01', 512.56]]);
    expect(rows(result)).toEqual(AGREED);
    expect(result.installments.map(({ metOn }) => metOn)).toEqual(['2025-02-01', null, null, null]);
  });

  it('changes nothing where interest is not recalculated', () => {
    const result = bearing({ interestRecalculation: null }, [['repayment', '2025-02-01', 1000]]);
    expect(rows(result)).toEqual(AGREED);
    expect(perRow(result, ({ paid }) => paid.principal + paid.interest)).toEqual([512.56, 487.44, 0, 0]);
  });

  it('leaves a down payment out of the interest', () => {
    const downPayment = { enabled: true, percentage: '20', automatic: false };
    const result = replay({
      terms: { ...withInterest, downPayment },
      lines: [
        ['disbursement', '2025-01-15', 2500],
        ['downPayment', '2025-01-15', 500],
        ['repayment', '2025-02-01', 512.56],
      ],
    });
    expect(rows(result)).toEqual([
      '500 + 0',
      '501.59 + 10.97',
      '490.81 + 21.75',
      '502.48 + 10.08',
      '505.12 + 5.05',
    ]);
    expect(result.installments.map(({ metOn }) => metOn)).toEqual([
      '2025-01-15',
      '2025-02-01',
      null,
      null,
      null,
    ]);
  });
});

describe('vertical processing', () => {
  it('goes row by row for what is not due yet, where the interest depends on it', () => {
    const vertical = bearing({ scheduleProcessing: 'VERTICAL' }, [['repayment', '2025-02-01', 1000]]);
    expect(rows(vertical)).toEqual(['501.59 + 10.97', '497.88 + 14.68', '502.55 + 10.01', '497.98 + 4.98']);
    expect(perRow(vertical, ({ paid }) => paid.principal + paid.interest)).toEqual([512.56, 487.44, 0, 0]);
  });

  it('takes the principal of all rows first, where it does not', () => {
    const fixed = { interestRecalculation: null, scheduleProcessing: 'VERTICAL' } as const;
    const vertical = bearing(fixed, [['repayment', '2025-02-01', 1000]]);
    expect(perRow(vertical, ({ paid }) => paid.principal)).toEqual([492.56, 497.49, 9.95, 0]);
    expect(perRow(vertical, ({ paid }) => paid.interest)).toEqual([0, 0, 0, 0]);
  });
});

describe('paying off', () => {
  const onTime: Line = ['repayment', '2025-02-15', 512.56];

  it('on 1 March, as in engine.md section 4.6: later rows bear no interest and the last takes the rest', () => {
    const quote = payoffQuote(
      inputOf({ terms: withInterest, lines: [start, onTime], on: '2025-03-01' }),
      date('2025-03-01'),
    );
    expect(shown(totalOf(quote))).toBe(1514.98);
    const result = bearing({}, [onTime, ['repayment', '2025-03-01', 1514.98]]);
    expect(rows(result)).toEqual(['492.56 + 20', '505.02 + 7.54', '512.56 + 0', '489.86 + 0']);
    expect(result.installments.map(({ metOn }) => metOn)).toEqual([
      '2025-02-15',
      '2025-03-01',
      '2025-03-01',
      '2025-03-01',
    ]);
    expect(result.overpaid).toBe(0n);
  });

  it('a cent less leaves the cent, a cent more is overpaid', () => {
    const less = bearing({}, [onTime, ['repayment', '2025-03-01', 1514.97]]);
    expect(less.installments.map(({ metOn }) => metOn)).toEqual([
      '2025-02-15',
      '2025-03-01',
      '2025-03-01',
      null,
    ]);
    expect(shown(bearing({}, [onTime, ['repayment', '2025-03-01', 1514.99]]).overpaid)).toBe(0.01);
  });
});

describe('what is overdue', () => {
  it('bears interest day by day until the business date, and no further', () => {
    const second = (on: string) => rows(bearing({}, [], on))[1];
    // 10 days of 2000 and 18 of 1507.44; 28 days of 2000; then the next row goes on.
    expect(second('2025-02-25')).toBe('495.73 + 16.83');
    expect(second('2025-03-15')).toBe('492.56 + 20');
    expect(second('2025-04-01')).toBe('492.56 + 20');
  });

  it('or for the whole period after a missed due date, where that is the rest', () => {
    const monthly = recalculation({
      rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
      restFrequency: 'SAME_AS_REPAYMENT_PERIOD',
    });
    const result = bearing({ interestRecalculation: monthly }, [['repayment', '2025-02-25', 512.56]]);
    expect(rows(result)).toEqual(['492.56 + 20', '492.56 + 20', '502.41 + 10.15', '512.47 + 5.12']);
  });

  it('and what is paid beyond it in that period saves nothing of it', () => {
    const monthly = recalculation({
      rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD',
      restFrequency: 'SAME_AS_REPAYMENT_PERIOD',
    });
    const result = bearing({ interestRecalculation: monthly }, [['repayment', '2025-02-25', 600]]);
    expect(rows(result)).toEqual(['492.56 + 20', '492.56 + 20', '502.41 + 10.15', '512.47 + 5.12']);
    expect(perRow(result, ({ paid }) => paid.principal)).toEqual([492.56, 87.44, 0, 0]);
  });

  it('on its due date nothing is', () => {
    expect(rows(bearing({}, [], '2025-02-15'))).toEqual(AGREED);
  });

  it('bears none on a loan that is non-performing', () => {
    const input = {
      ...inputOf({ terms: withInterest, lines: [start], on: '2025-02-25' }),
      isNonPerforming: true,
    };
    expect(rows(replayProgressive(input))).toEqual(AGREED);
  });
});

describe('charges that an unusual payment settles', () => {
  it('are those of the row it pays, not the oldest', () => {
    const charges = [
      fee(1, 10, { due: '2025-02-10', added: '2025-01-16' }),
      fee(2, 8, { due: '2025-05-10', added: '2025-01-16' }),
    ];
    const lines: Line[] = [
      ['disbursement', '2025-01-15', 400],
      ['repayment', '2025-01-20', 108],
    ];
    const result = replay({ terms: { allocationRules: [rule('LAST_INSTALLMENT')] }, lines, charges });
    expect(paidOf(result)).toEqual(['0/0', '0/0', '0/0', '100/8']);
    expect(result.transactions.find(({ id }) => id === 2)?.chargesPaid).toEqual([
      { chargeId: 2, amount: money(8) },
    ]);
    expect(result.charges.map(({ paid }) => shown(paid))).toEqual([0, 8]);
  });

  it('are named once, though they were paid in two rounds', () => {
    const charges = [fee(1, 30, { due: '2025-02-10', added: '2025-01-16' })];
    const lines: Line[] = [
      ['disbursement', '2025-01-15', 40],
      ['repayment', '2025-01-20', 60],
    ];
    const result = replay({
      terms: { principal: money(40), allocationRules: [rule('REAMORTIZATION')] },
      lines,
      charges,
    });
    // A quarter of 60 goes to the fee, 10 to each row, and the rest to the fee again.
    expect(paidOf(result)).toEqual(['10/20', '10/0', '10/0', '10/0']);
    expect(result.transactions.find(({ id }) => id === 2)?.chargesPaid).toEqual([
      { chargeId: 1, amount: money(20) },
    ]);
  });
});

describe('money charged back', () => {
  const AT_FIXED_INTEREST = { ...withInterest, interestRecalculation: null };

  it('is owed in the next row on top of its installment, without interest', () => {
    const lines: Line[] = [
      start,
      ['repayment', '2025-02-15', 512.56],
      ['chargeback', '2025-02-20', 40],
      ['repayment', '2025-03-15', 552.56],
    ];
    const result = replay({ terms: AT_FIXED_INTEREST, lines, on: '2025-03-15' });
    expect(rows(result)).toEqual(['492.56 + 20', '537.49 + 15.07', '502.46 + 10.1', '507.49 + 5.07']);
    expect(result.installments.map(({ metOn }) => metOn)).toEqual(['2025-02-15', '2025-03-15', null, null]);
  });

  it('bears no interest where that is recalculated, however early the row is paid', () => {
    const lines: Line[] = [start, ['repayment', '2025-02-15', 512.56], ['chargeback', '2025-02-20', 40]];
    const onTime = replay({
      terms: withInterest,
      lines: [...lines, ['repayment', '2025-03-15', 552.56]],
      on: '2025-03-15',
    });
    expect(rows(onTime)).toEqual(['492.56 + 20', '537.49 + 15.07', '502.46 + 10.1', '507.49 + 5.07']);
    expect(onTime.installments.map(({ metOn }) => metOn)).toEqual(['2025-02-15', '2025-03-15', null, null]);
    // 14 of 28 days of 1507.44 are 7.54: of 552.56 it is 505.02 and the 40; the rest of the month goes to
    // row 3.
    const early = replay({
      terms: withInterest,
      lines: [...lines, ['repayment', '2025-03-01', 552.56]],
      on: '2025-03-01',
    });
    expect(rows(early)).toEqual(['492.56 + 20', '545.02 + 7.54', '497.53 + 15.03', '504.89 + 5.05']);
    expect(early.installments.map(({ metOn }) => metOn)).toEqual(['2025-02-15', '2025-03-01', null, null]);
  });

  it('by a rule of its own starts anew with each payment', () => {
    const creditAllocationRules = [
      { transactionType: 'CHARGEBACK', order: ['fees', 'principal', 'interest', 'penalties'] as const },
    ];
    const charges = [
      fee(1, 10, { due: '2025-02-10', added: '2025-01-20' }),
      fee(2, 20, { due: '2025-03-10', added: '2025-01-20' }),
    ];
    const lines: Line[] = [
      ['disbursement', '2025-01-15', 400],
      ['repayment', '2025-02-15', 110],
      ['repayment', '2025-03-15', 120],
      ['chargeback', '2025-03-20', 110, { relatedTransactionId: 2 }],
      ['chargeback', '2025-03-21', 50, { relatedTransactionId: 3 }],
    ];
    const result = replay({ terms: { creditAllocationRules }, lines, charges, on: '2025-03-21' });
    expect(splitOf(result, 4)).toEqual({ principal: 100, fees: 10 });
    expect(splitOf(result, 5)).toEqual({ principal: 30, fees: 20 });
    expect(perRow(result, ({ charged }) => charged.principal)).toEqual([100, 100, 230, 100]);
    expect(perRow(result, ({ credited }) => credited.fees)).toEqual([0, 0, 30, 0]);
  });
});

describe('re-amortizing', () => {
  const lines = (...more: Line[]): Line[] => [['disbursement', '2025-01-15', 400], ...more];

  it.each<[string, Line[], number[]]>([
    ['on a due date takes that row along', lines(['reAmortize', '2025-03-15', 200]), [0, 0, 200, 200]],
    ['the day before leaves it', lines(['reAmortize', '2025-03-14', 100]), [0, 133.33, 133.33, 133.34]],
    [
      'leaves what was paid',
      lines(['repayment', '2025-02-15', 50], ['reAmortize', '2025-02-20', 50]),
      [50, 116.67, 116.67, 116.66],
    ],
    ['with nothing overdue changes nothing', lines(['reAmortize', '2025-02-10', 0]), [100, 100, 100, 100]],
    [
      'on the last due date has no row to go to',
      lines(['reAmortize', '2025-05-15', 0]),
      [100, 100, 100, 100],
    ],
  ])('%s', (_, story, expected) => {
    expect(principals(replay({ lines: story, on: '2025-05-15' }))).toEqual(expected);
  });

  it('leaves the additional row alone', () => {
    const charges = [fee(1, 12, { due: '2025-06-20', added: '2025-01-20' })];
    expect(principals(replay({ lines: lines(['reAmortize', '2025-03-15', 200]), charges }))).toEqual([
      0, 0, 200, 200, 0,
    ]);
  });
});

it('a re-age without its terms is a defect', () => {
  const story: Line[] = [
    ['disbursement', '2025-01-15', 400],
    ['reAge', '2025-05-20', 400],
  ];
  expect(() => replay({ lines: story, on: '2025-05-20' })).toThrow('parameters of re-age 2 is missing');
});
