import { describe, expect, it } from 'vitest';
import { date } from './date.ts';
import { decide } from './decide.ts';
import type { LoanCommand } from './decision.ts';
import { submitLoan } from './life/origination.ts';
import { continued, fee, type Line, on, pay, storyTerms, tell } from './life/story.ts';
import type { Loan } from './loan.ts';
import { eventsOf, type ToldEvent } from './loanEvent.ts';
import { rule } from './progressive/exampleLoan.ts';
import { money } from './schedule/exampleLoan.ts';
import type { LoanTerms } from './terms.ts';

/** `loan.repaid #2 transactionType=repayment date=2025-02-15 amount=106` */
const printed = (events: readonly ToldEvent[]): string[] =>
  events.map(({ type, transaction, facts }) =>
    [
      type,
      ...(transaction === null ? [] : [`#${transaction}`]),
      ...Object.entries(facts).map(([name, value]) => `${name}=${value}`),
    ].join(' '),
  );

/** What is told of the last of the lines; the loan is 300 in 3 rows of 100 + 6, due from 15 Feb 2025. */
function told(lines: readonly Line[], own: Partial<LoanTerms> = {}): string[] {
  const before = tell(own, lines.slice(0, -1));
  return printed(eventsOf(before.loan, continued(before, lines.slice(-1)).last));
}

type DatedKind = 'chargeOff' | 'writeOff' | 'close';
const dated =
  (kind: DatedKind) =>
  (day: string): LoanCommand => ({ kind, on: date(day) });

const punctual: Line = ['2025-02-15', pay(106)];
const paidOff: Line = ['2025-02-15', pay(318)];
const tooMuch: Line = ['2025-02-15', pay(400)];
const reversal: Line = ['2025-02-20', { kind: 'reverse', transactionId: 2, on: date('2025-02-20') }];
const chargedOff: Line = ['2025-02-20', dated('chargeOff')];
const writtenOff: Line = ['2025-02-20', dated('writeOff')];
const withFee: Line = ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-12') }];

describe('an application', () => {
  const start = date('2025-01-15');
  const made = submitLoan({ terms: storyTerms(), submittedOn: start }, on(start));
  const approved = decide(made.loan, { kind: 'approve', on: start }, on(start));
  const modified: LoanCommand = {
    kind: 'modify',
    terms: storyTerms({ principal: money(250) }),
    submittedOn: start,
  };
  const cases: readonly [what: string, before: Loan | null, command: LoanCommand | null, events: string[]][] =
    [
      ['made', null, null, ['loan.created status=pending']],
      ['changed', made.loan, modified, ['loan.changed']],
      ['approved', made.loan, { kind: 'approve', on: start }, ['loan.approved']],
      ['rejected', made.loan, { kind: 'reject', on: start }, ['loan.rejected']],
      ['withdrawn', made.loan, { kind: 'withdraw', on: start }, ['loan.withdrawn']],
      ['no longer approved', approved.loan, { kind: 'undoApproval' }, ['loan.approval_undone']],
      [
        'paid out',
        approved.loan,
        { kind: 'disburse', on: start },
        ['loan.disbursed #1 transactionType=disbursement date=2025-01-15 amount=300'],
      ],
    ];
  it.each(cases)('%s', (_what, before, command, events) => {
    const decision = before && command ? decide(before, command, on(start)) : made;
    expect(printed(eventsOf(before, decision))).toEqual(events);
  });
});

