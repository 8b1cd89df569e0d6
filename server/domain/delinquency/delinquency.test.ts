import { describe, expect, it } from 'vitest';
import { type CivilDate, date } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import type { DelinquencyAction, Loan, LoanStatus } from '../loan.ts';
import { Refusal } from '../refusal.ts';
import type { LoanTerms } from '../terms.ts';
import type { LoanTransaction } from '../transaction.ts';
import { arrearsOf, assessNonPerforming, nextPaymentDueDate } from './arrears.ts';
import { classify, delinquencyByRange, delinquencyOf, rangeOf } from './classification.ts';
import { overdueOf } from './overdue.ts';
import { effectivePauses, isPausedOn, pausedDays, withPause, withResume } from './pauses.ts';

const bucket = {
  code: 'BUCKET',
  ranges: [
    { code: 'A', name: '1 to 3 days', minDays: 1, maxDays: 3 },
    { code: 'B', name: '4 to 30 days', minDays: 4, maxDays: 30 },
    { code: 'C', name: '31 days and more', minDays: 31, maxDays: null },
  ],
};

/** `15 Jan - 15 Feb` of 100, of which `paid` is paid; met when nothing is left. */
function row(number: number, from: string, due: string, paid = 0n): Installment {
  const made = newInstallment({ number, kind: 'normal', from: date(from), due: date(due) });
  made.charged.principal = 100n;
  made.paid.principal = paid;
  made.metOn = paid >= 100n ? made.due : null;
  return made;
}

const chargeback = (on: string, amount: bigint): LoanTransaction =>
  ({ type: 'chargeback', date: date(on), amount, sequence: 1, reversal: 'none' }) as LoanTransaction;

const pause = (start: string, end: string): DelinquencyAction => ({
  action: 'PAUSE',
  startDate: date(start),
  endDate: date(end),
});
const resume = (on: string): DelinquencyAction => ({ action: 'RESUME', startDate: date(on), endDate: null });

interface Own {
  readonly rows?: Installment[];
  readonly chargebacks?: LoanTransaction[];
  readonly actions?: DelinquencyAction[];
  readonly status?: LoanStatus;
  readonly grace?: number;
  readonly byInstallment?: boolean;
}

/** Three rows of 100 due on 15 Feb, 15 Mar and 15 Apr 2025, nothing paid, grace of 3 days. */
function loanOf({
  rows,
  chargebacks = [],
  actions = [],
  status = 'active',
  grace = 3,
  byInstallment,
}: Own = {}): Loan {
  const terms = {
    graceOnArrearsAgeing: grace,
    delinquencyBucket: bucket,
    installmentLevelDelinquency: byInstallment ?? false,
    overdueDaysForNonPerforming: 90,
    leavesNonPerformingOnlyWhenArrearsCleared: true,
  } as unknown as LoanTerms;
  const unpaid = [
    row(1, '2025-01-15', '2025-02-15'),
    row(2, '2025-02-15', '2025-03-15'),
    row(3, '2025-03-15', '2025-04-15'),
  ];
  const state = { terms, status, installments: rows ?? unpaid, transactions: chargebacks };
  const delinquency = { delinquencyActions: actions, delinquencyTags: [], isNonPerforming: false };
  return {
    ...state,
    ...delinquency,
    disbursedOn: date('2025-01-15'),
    expectedMaturity: date('2025-04-15'),
  } as unknown as Loan;
}

describe('what is overdue, and since when', () => {
  const firstPaid = [row(1, '2025-01-15', '2025-02-15', 100n), row(2, '2025-02-15', '2025-03-15', 30n)];
  const table: [title: string, own: Own, day: string, amount: bigint, since: string | null][] = [
    ['nothing on the due date', {}, '2025-02-15', 0n, null],
    ['the row from the day after', {}, '2025-02-16', 100n, '2025-02-15'],
    ['both rows since the older one', {}, '2025-03-20', 200n, '2025-02-15'],
    ['a row that is met is not', { rows: firstPaid }, '2025-03-10', 0n, null],
    [
      'a chargeback above what was paid on the coming row, by the shortfall, since its day',
      { rows: firstPaid, chargebacks: [chargeback('2025-03-01', 70n)] },
      '2025-03-05',
      40n,
      '2025-03-01',
    ],
    [
      'a chargeback of today is not overdue yet',
      { rows: firstPaid, chargebacks: [chargeback('2025-03-05', 70n)] },
      '2025-03-05',
      0n,
      null,
    ],
    [
      'a chargeback within an overdue row dates it back',
      { rows: firstPaid, chargebacks: [chargeback('2025-03-01', 70n)] },
      '2025-03-20',
      70n,
      '2025-03-01',
    ],
    [
      'a chargeback covered by what was paid leaves the due date',
      { rows: firstPaid, chargebacks: [chargeback('2025-03-01', 30n)] },
      '2025-03-20',
      70n,
      '2025-03-15',
    ],
  ];
  it.each(table)('%s', (_, own, day, amount, since) => {
    expect(overdueOf(loanOf(own), date(day))).toEqual({ amount, since });
  });
});

