import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import type { CloseOfBusinessStep, LoanCommand } from '../decision.ts';
import type { Loan, LoanStatus } from '../loan.ts';
import { exampleTerms, money, recalculation, shown } from '../schedule/exampleLoan.ts';
import type { DelinquencyBucket, LoanTerms } from '../terms.ts';
import { type ClosingScope, daysToClose } from './closingDays.ts';
import { answerTo, type Line, on, pay, splitOf, storyTerms, tell } from './story.ts';

/** 300 in 3 rows of 100 + 6, due on the 15th of February, March and April. */
const unpaid = (own: Partial<LoanTerms> = {}, lines: Line[] = []) => tell(own, lines).loan;

const closing = (loan: Loan, day: string, ...steps: CloseOfBusinessStep[]) =>
  decide(loan, { kind: 'closeBusinessDay', day: date(day), steps }, on(day));

describe('closing a day announces', () => {
  const paid: Line[] = [['2025-02-10', pay(106)]];
  const soon = { daysBeforeRepaymentIsDue: 3 };
  const patient = { daysAfterRepaymentIsOverdue: 5 };

  it.each<[string, CloseOfBusinessStep, Loan, string[]]>([
    ['a repayment that is due', 'CHECK_LOAN_REPAYMENT_DUE', unpaid(), ['2025-02-14 repayment-due']],
    [
      'earlier where the product says so',
      'CHECK_LOAN_REPAYMENT_DUE',
      unpaid(soon),
      ['2025-02-12 repayment-due'],
    ],
    [
      'a repayment that is overdue',
      'CHECK_LOAN_REPAYMENT_OVERDUE',
      unpaid(),
      ['2025-02-17 repayment-overdue'],
    ],
    [
      'later where the product says so',
      'CHECK_LOAN_REPAYMENT_OVERDUE',
      unpaid(patient),
      ['2025-02-20 repayment-overdue'],
    ],
    ['the loan as it stands on a due date', 'CHECK_DUE_INSTALLMENTS', unpaid(), ['2025-02-15 loan-snapshot']],
    ['nothing that is paid', 'CHECK_LOAN_REPAYMENT_DUE', unpaid({}, paid), []],
    ['nothing that was paid in time', 'CHECK_LOAN_REPAYMENT_OVERDUE', unpaid({}, paid), []],
    [
      'nothing of a loan not paid out yet',
      'CHECK_LOAN_REPAYMENT_DUE',
      { ...unpaid(), status: 'approved' },
      [],
    ],
  ])('%s', (_, step, loan, announced) => {
    const days = ['10', '11', '12', '13', '14', '15', '16', '17', '18', '19', '20', '21'];
    const heard = days.flatMap((end) => {
      const day = `2025-02-${end}`;
      return closing(loan, day, step).events.map(({ name, transactionId }) => [day, name, transactionId]);
    });
    expect(heard.map(([day, name]) => `${day} ${name}`)).toEqual(announced);
    expect(heard.every(([, , transactionId]) => transactionId === null)).toBe(true);
  });
});