describe('money', () => {
  const cases: readonly [what: string, lines: readonly Line[], events: string[]][] = [
    ['a repayment', [punctual], ['loan.repaid #2 transactionType=repayment date=2025-02-15 amount=106']],
    [
      'in cents',
      [['2025-02-15', pay('10.05')]],
      ['loan.repaid #2 transactionType=repayment date=2025-02-15 amount=10.05'],
    ],
    [
      'the repayment that settles the loan',
      [paidOff],
      ['loan.repaid #2 transactionType=repayment date=2025-02-15 amount=318', 'loan.closed'],
    ],
    [
      'one that is too much',
      [tooMuch],
      ['loan.repaid #2 transactionType=repayment date=2025-02-15 amount=400', 'loan.overpaid'],
    ],
    [
      'the rest paid back, after which the loan is closed',
      [tooMuch, ['2025-02-20', pay(82, { type: 'creditBalanceRefund' })]],
      ['loan.refunded #4 transactionType=creditBalanceRefund date=2025-02-20 amount=82', 'loan.closed'],
    ],
    [
      'a refund by a merchant',
      [['2025-02-15', pay(30, { type: 'merchantIssuedRefund' })]],
      ['loan.repaid #2 transactionType=merchantIssuedRefund date=2025-02-15 amount=30'],
    ],
    [
      'one that pays out',
      [['2025-02-15', pay(30, { type: 'payoutRefund' })]],
      ['loan.repaid #2 transactionType=payoutRefund date=2025-02-15 amount=30'],
    ],
    [
      'a goodwill credit',
      [['2025-02-15', pay(30, { type: 'goodwillCredit' })]],
      ['loan.repaid #2 transactionType=goodwillCredit date=2025-02-15 amount=30'],
    ],
    [
      'an interest payment waiver',
      [['2025-02-15', pay(5, { type: 'interestPaymentWaiver' })]],
      ['loan.repaid #2 transactionType=interestPaymentWaiver date=2025-02-15 amount=5'],
    ],
    [
      'interest waived',
      [['2025-02-15', pay(5, { type: 'waiveInterest' })]],
      ['loan.waived #2 transactionType=waiveInterest date=2025-02-15 amount=5'],
    ],
    [
      'cash paid back to the customer',
      [
        ['2025-02-15', pay(130)],
        ['2025-02-15', pay(20, { type: 'refund' })],
      ],
      ['loan.refunded #3 transactionType=refund date=2025-02-15 amount=20'],
    ],
    [
      'a payment charged back',
      [
        punctual,
        ['2025-02-20', { kind: 'chargeback', transactionId: 2, on: date('2025-02-20'), amount: money(40) }],
      ],
      ['loan.charged_back #3 transactionType=chargeback date=2025-02-20 amount=40'],
    ],
    [
      'a payment taken back',
      [punctual, reversal],
      ['loan.transaction_reversed #2 transactionType=repayment date=2025-02-15 amount=106'],
    ],
    [
      'the payment that had settled the loan taken back',
      [paidOff, reversal],
      ['loan.transaction_reversed #2 transactionType=repayment date=2025-02-15 amount=318', 'loan.reopened'],
    ],
    [
      'one dated back: what it does to a later one is not told',
      [
        ['2025-03-15', pay(100)],
        ['2025-03-20', pay(106, { on: date('2025-02-15') })],
      ],
      ['loan.repaid #3 transactionType=repayment date=2025-02-15 amount=106'],
    ],
    [
      'an accrual, of which nothing is told',
      [['2025-02-01', { kind: 'accrue', till: date('2025-01-31') }]],
      [],
    ],
  ];
  it.each(cases)('%s', (_what, lines, events) => {
    expect(told(lines)).toEqual(events);
  });

  it('a down payment that comes by itself with the disbursement', () => {
    const start = date('2025-01-15');
    const terms = storyTerms({ downPayment: { enabled: true, percentage: '25', automatic: true } });
    const made = submitLoan({ terms, submittedOn: start }, on(start)).loan;
    const approved = decide(made, { kind: 'approve', on: start }, on(start)).loan;
    const paidOut = decide(approved, { kind: 'disburse', on: start }, on(start));
    expect(printed(eventsOf(approved, paidOut))).toEqual([
      'loan.disbursed #1 transactionType=disbursement date=2025-01-15 amount=300',
      'loan.repaid #2 transactionType=downPayment date=2025-01-15 amount=75',
    ]);
  });

  it('an undone disbursal', () => {
    expect(told([['2025-01-20', { kind: 'undoDisbursal' }]])).toEqual([
      'loan.disbursal_undone #1 transactionType=disbursement date=2025-01-15 amount=300',
    ]);
  });
});

