import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import { listedTransactions } from '../history/history.ts';
import type { Loan } from '../loan.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { exampleTerms, money, shown } from '../schedule/exampleLoan.ts';
import { payoffQuote } from '../statement/payoff.ts';
import { summarizeLoan } from '../statement/summary.ts';
import type { LoanTerms } from '../terms.ts';
import { requireUnrepaid } from './disbursalUndo.ts';
import { submitLoan } from './origination.ts';
import { originateLoan, previewLoan } from './preview.ts';
import {
  accountBalances,
  continued,
  fee,
  type Line,
  on,
  openOf,
  pay,
  splitOf,
  storyTerms,
  tell,
} from './story.ts';

/** 400 without interest in 4 rows. */
const PROGRESSIVE = {
  principal: money(400),
  numberOfRepayments: 4,
  interestRatePerPeriod: '0',
  interestType: 'DECLINING_BALANCE',
  scheduleType: 'PROGRESSIVE',
  strategy: 'advanced-payment-allocation-strategy',
  allocationRules: [rule('NEXT_INSTALLMENT')],
} as const satisfies Partial<LoanTerms>;

const START = '2025-01-15';
const application = { terms: storyTerms(), submittedOn: date(START) };
const principals = (loan: Loan) => loan.installments.map((row) => shown(row.charged.principal));

describe('from application to disbursement', () => {
  it('walks through its states and can be taken back to where it was', () => {
    const pending = submitLoan(application, on(START)).loan;
    const approved = decide(
      pending,
      { kind: 'approve', on: date(START), amount: money(240) },
      on(START),
    ).loan;
    expect([approved.status, principals(approved)]).toEqual(['approved', ['80.00', '80.00', '80.00']]);
    const active = decide(approved, { kind: 'disburse', on: date(START) }, on(START)).loan;
    expect([active.status, active.disbursedOn, active.expectedMaturity]).toEqual([
      'active',
      START,
      '2025-04-15',
    ]);
    const undisbursed = decide(active, { kind: 'undoDisbursal' }, on(START)).loan;
    expect([undisbursed.status, listedTransactions(undisbursed)]).toEqual(['approved', []]);
    expect(undisbursed.installments).toEqual(approved.installments);
    const unapproved = decide(undisbursed, { kind: 'undoApproval' }, on(START)).loan;
    expect([unapproved.status, principals(unapproved)]).toEqual(['pending', ['100.00', '100.00', '100.00']]);
  });

  it.each([
    ['reject', 'rejected'],
    ['withdraw', 'withdrawn'],
  ] as const)('%s ends it', (kind, status) => {
    const pending = submitLoan(application, on(START)).loan;
    const { loan, events } = decide(pending, { kind, on: date(START) }, on(START));
    expect([loan.status, loan.closedOn]).toEqual([status, START]);
    expect(events).toEqual([{ name: 'loan-status-changed', transactionId: null, status }]);
  });

  it('a pending loan takes new terms', () => {
    const pending = submitLoan(application, on(START)).loan;
    const terms = storyTerms({ principal: money(600) });
    const { loan } = decide(pending, { kind: 'modify', terms, submittedOn: date(START) }, on(START));
    expect(principals(loan)).toEqual(['200.00', '200.00', '200.00']);
  });

  it('a preview shows what the booked loan shows', () => {
    const booked = originateLoan(application, on(START)).loan;
    expect(summarizeLoan(previewLoan(application, on(START)), date(START))).toEqual(
      summarizeLoan(booked, date(START)),
    );
  });

  it('charges stand in the schedule, those at disbursement are kept back from the money', () => {
    const charges = [
      { definition: fee(12), dueDate: date('2025-02-01') },
      { definition: fee('1.5', { time: 'DISBURSEMENT', calculation: 'PERCENT_OF_AMOUNT' }) },
    ];
    const { loan, entries } = originateLoan({ ...application, charges }, on(START));
    expect(openOf(loan)[0]).toBe('100/6/12/0');
    expect(listedTransactions(loan).map((each) => `${each.type} ${splitOf(each)}`.trim())).toEqual([
      'disbursement',
      'repaymentAtDisbursement F 4.50',
    ]);
    expect(accountBalances(entries)).toEqual({
      loanPortfolio: '300',
      fundSource: '-295.50',
      feeIncome: '-4.50',
    });
  });
});