describe('closing a day', () => {
  const ALL: CloseOfBusinessStep[] = [
    'APPLY_CHARGE_TO_OVERDUE_LOANS',
    'LOAN_DELINQUENCY_CLASSIFICATION',
    'CHECK_LOAN_REPAYMENT_DUE',
    'CHECK_LOAN_REPAYMENT_OVERDUE',
    'UPDATE_LOAN_ARREARS_AGING',
    'ADD_PERIODIC_ACCRUAL_ENTRIES',
    'CHECK_DUE_INSTALLMENTS',
    'ACCRUAL_ACTIVITY_POSTING',
    'LOAN_INTEREST_RECALCULATION',
  ];

  it('notes the day, and once it is closed it stays as it is', () => {
    const closed = closing(unpaid(), '2025-02-15', ...ALL).loan;
    expect(closed.lastClosedBusinessDate).toBe('2025-02-15');
    for (const day of ['2025-02-14', '2025-02-15']) {
      const again = closing(closed, day, ...ALL);
      expect(again).toEqual({ loan: closed, changed: [], entries: [], events: [] });
    }
    expect(closing(closed, '2025-02-16').loan.lastClosedBusinessDate).toBe('2025-02-16');
  });

  it.each<LoanStatus>(['closed', 'overpaid', 'writtenOff', 'rejected', 'withdrawn'])(
    'leaves a loan alone that is %s',
    (status) => {
      const ended: Loan = { ...unpaid(), status };
      expect(closing(ended, '2025-02-15', ...ALL)).toEqual({
        loan: ended,
        changed: [],
        entries: [],
        events: [],
      });
    },
  );

  it.each<LoanStatus>(['pending', 'approved'])('only notes it on a loan that is %s', (status) => {
    const waiting: Loan = { ...unpaid(), status };
    const { loan, changed } = closing(waiting, '2025-02-15', ...ALL);
    expect([loan, changed]).toEqual([{ ...waiting, lastClosedBusinessDate: '2025-02-15' }, []]);
  });

  it('recognises income up to that day, and states what an installment charged on its due date', () => {
    const accrued = closing(unpaid(), '2025-01-31', 'ADD_PERIODIC_ACCRUAL_ENTRIES').loan;
    expect(accrued.transactions.slice(1).map((each) => `${each.date} ${each.type} ${splitOf(each)}`)).toEqual(
      ['2025-01-31 accrual I 3.10'],
    );
    const stated = closing(unpaid(), '2025-02-15', 'ACCRUAL_ACTIVITY_POSTING').loan;
    expect(stated.transactions.slice(1).map((each) => `${each.date} ${each.type} ${splitOf(each)}`)).toEqual([
      '2025-02-15 accrualActivity I 6',
    ]);
  });

  it('looks at arrears from the day after', () => {
    const own = { overdueDaysForNonPerforming: 30 };
    const marked = (day: string) =>
      closing(unpaid(own), day, 'UPDATE_LOAN_ARREARS_AGING').loan.isNonPerforming;
    // Due on 15 Feb: 31 days are over on 18 Mar.
    expect(['2025-03-16', '2025-03-17'].map(marked)).toEqual([false, true]);
  });

  it('lets overdue interest grow until the day after', () => {
    const terms = exampleTerms({
      interestCalculationPeriod: 'DAILY',
      interestRecalculation: recalculation(),
      accounting: storyTerms().accounting,
    });
    const { loan } = tell(terms, []);
    const second = (day: string) => {
      const row = closing(loan, day, 'LOAN_INTEREST_RECALCULATION').loan.installments[1];
      return row && shown(row.charged.interest);
    };
    // Up to 25 Feb 10 days of 5000 and 18 of 3779.87; up to 26 Feb 11 and 17.
    expect(['2025-02-24', '2025-02-25'].map(second)).toEqual(['58.21', '58.81']);
  });
});