describe('charges', () => {
  const paidFee: Line = ['2025-02-15', pay(20)];
  const cases: readonly [what: string, lines: readonly Line[], events: string[]][] = [
    ['added', [withFee], ['loan.charge_added charge=Fee amount=5 dueDate=2025-02-12']],
    [
      'on every installment: due with each, so on no day of its own',
      [
        [
          '2025-01-20',
          { kind: 'addCharge', definition: fee('2.50', { time: 'INSTALLMENT', name: 'Service' }) },
        ],
      ],
      ['loan.charge_added charge=Service amount=7.5 dueDate=null'],
    ],
    [
      'waived',
      [withFee, ['2025-02-15', { kind: 'waiveCharge', chargeId: 1 }]],
      ['loan.waived #2 transactionType=waiveCharges date=2025-02-12 amount=5'],
    ],
    [
      'adjusted',
      [
        withFee,
        ['2025-02-15', { kind: 'adjustCharge', chargeId: 1, on: date('2025-02-15'), amount: money(3) }],
      ],
      ['loan.repaid #2 transactionType=chargeAdjustment date=2025-02-15 amount=3'],
    ],
    [
      'refunded',
      [withFee, paidFee, ['2025-02-20', { kind: 'refundCharge', chargeId: 1, on: date('2025-02-20') }]],
      ['loan.repaid #3 transactionType=chargeRefund date=2025-02-20 amount=5'],
    ],
  ];
  it.each(cases)('%s', (_what, lines, events) => {
    expect(told(lines)).toEqual(events);
  });

  it('nothing is told of those that were there before', () => {
    expect(told([withFee, paidFee])).toEqual([
      'loan.repaid #2 transactionType=repayment date=2025-02-15 amount=20',
    ]);
  });
});

describe('losses', () => {
  const cases: readonly [what: string, lines: readonly Line[], events: string[]][] = [
    [
      'charged off',
      [chargedOff],
      ['loan.charged_off #2 transactionType=chargeOff date=2025-02-20 amount=318'],
    ],
    [
      'no longer charged off',
      [chargedOff, ['2025-02-21', { kind: 'undoChargeOff' }]],
      ['loan.charge_off_undone #2 transactionType=chargeOff date=2025-02-20 amount=318'],
    ],
    ['written off', [writtenOff], ['loan.written_off']],
    ['no longer written off', [writtenOff, ['2025-02-21', { kind: 'undoWriteOff' }]], ['loan.reopened']],
    [
      'recovered',
      [writtenOff, ['2025-03-01', pay(50, { type: 'recoveryRepayment' })]],
      ['loan.recovered #3 transactionType=recoveryRepayment date=2025-03-01 amount=50'],
    ],
  ];
  it.each(cases)('%s', (_what, lines, events) => {
    expect(told(lines)).toEqual(events);
  });
});

describe('another schedule', () => {
  const progressive: Partial<LoanTerms> = {
    interestType: 'DECLINING_BALANCE',
    interestRatePerPeriod: '0',
    scheduleType: 'PROGRESSIVE',
    strategy: 'advanced-payment-allocation-strategy',
    allocationRules: [rule('NEXT_INSTALLMENT')],
  };

  it('a new due date', () => {
    const command: LoanCommand = {
      kind: 'reschedule',
      from: date('2025-04-15'),
      submittedOn: date('2025-02-20'),
      approvedOn: date('2025-02-20'),
      adjustedDueDate: date('2025-04-30'),
    };
    expect(told([['2025-02-20', command]])).toEqual(['loan.rescheduled']);
  });

  it('re-ageing', () => {
    const command: LoanCommand = {
      kind: 'reAge',
      startDate: date('2025-06-01'),
      frequencyNumber: 1,
      frequencyUnit: 'MONTHS',
      numberOfInstallments: 2,
    };
    expect(told([['2025-05-20', command]], progressive)).toEqual([
      'loan.rescheduled #2 transactionType=reAge date=2025-05-20 amount=300',
    ]);
  });

  it('re-amortizing', () => {
    expect(told([['2025-03-20', { kind: 'reAmortize' }]], progressive)).toEqual([
      'loan.rescheduled #2 transactionType=reAmortize date=2025-03-20 amount=200',
    ]);
  });
});