describe('several disbursements', () => {
  const several = {
    interestRatePerPeriod: '0',
    interestType: 'DECLINING_BALANCE',
    multiDisburse: true,
    disallowExpectedDisbursements: true,
    overAppliedPercentage: '100',
    downPayment: { enabled: true, percentage: '25', automatic: true },
  } as const;
  const again: Line = ['2025-03-01', { kind: 'disburse', on: date('2025-03-01'), amount: money(120) }];

  it('each brings its down payment, and the rows share the rest', () => {
    const { loan } = tell(several, [again]);
    expect(loan.installments.map((row) => `${row.kind} ${shown(row.charged.principal)}`)).toEqual([
      'downPayment 75.00',
      'normal 105.00',
      'downPayment 30.00',
      'normal 105.00',
      'normal 105.00',
    ]);
    // The newer down payment goes to the oldest open row, as any payment does.
    expect(openOf(loan).map((row) => row.split('/')[0])).toEqual(['0', '75', '30', '105', '105']);
  });

  it('the last one can be taken back with all it brought along', () => {
    const once = tell(several, []).loan;
    const { loan } = continued(tell(several, [again]), [['2025-03-02', { kind: 'undoLastDisbursal' }]]);
    expect(loan.installments).toEqual(once.installments);
    expect(listedTransactions(loan).map(({ type }) => type)).toEqual(['disbursement', 'downPayment']);
  });

  it('a partner may not undo a disbursal that was repaid, its own down payment aside', () => {
    const { loan } = tell(several, []);
    expect(() => requireUnrepaid(loan)).not.toThrow();
    const paid = tell(several, [['2025-02-15', pay(1)]]).loan;
    expect(() => requireUnrepaid(paid)).toThrow('repayments exist');
  });
});