describe('delinquency of the loan (first row due 15 Feb, grace 3)', () => {
  const table: [day: string, own: Own, pastDue: number, delinquent: number, range: string | null][] = [
    ['2025-02-15', {}, 0, 0, null],
    ['2025-02-18', {}, 3, 0, null],
    ['2025-02-20', {}, 5, 2, 'A'],
    ['2025-02-22', {}, 7, 4, 'B'],
    ['2025-03-25', {}, 38, 35, 'C'],
    ['2025-02-20', { grace: 0 }, 5, 5, 'B'],
    ['2025-02-25', { actions: [pause('2025-02-20', '2025-03-20')] }, 10, 2, 'A'],
    ['2025-02-20', { status: 'closed' }, 0, 0, null],
    ['2025-02-20', { status: 'overpaid' }, 0, 0, null],
  ];
  it.each(table)(
    'on %s with %o: past due %i, delinquent %i days, range %s',
    (day, own, past, days, range) => {
      const found = delinquencyOf(loanOf(own), date(day));
      expect([found.pastDueDays, found.delinquentDays, found.range?.code ?? null]).toEqual([
        past,
        days,
        range,
      ]);
    },
  );

  it('is delinquent since the due date plus the grace', () => {
    expect(delinquencyOf(loanOf(), date('2025-02-20')).delinquentDate).toBe('2025-02-18');
  });

  it('knows the bounds of each range', () => {
    expect([0, 1, 3, 4, 30, 31, 400].map((days) => rangeOf(bucket, days)?.code)).toEqual([
      undefined,
      'A',
      'A',
      'B',
      'B',
      'C',
      'C',
    ]);
    expect(rangeOf(null, 10)).toBeNull();
  });
});

describe('history of ranges', () => {
  const through = (days: readonly string[], own: Own = {}) =>
    days.reduce<Loan>((loan, day) => classify(loan, date(day)), loanOf(own));

  it('adds a tag, keeps it while the range stays, lifts it when the range changes', () => {
    const loan = through(['2025-02-18', '2025-02-20', '2025-02-21', '2025-02-22']);
    expect(loan.delinquencyTags).toEqual([
      { rangeCode: 'A', addedOn: '2025-02-20', liftedOn: '2025-02-22' },
      { rangeCode: 'B', addedOn: '2025-02-22', liftedOn: null },
    ]);
  });

  it('lifts the last tag once the loan is closed', () => {
    const closed = { ...through(['2025-02-20']), status: 'closed' } as const;
    expect(classify(closed, date('2025-02-21')).delinquencyTags).toEqual([
      { rangeCode: 'A', addedOn: '2025-02-20', liftedOn: '2025-02-21' },
    ]);
  });

  it('tags installments each by its own days, without grace, and adds them up by range', () => {
    const loan = through(['2025-03-20'], { byInstallment: true });
    const found = delinquencyByRange(loan).map(({ range, amount }) => [range.code, amount]);
    expect(found).toEqual([
      ['B', 100n],
      ['C', 100n],
    ]);
  });

  it('drops the tags of installments while the loan itself is not delinquent', () => {
    expect(delinquencyByRange(through(['2025-02-17'], { byInstallment: true }))).toEqual([]);
    const paidUp = { ...through(['2025-02-20'], { byInstallment: true }), installments: [] };
    expect(delinquencyByRange(classify(paidUp, date('2025-02-21')))).toEqual([]);
  });
});