describe('delinquency, overdue since 15 Feb,', () => {
  const delinquencyBucket: DelinquencyBucket = {
    code: 'BUCKET',
    ranges: [
      { code: 'A', name: '1 to 3 days', minDays: 1, maxDays: 3 },
      { code: 'B', name: '4 days and more', minDays: 4, maxDays: null },
    ],
  };
  const pause = (startDate: string, endDate: string): LoanCommand => ({
    kind: 'pauseDelinquency',
    startDate: date(startDate),
    endDate: date(endDate),
  });
  const late = () => unpaid({ delinquencyBucket });
  const tagsOf = (loan: Loan) =>
    loan.delinquencyTags.map(({ rangeCode, addedOn, liftedOn }) =>
      `${rangeCode} ${addedOn} ${liftedOn ?? ''}`.trim(),
    );
  const STEP = 'LOAN_DELINQUENCY_CLASSIFICATION';

  it('is classified as of the day after', () => {
    expect(tagsOf(closing(late(), '2025-02-14', STEP).loan)).toEqual([]);
    expect(tagsOf(closing(late(), '2025-02-15', STEP).loan)).toEqual(['A 2025-02-16']);
  });

  it('is not classified while a pause holds', () => {
    const paused = decide(late(), pause('2025-02-17', '2025-02-20'), on('2025-02-15')).loan;
    const days = ['2025-02-15', '2025-02-16', '2025-02-19', '2025-02-20'];
    expect(days.map((day) => tagsOf(closing(paused, day, STEP).loan))).toEqual([
      ['A 2025-02-16'],
      [],
      [],
      ['A 2025-02-21'],
    ]);
    const asked = (day: string) => tagsOf(decide(paused, { kind: 'classifyDelinquency' }, on(day)).loan);
    expect(['2025-02-16', '2025-02-17', '2025-02-21'].map(asked)).toEqual([
      ['A 2025-02-16'],
      [],
      ['A 2025-02-21'],
    ]);
  });

  it('is classified at once when a pause began in the past', () => {
    const tagged = decide(late(), { kind: 'classifyDelinquency' }, on('2025-02-20')).loan;
    expect(tagsOf(tagged)).toEqual(['B 2025-02-20']);
    const fromYesterday = decide(tagged, pause('2025-02-17', '2025-02-25'), on('2025-02-20'));
    expect(tagsOf(fromYesterday.loan)).toEqual(['B 2025-02-20 2025-02-20', 'A 2025-02-20']);
    const fromToday = decide(tagged, pause('2025-02-20', '2025-02-25'), on('2025-02-20'));
    expect(fromToday.loan.delinquencyTags).toBe(tagged.delinquencyTags);
    expect(fromToday.events).toEqual([{ name: 'delinquency-range-changed', transactionId: null }]);
  });

  it('counts on from a resume, which takes no end', () => {
    const paused = decide(late(), pause('2025-02-17', '2025-02-25'), on('2025-02-15')).loan;
    const resume = (own: { endDate?: ReturnType<typeof date> }): LoanCommand => ({
      kind: 'resumeDelinquency',
      startDate: date('2025-02-20'),
      ...own,
    });
    const { loan, events } = decide(paused, resume({}), on('2025-02-20'));
    expect(loan.delinquencyActions.at(-1)).toEqual({
      action: 'RESUME',
      startDate: '2025-02-20',
      endDate: null,
    });
    expect(events).toEqual([{ name: 'delinquency-range-changed', transactionId: null }]);
    expect(answerTo(() => decide(paused, resume({ endDate: date('2025-02-21') }), on('2025-02-20')))).toBe(
      'invalid_argument delinquency_resume_takes_no_end: a resume ends the pause on its start date and takes no end date [endDate]',
    );
  });
});

describe('the days to close', () => {
  const days = (
    closed: string | null,
    businessDate: string,
    scope: ClosingScope,
    status: LoanStatus = 'active',
  ) => {
    const lastClosedBusinessDate = closed === null ? null : date(`2025-08-${closed}`);
    const loan = { ...unpaid(), status, lastClosedBusinessDate };
    return daysToClose(loan, date(`2025-08-${businessDate}`), scope).map((day) => day.slice(8));
  };

  it.each<[string | null, string, string[], string[], string[]]>([
    // last closed, business date: inline, nightly, catch-up
    [null, '10', ['09'], ['09'], ['09']],
    ['08', '10', ['09'], ['09'], ['09']],
    ['09', '10', [], [], []],
    ['10', '10', [], [], []],
    ['08', '12', ['09', '10', '11'], [], ['09', '10', '11']],
    ['09', '11', ['10'], ['10'], ['10']],
  ])(
    'last closed %s, on the %s: inline %j, nightly %j, catch-up %j',
    (closed, day, inline, nightly, catchUp) => {
      expect(days(closed, day, 'loan')).toEqual(inline);
      expect(days(closed, day, 'all')).toEqual(nightly);
      expect(days(closed, day, 'catch-up')).toEqual(catchUp);
    },
  );

  it.each<[LoanStatus, number]>([
    ['pending', 1],
    ['approved', 1],
    ['active', 1],
    ['closed', 0],
    ['overpaid', 0],
    ['writtenOff', 0],
    ['rejected', 0],
    ['withdrawn', 0],
  ])('of a loan that is %s: %i', (status, count) => {
    expect(days(null, '10', 'all', status)).toHaveLength(count);
    expect(days('08', '10', 'all', status)).toHaveLength(count);
  });
});

it('income may be recognised outside of close of business', () => {
  const { loan } = decide(unpaid(), { kind: 'accrue', till: date('2025-02-15') }, on('2025-02-20'));
  expect(loan.installments.map(({ accrued }) => accrued.interest)).toEqual([money(6), 0n, 0n]);
});
