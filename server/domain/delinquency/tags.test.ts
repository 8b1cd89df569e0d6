import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { pay, tell } from '../life/story.ts';
import type { DelinquencyAction, DelinquencyTag, InstallmentTag, Loan } from '../loan.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { DelinquencyBucket, LoanTerms } from '../terms.ts';
import {
  classify,
  currentTag,
  delinquencyByRange,
  delinquencyOf,
  installmentTags,
  rangeOf,
} from './classification.ts';

const delinquencyBucket: DelinquencyBucket = {
  code: 'BUCKET',
  ranges: [
    { code: 'A', name: '1 to 3 days', minDays: 1, maxDays: 3 },
    { code: 'B', name: '4 to 30 days', minDays: 4, maxDays: 30 },
    { code: 'C', name: '31 days and more', minDays: 31, maxDays: null },
  ],
};

/** 300 without interest in 3 rows of 100, due on the 15th of February, March and April; nothing paid. */
const unpaid = (own: Partial<LoanTerms> = {}): Loan =>
  tell({ interestRatePerPeriod: '0', delinquencyBucket, installmentLevelDelinquency: true, ...own }, []).loan;

const tagged = (tags: readonly InstallmentTag[]) =>
  tags.map(({ installment, rangeCode, amount }) => `${installment} ${rangeCode} ${amount / 100n}`);

const spans = (tags: readonly DelinquencyTag[]) =>
  tags.map(
    ({ rangeCode, addedOn, liftedOn }) =>
      `${rangeCode} ${addedOn.slice(5)} to ${liftedOn?.slice(5) ?? 'now'}`,
  );

const through = (loan: Loan, ...days: string[]): Loan =>
  days.reduce((sofar, day) => classify(sofar, date(`2025-${day}`)), loan);

describe('the range of a number of days', () => {
  const from5to10: DelinquencyBucket = {
    code: 'LATE',
    ranges: [{ code: 'LATE', name: '5 to 10', minDays: 5, maxDays: 10 }],
  };
  const from0: DelinquencyBucket = {
    code: 'ALL',
    ranges: [{ code: 'ALL', name: 'all', minDays: 0, maxDays: null }],
  };

  it.each([
    [4, undefined],
    [5, 'LATE'],
    [10, 'LATE'],
    [11, undefined],
  ])('where only 5 to 10 days have one, %s days are in %s', (days, code) => {
    expect(rangeOf(from5to10, days)?.code).toBe(code);
  });

  it.each([
    [-1, undefined],
    [0, undefined],
    [1, 'ALL'],
  ])('where a range starts at 0, %s days are in %s: a loan in time is in none', (days, code) => {
    expect(rangeOf(from0, days)?.code).toBe(code);
  });
});

describe('the ranges a loan went through', () => {
  it('stand one after another; each is lifted once', () => {
    const loan = through(unpaid(), '02-16', '02-19', '02-20', '03-18', '03-19');
    expect(spans(loan.delinquencyTags)).toEqual(['A 02-16 to 02-19', 'B 02-19 to 03-18', 'C 03-18 to now']);
    expect(currentTag(loan)).toEqual({ rangeCode: 'C', addedOn: '2025-03-18', liftedOn: null });
  });

  it('end when the loan is paid up, and may begin anew', () => {
    const late = tell(unpaid().terms, [
      ['2025-02-16', { kind: 'classifyDelinquency' }],
      ['2025-02-18', pay(100)],
    ]).loan;
    expect(spans(late.delinquencyTags)).toEqual(['A 02-16 to 02-18']);
    expect(currentTag(late)).toBeNull();
    expect(spans(through(late, '03-17').delinquencyTags)).toEqual(['A 02-16 to 02-18', 'A 03-17 to now']);
  });

  it('leave the loan as it is while nothing changes, so that nothing is announced', () => {
    for (const loan of [unpaid(), unpaid({ installmentLevelDelinquency: false }), through(unpaid(), '02-20')])
      expect(classify(loan, date(loan.installmentTags ? '2025-02-21' : '2025-02-10'))).toBe(loan);
  });
});