describe('pauses', () => {
  const days: [string, DelinquencyAction[], string, number][] = [
    ['while it runs', [pause('2025-10-16', '2025-10-30')], '2025-10-25', 9],
    ['on its first day none', [pause('2025-10-16', '2025-10-30')], '2025-10-16', 0],
    ['once it is over', [pause('2025-10-16', '2025-10-30')], '2025-11-10', 14],
    ['resumed early', [pause('2025-10-16', '2025-10-30'), resume('2025-10-20')], '2025-11-10', 4],
    ['two of them', [pause('2025-10-01', '2025-10-05'), pause('2025-10-16', '2025-10-30')], '2025-11-10', 18],
  ];
  it.each(days)('count days %s', (_, actions, day, count) => {
    expect(pausedDays({ delinquencyActions: actions }, date(day))).toBe(count);
  });

  it('hold from the first to the last day', () => {
    const loan = { delinquencyActions: [pause('2025-10-16', '2025-10-30'), resume('2025-10-20')] };
    const on = (day: string) => isPausedOn(loan, date(day));
    expect(['2025-10-15', '2025-10-16', '2025-10-20', '2025-10-21'].map(on)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(effectivePauses(loan.delinquencyActions)).toEqual([{ start: '2025-10-16', end: '2025-10-20' }]);
  });

  const refused = (act: () => unknown): string => {
    try {
      act();
      return 'accepted';
    } catch (error) {
      return error instanceof Refusal ? error.code : String(error);
    }
  };
  const paused = loanOf({ actions: [pause('2025-03-10', '2025-03-20')] });
  const adding = (start: string, end: string, loan = paused) =>
    refused(() => withPause(loan, { start: date(start), end: date(end) }));

  it.each([
    ['touching the one before', '2025-03-20', '2025-03-25', 'accepted'],
    ['enclosing another', '2025-03-05', '2025-03-25', 'accepted'],
    ['starting inside another', '2025-03-15', '2025-03-25', 'delinquency_pause_overlaps'],
    ['ending inside another', '2025-03-05', '2025-03-15', 'delinquency_pause_overlaps'],
    ['the same again', '2025-03-10', '2025-03-20', 'delinquency_pause_overlaps'],
    ['of no day', '2025-04-01', '2025-04-01', 'delinquency_pause_too_short'],
    ['before the disbursement', '2025-01-01', '2025-01-20', 'delinquency_pause_before_disbursement'],
  ])('%s: %s to %s is %s', (_, start, end, outcome) => expect(adding(start, end)).toBe(outcome));

  it('belong to active loans', () => {
    expect(adding('2025-04-01', '2025-04-10', loanOf({ status: 'closed' }))).toBe('loan_must_be_active');
  });

  it.each([
    ['2025-03-15', '2025-03-15', 'accepted'],
    ['2025-03-15', '2025-03-16', 'delinquency_resume_not_today'],
    ['2025-03-25', '2025-03-25', 'delinquency_pause_required'],
  ])('a resume on %s, today being %s, is %s', (on, today, outcome) => {
    expect(refused(() => withResume(paused, date(on), date(today)))).toBe(outcome);
  });

  it('a resume on a day that has one is refused', () => {
    const resumed = withResume(paused, date('2025-03-15'), date('2025-03-15'));
    expect(refused(() => withResume(resumed, date('2025-03-15'), date('2025-03-15')))).toBe(
      'delinquency_pause_required',
    );
  });
});

describe('next payment, arrears, non-performing', () => {
  const rows = [
    row(1, '2025-01-15', '2025-02-15', 100n),
    row(2, '2025-02-15', '2025-03-15', 40n),
    row(3, '2025-03-15', '2025-04-15'),
  ];
  it.each([
    ['earliest-unpaid-date', '2025-03-20', '2025-03-15'],
    ['next-unpaid-due-date', '2025-03-20', '2025-04-15'],
    ['next-unpaid-due-date', '2025-05-20', '2025-04-15'],
  ] as const)('by %s on %s the next payment is due %s', (rule, day, due) => {
    expect(nextPaymentDueDate(loanOf({ rows }), date(day), rule)).toBe(due);
  });

  it('arrears are the open amounts of rows due before the business date', () => {
    expect(arrearsOf(loanOf({ rows }), date('2025-03-20'))).toEqual({
      amounts: { principal: 60n, interest: 0n, fees: 0n, penalties: 0n },
      since: '2025-03-15',
    });
    expect(arrearsOf(loanOf({ rows }), date('2025-03-15')).since).toBeNull();
  });

  it.each([
    ['2025-06-13', false],
    ['2025-06-14', true],
  ])('a loan in arrears since 15 Mar, on %s, with 90 days allowed: non-performing %s', (day, marked) => {
    expect(assessNonPerforming(loanOf({ rows }), date(day)).isNonPerforming).toBe(marked);
  });

  it('stays non-performing until the arrears are cleared, where the product says so', () => {
    const marked = { ...loanOf({ rows }), isNonPerforming: true };
    expect(assessNonPerforming(marked, date('2025-03-20')).isNonPerforming).toBe(true);
    const cleared = { ...marked, installments: [] };
    expect(assessNonPerforming(cleared, date('2025-03-20') as CivilDate).isNonPerforming).toBe(false);
  });
});