describe('close of business', () => {
  const bucket: LoanTerms['delinquencyBucket'] = {
    code: 'B',
    ranges: [
      { code: 'EARLY', name: 'early', minDays: 1, maxDays: 3 },
      { code: 'LATE', name: 'late', minDays: 4, maxDays: null },
    ],
  };
  const own = { delinquencyBucket: bucket, overdueDaysForNonPerforming: 20 };
  const closing = (day: string, next: string): Line => [
    next,
    {
      kind: 'closeBusinessDay',
      day: date(day),
      steps: [
        'LOAN_DELINQUENCY_CLASSIFICATION',
        'CHECK_LOAN_REPAYMENT_DUE',
        'CHECK_LOAN_REPAYMENT_OVERDUE',
        'UPDATE_LOAN_ARREARS_AGING',
        'ADD_PERIODIC_ACCRUAL_ENTRIES',
        'CHECK_DUE_INSTALLMENTS',
      ],
    },
  ];
  const late = closing('2025-02-15', '2025-02-16');
  const older = closing('2025-02-18', '2025-02-19');
  const oldest = closing('2025-03-07', '2025-03-08');
  const bad = closing('2025-03-08', '2025-03-09');
  const cases: readonly [what: string, lines: readonly Line[], events: string[]][] = [
    ['a quiet day', [closing('2025-01-31', '2025-02-01')], []],
    ['the day before a due date', [closing('2025-02-14', '2025-02-15')], ['loan.repayment_due']],
    [
      'a due date that was missed',
      [late],
      ['loan.installment_due', 'loan.delinquency_changed from=null to=EARLY'],
    ],
    ['two days after it', [late, closing('2025-02-17', '2025-02-18')], ['loan.overdue']],
    ['three days after it', [late, older], ['loan.delinquency_changed from=EARLY to=LATE']],
    ['twenty days after it', [late, older, oldest], ['loan.non_performing']],
    ['that is said once', [late, older, oldest, bad], []],
    [
      'all at once, where days were left out',
      [bad],
      ['loan.delinquency_changed from=null to=LATE', 'loan.non_performing'],
    ],
    [
      'a loan that has caught up',
      [bad, ['2025-03-09', pay(106)], closing('2025-03-09', '2025-03-10')],
      ['loan.performing'],
    ],
  ];
  it.each(cases)('%s', (_what, lines, events) => {
    expect(told(lines, own)).toEqual(events);
  });

  it('ranges of installments, where the product looks at each', () => {
    const each = { ...own, installmentLevelDelinquency: true };
    expect(told([late], each)).toEqual([
      'loan.installment_due',
      'loan.delinquency_changed from=null to=EARLY installmentsChanged=true',
    ]);
    const second = closing('2025-03-15', '2025-03-16');
    expect(told([late, oldest, second], each)).toEqual([
      'loan.installment_due',
      'loan.delinquency_changed from=LATE to=LATE installmentsChanged=true',
    ]);
    expect(told([late, oldest, second, closing('2025-03-16', '2025-03-17')], each)).not.toContain(
      'loan.delinquency_changed from=LATE to=LATE installmentsChanged=true',
    );
  });

  it('a pause, and its end', () => {
    const pause: LoanCommand = {
      kind: 'pauseDelinquency',
      startDate: date('2025-02-20'),
      endDate: date('2025-03-20'),
    };
    const resume: LoanCommand = { kind: 'resumeDelinquency', startDate: date('2025-03-01') };
    expect(told([late, ['2025-02-20', pause]], own)).toEqual([
      'loan.delinquency_paused startDate=2025-02-20 endDate=2025-03-20',
    ]);
    expect(told([late, ['2025-02-20', pause], ['2025-03-01', resume]], own)).toEqual([
      'loan.delinquency_resumed startDate=2025-03-01',
    ]);
  });

  it('a payment of all that was overdue leaves the range', () => {
    expect(told([late, ['2025-02-16', pay(106)]], own)).toEqual([
      'loan.repaid #3 transactionType=repayment date=2025-02-16 amount=106',
      'loan.delinquency_changed from=EARLY to=null',
    ]);
  });
});