describe('the installments of a loan', () => {
  const on = (day: string, own: Partial<LoanTerms> = {}, actions: DelinquencyAction[] = []) =>
    tagged(installmentTags({ ...unpaid(own), delinquencyActions: actions }, date(`2025-${day}`)));
  const pauseInMarch: DelinquencyAction = {
    action: 'PAUSE',
    startDate: date('2025-03-01'),
    endDate: date('2025-03-11'),
  };

  it.each<[string, string[]]>([
    ['02-15', []],
    ['02-16', ['1 A 100']],
    ['02-19', ['1 B 100']],
    ['03-16', ['1 B 100', '2 A 100']],
    ['03-18', ['1 C 100', '2 A 100']],
    ['04-20', ['1 C 100', '2 C 100', '3 B 100']],
  ])('are on %s in these ranges, with what is open: %j', (day, tags) => {
    expect(on(day)).toEqual(tags);
  });

  it('count without the grace of the loan, but only once the loan is delinquent', () => {
    expect(on('02-19', { graceOnArrearsAgeing: 4 })).toEqual([]);
    expect(on('02-20', { graceOnArrearsAgeing: 4 })).toEqual(['1 B 100']);
  });

  it('count without paused days, each', () => {
    expect(on('03-18', {}, [pauseInMarch])).toEqual(['1 B 100']);
    expect(on('03-29', {}, [pauseInMarch])).toEqual(['1 C 100', '2 B 100']);
  });

  it('are classified only where the product says so', () => {
    const own = { installmentLevelDelinquency: false };
    expect(on('03-18', own)).toEqual([]);
    expect(through(unpaid(own), '03-18').installmentTags ?? []).toEqual([]);
    expect(delinquencyByRange(through(unpaid(own), '03-18'))).toEqual([]);
  });

  it('that are met are in none', () => {
    const { loan } = tell(unpaid().terms, [['2025-02-18', pay(130)]]);
    expect(tagged(installmentTags(loan, date('2025-03-18')))).toEqual(['2 A 70']);
  });

  it('without a bucket are in none', () => {
    const loan = unpaid({ delinquencyBucket: null });
    expect(installmentTags(loan, date('2025-03-18'))).toEqual([]);
    expect(
      delinquencyByRange({ ...loan, installmentTags: [{ installment: 1, rangeCode: 'A', amount: 1n }] }),
    ).toEqual([]);
  });

  it('are tagged anew when a number, a range or an amount changes', () => {
    const first = through(unpaid(), '02-16');
    expect(tagged(first.installmentTags ?? [])).toEqual(['1 A 100']);
    expect(tagged(through(first, '02-19').installmentTags ?? [])).toEqual(['1 B 100']);
    const renumbered = {
      ...first,
      installments: first.installments.map((row) => ({ ...row, number: row.number + 1 })),
    };
    expect(tagged(through(renumbered, '02-17').installmentTags ?? [])).toEqual(['2 A 100']);
    const { loan } = tell(unpaid().terms, [
      ['2025-02-16', { kind: 'classifyDelinquency' }],
      ['2025-02-17', pay(40)],
    ]);
    expect(tagged(loan.installmentTags ?? [])).toEqual(['1 A 60']);
    expect(tagged(through(first, '03-16').installmentTags ?? [])).toEqual(['1 B 100', '2 A 100']);
    const paid = { ...first, installments: [] };
    expect(through(paid, '02-17').installmentTags).toEqual([]);
  });

  it('are added up range by range', () => {
    const totals = delinquencyByRange(through(unpaid(), '04-25')).map(({ range, amount }) => [
      range.code,
      amount,
    ]);
    expect(totals).toEqual([
      ['B', money(100)],
      ['C', money(200)],
    ]);
  });
});

it('a loan that is not active is not delinquent at all', () => {
  const loan: Loan = { ...unpaid(), status: 'closed' };
  expect(delinquencyOf(loan, date('2025-03-18'))).toEqual({
    range: null,
    overdueAmount: 0n,
    overdueSince: null,
    pastDueDays: 0,
    delinquentDate: null,
    delinquentDays: 0,
  });
  expect(installmentTags(loan, date('2025-03-18'))).toEqual([]);
});
