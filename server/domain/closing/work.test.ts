import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { addDays, type CivilDate, date } from '../date.ts';
import { decide } from '../decide.ts';
import type { CloseOfBusinessStep } from '../decision.ts';
import { submitLoan } from '../life/origination.ts';
import { fee, type Line, on, pay, penalty, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { money, recalculation, shown } from '../schedule/exampleLoan.ts';
import { DEFAULT_SETTINGS, type LoanTerms } from '../terms.ts';
import { type ClosingPlan, closedTillOf, planClosing } from './plan.ts';

/** 300 in 3 rows of 100 + 6, due on the 15th of February, March and April. */
const loanOf = (own: Partial<LoanTerms> = {}, lines: readonly Line[] = []): Loan => tell(own, lines).loan;

/** The plan of a loan of which every day before `next` is closed. */
const planFrom = (loan: Loan, next: string, steps: readonly CloseOfBusinessStep[]): ClosingPlan =>
  planClosing(loan, {
    closedTill: addDays(date(next), -1),
    openFrom: date('2025-01-15'),
    steps,
    settings: DEFAULT_SETTINGS,
  });

type Case = readonly [what: string, loan: Loan, from: string, next: string | null];

/** On which day, from the one given, the step has something to do. */
function waitsFor(step: CloseOfBusinessStep, cases: readonly Case[]) {
  it.each(cases)(`${step}: %s`, (_what, loan, from, next) => {
    expect(planFrom(loan, from, [step]).nextWorkDate).toBe(next);
  });
}

const paidEarly: Line = ['2025-01-20', pay(106)];
const paidOff: Line = ['2025-01-20', pay(318)];
const chargedOff: Line = ['2025-01-20', (day) => ({ kind: 'chargeOff', on: date(day) })];

describe('a notice', () => {
  waitsFor('CHECK_LOAN_REPAYMENT_DUE', [
    ['a day before the due date', loanOf(), '2025-01-21', '2025-02-14'],
    [
      'three days, where the product says so',
      loanOf({ daysBeforeRepaymentIsDue: 3 }),
      '2025-01-21',
      '2025-02-12',
    ],
    ['of the next row, where the first is paid', loanOf({}, [paidEarly]), '2025-01-21', '2025-03-14'],
    ['of the next row, once that day is past', loanOf(), '2025-02-15', '2025-03-14'],
    ['none after the last', loanOf(), '2025-04-15', null],
    ['none where all is paid', loanOf({}, [paidOff]), '2025-01-21', null],
  ]);
  waitsFor('CHECK_LOAN_REPAYMENT_OVERDUE', [
    ['two days after the due date', loanOf(), '2025-01-21', '2025-02-17'],
    [
      'five days, where the product says so',
      loanOf({ daysAfterRepaymentIsOverdue: 5 }),
      '2025-01-21',
      '2025-02-20',
    ],
  ]);
  waitsFor('CHECK_DUE_INSTALLMENTS', [
    ['on the due date', loanOf(), '2025-01-21', '2025-02-15'],
    ['on the next one, where the first is paid', loanOf({}, [paidEarly]), '2025-01-21', '2025-03-15'],
  ]);
  waitsFor('ACCRUAL_ACTIVITY_POSTING', [
    ['on the due date, paid or not', loanOf({}, [paidEarly]), '2025-01-21', '2025-02-15'],
    ['on the due date itself', loanOf(), '2025-02-15', '2025-02-15'],
  ]);
});

describe('an overdue penalty', () => {
  const overdue = (own: Partial<ChargeDefinition> = {}) => ({
    overdueCharges: [{ ...penalty(3), time: 'OVERDUE' as const, ...own }],
  });
  waitsFor('APPLY_CHARGE_TO_OVERDUE_LOANS', [
    ['after a wait of two days, with 17 Feb', loanOf(overdue()), '2025-01-21', '2025-02-17'],
    ['at once, where that day is past and it was not raised', loanOf(overdue()), '2025-02-25', '2025-02-25'],
    ['never, where the product has none', loanOf(), '2025-01-21', null],
    ['never, on a loan that is charged off', loanOf(overdue(), [chargedOff]), '2025-01-21', null],
  ]);
});

describe('delinquency', () => {
  const BUCKET: LoanTerms['delinquencyBucket'] = {
    code: 'B',
    ranges: [
      { code: 'EARLY', name: 'early', minDays: 1, maxDays: 3 },
      { code: 'LATE', name: 'late', minDays: 10, maxDays: 30 },
      { code: 'BAD', name: 'bad', minDays: 31, maxDays: null },
    ],
  };
  const own = { delinquencyBucket: BUCKET };
  const paused: Line = [
    '2025-01-20',
    { kind: 'pauseDelinquency', startDate: date('2025-02-01'), endDate: date('2025-02-08') },
  ];
  const takenBack: Line[] = [
    ['2025-01-18', pay(20)],
    ['2025-01-20', { kind: 'chargeback', transactionId: 2, on: date('2025-01-20'), amount: money(15) }],
  ];
  waitsFor('LOAN_DELINQUENCY_CLASSIFICATION', [
    ['never, without a bucket', loanOf(), '2025-01-21', null],
    ['the due date, from the day after it is 1 day', loanOf(own), '2025-01-21', '2025-02-15'],
    ['the range of 1 to 3 days is left with 4', loanOf(own), '2025-02-16', '2025-02-18'],
    ['that of 10 days is reached', loanOf(own), '2025-02-19', '2025-02-24'],
    ['the second row falls due', loanOf(own), '2025-02-25', '2025-03-15'],
    ['31 days of the first row', loanOf(own), '2025-03-16', '2025-03-17'],
    ['nothing more: the worst range has no end', loanOf(own), '2025-05-16', null],
    [
      'a grace of 3 days puts it off',
      loanOf({ ...own, graceOnArrearsAgeing: 3 }),
      '2025-01-21',
      '2025-02-18',
    ],
    [
      'but not that of installments',
      loanOf({ ...own, graceOnArrearsAgeing: 3, installmentLevelDelinquency: true }),
      '2025-01-21',
      '2025-02-15',
    ],
    ['the end of a pause', loanOf(own, [paused]), '2025-01-21', '2025-02-08'],
    [
      '7 days paused: 10 days are reached as late as 3 Mar',
      loanOf(own, [paused]),
      '2025-02-26',
      '2025-03-03',
    ],
    ['a chargeback ages by itself: 4 days', loanOf(own, takenBack), '2025-01-21', '2025-01-23'],
    ['and 10 days', loanOf(own, takenBack), '2025-01-24', '2025-01-29'],
    ['a payment does not', loanOf(own, takenBack.slice(0, 1)), '2025-01-21', '2025-02-15'],
  ]);
});

describe('non-performing after 20 days', () => {
  const own = { overdueDaysForNonPerforming: 20 };
  const marked = (lines: Line[] = []): Loan => ({ ...loanOf(own, lines), isNonPerforming: true });
  waitsFor('UPDATE_LOAN_ARREARS_AGING', [
    ['20 days after the first due date', loanOf(own), '2025-01-21', '2025-03-07'],
    ['at once, where that day is past', loanOf(own), '2025-03-20', '2025-03-20'],
    ['of the row that is open', loanOf(own, [paidEarly]), '2025-01-21', '2025-04-04'],
    ['never, where the product knows no such loans', loanOf(), '2025-01-21', null],
    ['no more, where the loan is so already', marked(), '2025-03-20', null],
    ['at once, where a marked loan has caught up', marked([paidEarly]), '2025-03-01', '2025-03-01'],
  ]);
});

describe('interest recalculation', () => {
  const own = { interestType: 'DECLINING_BALANCE' as const, interestRecalculation: recalculation() };
  waitsFor('LOAN_INTEREST_RECALCULATION', [
    ['every day', loanOf(own), '2025-01-21', '2025-01-21'],
    ['never, where interest stays as it was agreed', loanOf(), '2025-01-21', null],
  ]);
});

describe('accrual', () => {
  const withFee = (amount: number, dueDate: string, own: Partial<ChargeDefinition> = {}): Line => [
    '2025-01-20',
    { kind: 'addCharge', definition: fee(amount, own), dueDate: date(dueDate) },
  ];
  const accruedTo = (till: string): Line => [till, { kind: 'accrue', till: date(till) }];
  const ofMarch = withFee(5, '2025-03-01');
  const onEveryRow = withFee(2, '2025-02-15', { time: 'INSTALLMENT' });
  const ofMarchPenalty: Line = [
    '2025-01-20',
    { kind: 'addCharge', definition: penalty(5), dueDate: date('2025-03-01') },
  ];
  /** Its fee of 5 was taken off the money that was paid out. */
  function withDisbursementFee(): Loan {
    const start = date('2025-01-15');
    const charges = [{ definition: fee(5, { time: 'DISBURSEMENT' }) }];
    const made = submitLoan({ terms: storyTerms(), submittedOn: start, charges }, on(start)).loan;
    const approved = decide(made, { kind: 'approve', on: start }, on(start)).loan;
    return decide(approved, { kind: 'disburse', on: start }, on(start)).loan;
  }
  /** A penalty raised on 18 Feb, and then the first row was paid as of its due date. */
  function takenBack(): Loan {
    const closing: Line = [
      '2025-02-19',
      { kind: 'closeBusinessDay', day: date('2025-02-18'), steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'] },
    ];
    const overdueCharges = [{ ...penalty(3), time: 'OVERDUE' as const }];
    const inTime: Line = ['2025-02-19', pay(106, { on: date('2025-02-15') })];
    const loan = loanOf({ overdueCharges }, [february, closing, inTime]);
    expect(loan.charges.map(({ active, submittedOn }) => [active, submittedOn])).toEqual([
      [false, '2025-02-18'],
    ]);
    return loan;
  }
  const cash = loanOf();
  const february = accruedTo('2025-02-15');
  waitsFor('ADD_PERIODIC_ACCRUAL_ENTRIES', [
    ['the due date, when the row is earned in full', loanOf(), '2025-01-21', '2025-02-15'],
    ['the next one, once the first row is accrued', loanOf({}, [february]), '2025-02-16', '2025-03-15'],
    ['at once, where the first row is due and not accrued', loanOf(), '2025-02-20', '2025-02-20'],
    ['the day on which a fee falls due', loanOf({}, [ofMarch, february]), '2025-02-16', '2025-03-01'],
    ['at once, on that day', loanOf({}, [ofMarch, february]), '2025-03-01', '2025-03-01'],
    [
      'at once, after that day, where it was not accrued',
      loanOf({}, [ofMarch, february]),
      '2025-03-05',
      '2025-03-05',
    ],
    [
      'not for a fee that was accrued',
      loanOf({}, [ofMarch, accruedTo('2025-03-02')]),
      '2025-03-03',
      '2025-03-15',
    ],
    ['an installment fee with the due dates', loanOf({}, [onEveryRow]), '2025-01-21', '2025-02-15'],
    [
      'the day on which a penalty falls due',
      loanOf({}, [ofMarchPenalty, february]),
      '2025-02-16',
      '2025-03-01',
    ],
    ['at once, on that day as well', loanOf({}, [ofMarchPenalty, february]), '2025-03-01', '2025-03-01'],
    ['the day on which a fee is added', loanOf({}, [ofMarch]), '2025-01-18', '2025-01-20'],
    ['likewise of an installment fee', loanOf({}, [onEveryRow]), '2025-01-18', '2025-01-20'],
    ['not that of a fee due at disbursement', withDisbursementFee(), '2025-01-15', '2025-02-15'],
    ['not that of a penalty that was taken back', takenBack(), '2025-02-16', '2025-03-15'],
    ['the day of the money, before which nothing runs', loanOf(), '2025-01-14', '2025-01-15'],
    ['no more, once all is accrued', loanOf({}, [accruedTo('2025-04-15')]), '2025-04-16', null],
    ['never, on a loan that is charged off', loanOf({}, [chargedOff]), '2025-01-21', null],
    ['never, on one that is non-performing', { ...loanOf(), isNonPerforming: true }, '2025-01-21', null],
    [
      'never, where income is booked when it is paid',
      { ...cash, terms: { ...cash.terms, accounting: { ...cash.terms.accounting, method: 'CASH' } } },
      '2025-01-21',
      null,
    ],
  ]);

  /** `row 1: 6.00 from 2025-01-15 to 2025-02-15, 0.00 so far` */
  function quiet(
    loan: Loan,
    next: string,
    steps = ['ADD_PERIODIC_ACCRUAL_ENTRIES'] as CloseOfBusinessStep[],
  ) {
    const { accrual } = planFrom(loan, next, steps);
    if (accrual === null) return null;
    const { installment, interest, from, due, accrued } = accrual;
    return `row ${installment}: ${shown(interest)} from ${from} to ${due}, ${shown(accrued)} so far`;
  }

  const waived: Line = ['2025-01-20', pay('1.50', { type: 'waiveInterest' })];
  it.each<[what: string, loan: Loan, next: string, accrues: string | null]>([
    ['the running row', loanOf(), '2025-01-21', 'row 1: 6.00 from 2025-01-15 to 2025-02-15, 0.00 so far'],
    [
      'from the day of the money',
      loanOf(),
      '2025-01-15',
      'row 1: 6.00 from 2025-01-15 to 2025-02-15, 0.00 so far',
    ],
    ['nothing on a due date, which is work', loanOf(), '2025-02-15', null],
    [
      'the next row from the day after',
      loanOf({}, [february]),
      '2025-02-16',
      'row 2: 6.00 from 2025-02-15 to 2025-03-15, 0.00 so far',
    ],
    [
      'with what is accrued: 6.00 x 16 / 31 = 3.10',
      loanOf({}, [accruedTo('2025-01-31')]),
      '2025-02-01',
      'row 1: 6.00 from 2025-01-15 to 2025-02-15, 3.10 so far',
    ],
    [
      'less interest that was waived before it was earned',
      loanOf({}, [waived]),
      '2025-01-21',
      'row 1: 4.50 from 2025-01-15 to 2025-02-15, 0.00 so far',
    ],
    [
      'from the day that interest is charged from: 300 x 2 % x 21 / 31',
      loanOf({ interestChargedFrom: date('2025-01-25'), interestType: 'DECLINING_BALANCE' }),
      '2025-01-21',
      'row 1: 4.06 from 2025-01-25 to 2025-02-15, 0.00 so far',
    ],
    ['nothing before the day of the money', loanOf(), '2025-01-14', null],
    ['nothing without interest', loanOf({ interestRatePerPeriod: '0' }), '2025-01-21', null],
    ['nothing after the last due date', loanOf({}, [accruedTo('2025-04-15')]), '2025-04-16', null],
    [
      'the running row although a fee of another row is open',
      loanOf({}, [ofMarch]),
      '2025-01-21',
      'row 1: 6.00 from 2025-01-15 to 2025-02-15, 0.00 so far',
    ],
    ['nothing while a row before is not accrued, which is work', loanOf(), '2025-02-20', null],
  ])('%s', (_what, loan, next, accrues) => {
    expect(quiet(loan, next)).toBe(accrues);
  });

  it('is nothing to plan where close of business does not accrue', () => {
    expect(quiet(loanOf(), '2025-01-21', ['CHECK_LOAN_REPAYMENT_DUE'])).toBeNull();
  });
});

describe('several steps', () => {
  it('accrue nothing by the way on a day on which there is other work', () => {
    const steps: CloseOfBusinessStep[] = ['CHECK_LOAN_REPAYMENT_DUE', 'ADD_PERIODIC_ACCRUAL_ENTRIES'];
    expect(planFrom(loanOf(), '2025-02-13', steps).accrual).not.toBeNull();
    expect(planFrom(loanOf(), '2025-02-14', steps)).toEqual({ nextWorkDate: '2025-02-14', accrual: null });
  });

  it('wait for the earliest of their days, in whatever order they stand', () => {
    const steps: CloseOfBusinessStep[] = ['CHECK_LOAN_REPAYMENT_OVERDUE', 'CHECK_LOAN_REPAYMENT_DUE'];
    for (const order of [steps, [...steps].reverse()])
      expect(planFrom(loanOf(), '2025-01-21', order).nextWorkDate).toBe('2025-02-14');
  });

  it('have nothing to do on a loan that is not running', () => {
    const { nextWorkDate, accrual } = planFrom(loanOf({}, [paidOff]), '2025-01-21', [
      'ACCRUAL_ACTIVITY_POSTING',
    ]);
    expect([nextWorkDate, accrual]).toEqual([null, null]);
  });
});

describe('up to which day a loan counts as closed', () => {
  const quiet = (nextWorkDate: string | null): ClosingPlan => ({
    nextWorkDate: nextWorkDate === null ? null : date(nextWorkDate),
    accrual: null,
  });
  const { accrual } = planFrom(loanOf(), '2025-01-21', ['ADD_PERIODIC_ACCRUAL_ENTRIES']);
  it.each<
    [what: string, own: string | null, plan: ClosingPlan | null, book: string | null, till: string | null]
  >([
    ['never closed', null, quiet('2025-02-14'), '2025-01-31', null],
    ['without a plan, what it says itself', '2025-01-20', null, '2025-01-31', '2025-01-20'],
    ['in a book that was never closed, likewise', '2025-01-20', quiet('2025-02-14'), null, '2025-01-20'],
    [
      'quiet until its next work, as far as the book',
      '2025-01-20',
      quiet('2025-02-14'),
      '2025-01-31',
      '2025-01-31',
    ],
    ['but not its next work day', '2025-01-20', quiet('2025-02-14'), '2025-02-20', '2025-02-13'],
    ['quiet for good, as far as the book', '2025-01-20', quiet(null), '2025-02-20', '2025-02-20'],
    ['closed by itself ahead of the book', '2025-01-20', quiet('2025-02-14'), '2025-01-10', '2025-01-20'],
    [
      'accruing: every day is written down',
      '2025-01-20',
      { nextWorkDate: date('2025-02-14'), accrual },
      '2025-01-31',
      '2025-01-20',
    ],
  ])('%s', (_what, own, plan, book, till) => {
    const loan = { ...loanOf(), lastClosedBusinessDate: own as CivilDate | null };
    expect(accrual).not.toBeNull();
    expect(closedTillOf(loan, plan, book as CivilDate | null)).toBe(till);
  });
});