describe('losses', () => {
  const chargeOff: Line = ['2025-03-01', { kind: 'chargeOff', on: date('2025-03-01') }];

  it('a charge-off leaves the loan active and payable; what comes later is recovery', () => {
    const story = tell({}, [chargeOff, ['2025-03-02', pay(106)]]);
    expect(story.loan.status).toBe('active');
    expect(listedTransactions(story.loan).map(splitOf)).toEqual(['', 'P 300 I 18', 'P 100 I 6']);
    expect(accountBalances(story.entries)).toMatchObject({ chargeOffExpense: '300', recoveryIncome: '-106' });
  });

  it('a fraud is charged off to its own account', () => {
    const { entries } = tell({}, [['2025-02-28', { kind: 'setFraud', isFraud: true }], chargeOff]);
    expect(accountBalances(entries)).toMatchObject({ chargeOffFraudExpense: '300' });
  });

  it('a payment dated before the charge-off makes it smaller', () => {
    const story = tell({}, [chargeOff, ['2025-03-02', pay(106, { on: date('2025-02-15') })]]);
    const booked = story.loan.transactions.find(({ type }) => type === 'chargeOff');
    expect([booked?.amount, booked && splitOf(booked)]).toEqual([money(212), 'P 200 I 12']);
    expect(accountBalances(story.entries)).toEqual({
      fundSource: '-194',
      chargeOffExpense: '200',
      chargeOffInterest: '12',
      interestReceivable: '-18',
    });
  });

  it.each([
    ['today', '2025-03-01', 'P 400 F 12'],
    ['on the day the fee was added', '2025-02-25', 'P 400 F 12'],
    ['before it was added', '2025-02-24', 'P 400'],
  ])('a progressive loan charged off %s gives up %s', (_, day, split) => {
    const { loan } = tell(PROGRESSIVE, [
      ['2025-02-25', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-26') }],
      ['2025-03-01', { kind: 'chargeOff', on: date(day) }],
    ]);
    const chargeOffOf400 = loan.transactions.at(-1);
    expect([chargeOffOf400 && splitOf(chargeOffOf400), loan.chargedOffOn]).toEqual([split, day]);
  });

  it('an undone charge-off leaves nothing behind', () => {
    const story = tell({}, [chargeOff, ['2025-03-02', { kind: 'undoChargeOff' }]]);
    expect(story.loan.chargedOffOn).toBeNull();
    expect(accountBalances(story.entries)).toEqual({ loanPortfolio: '300', fundSource: '-300' });
  });

  it('a write-off gives everything up and closes; undone, all is owed again', () => {
    const written = tell({}, [['2025-03-01', { kind: 'writeOff', on: date('2025-03-01') }]]);
    expect([written.loan.status, written.loan.closedOn]).toEqual(['writtenOff', '2025-03-01']);
    expect(openOf(written.loan)).toEqual(['0/0/0/0', '0/0/0/0', '0/0/0/0']);
    const undone = continued(written, [['2025-03-02', { kind: 'undoWriteOff' }]]);
    expect(openOf(undone.loan)).toEqual(['100/6/0/0', '100/6/0/0', '100/6/0/0']);
    expect([undone.loan.status, undone.loan.closedOn]).toEqual(['active', null]);
  });
});

describe('a running loan is rescheduled', () => {
  const move = (from: string, to: string): Line => [
    '2025-02-01',
    {
      kind: 'reschedule',
      from: date(from),
      submittedOn: date('2025-02-01'),
      approvedOn: date('2025-02-01'),
      adjustedDueDate: date(to),
    },
  ];
  const dueDates = (loan: Loan) => loan.installments.map(({ due }) => due);

  it('a moved due date takes the following ones along', () => {
    const { loan } = tell({}, [move('2025-02-15', '2025-02-20')]);
    expect(dueDates(loan)).toEqual(['2025-02-20', '2025-03-20', '2025-04-20']);
    expect(loan.expectedMaturity).toBe('2025-04-20');
  });

  it('a date that was moved before moves on', () => {
    const { loan } = tell({}, [move('2025-02-15', '2025-02-20'), move('2025-02-20', '2025-02-25')]);
    expect(dueDates(loan)).toEqual(['2025-02-25', '2025-03-25', '2025-04-25']);
    expect(loan.variations).toHaveLength(1);
  });
});

describe('figures of a loan', () => {
  it('add up per component, and say what is due next', () => {
    const { loan } = tell({}, [
      ['2025-02-01', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10') }],
      ['2025-02-15', pay(58)],
    ]);
    expect(summarizeLoan(loan, date('2025-03-01'))).toMatchObject({
      principalDisbursed: money(300),
      principalPaid: money(40),
      principalOutstanding: money(260),
      principalOverdue: money(60),
      interestCharged: money(18),
      interestPaid: money(6),
      feesCharged: money(12),
      feesPaid: money(12),
      totalRepayment: money(58),
      totalOverdue: money(60),
      totalOutstanding: money(272),
      nextDueDate: '2025-02-15',
      nextDueAmount: money(60),
      daysPastDue: 14,
    });
  });

  it('the schedule starts with the disbursement and its balance ends at zero', () => {
    const { schedule } = summarizeLoan(tell({}, []).loan, date(START));
    expect(
      schedule.map((row) => `${row.period} ${row.dueDate} ${row.days} ${shown(row.principalBalance)}`),
    ).toEqual([
      '0 2025-01-15 null 300.00',
      '1 2025-02-15 31 200.00',
      '2 2025-03-15 28 100.00',
      '3 2025-04-15 31 0.00',
    ]);
  });

  it('a pay-off without recalculation owes the interest of all rows', () => {
    const { loan } = tell({}, [['2025-02-15', pay(106)]]);
    expect(payoffQuote(loan, date('2025-02-20'), on('2025-02-20'))).toEqual({
      principal: money(200),
      interest: money(12),
      fees: 0n,
      penalties: 0n,
    });
  });

  it('what the quote says closes a loan that recalculates interest', () => {
    const recalculating = exampleTerms({
      interestCalculationPeriod: 'DAILY',
      accounting: storyTerms().accounting,
      interestRecalculation: {
        restFrequency: 'DAILY',
        rescheduleStrategy: 'REDUCE_EMI_AMOUNT',
        preCloseRule: 'TILL_PRE_CLOSE_DATE',
        compounding: 'NONE',
        compoundingDay: null,
        arrearsBasedOnOriginalSchedule: false,
      },
    });
    const { loan } = tell(recalculating, []);
    const quote = payoffQuote(loan, date('2025-02-05'), on('2025-02-05'));
    // 5000 at 18 % over 21 days of 365.
    expect([quote.principal, quote.interest]).toEqual([money(5000), money('51.78')]);
    const paid = decide(
      loan,
      { kind: 'pay', type: 'repayment', on: date('2025-02-05'), amount: money('5051.78') },
      on('2025-02-05'),
    );
    expect(paid.loan.status).toBe('closed');
  });
});
