import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import { submitLoan } from '../life/origination.ts';
import { fee, type Line, on, pay, penalty, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { rule } from '../progressive/exampleLoan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { figuresOf, type LoanSummary, scheduleRows, summarizeLoan } from './summary.ts';

const plain = (amount: bigint): string => shown(amount).replace('.00', '');
const START = on('2025-01-15');

/** 300 at 2 % a month flat, 4.50 kept back; 2 of interest and a fee of 9 waived, 30 paid. */
const lived = (...more: Line[]): Loan => {
  const atDisbursement = fee('1.5', { time: 'DISBURSEMENT', calculation: 'PERCENT_OF_AMOUNT' });
  const application = {
    terms: storyTerms(),
    submittedOn: date('2025-01-15'),
    charges: [{ definition: atDisbursement }],
  };
  const { loan } = submitLoan(application, START);
  const lines: Line[] = [
    ['2025-01-15', { kind: 'approve', on: date('2025-01-15') }],
    ['2025-01-15', { kind: 'disburse', on: date('2025-01-15') }],
    ['2025-01-20', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10') }],
    ['2025-01-20', { kind: 'addCharge', definition: penalty(7), dueDate: date('2025-02-12') }],
    ['2025-01-20', { kind: 'addCharge', definition: fee(9), dueDate: date('2025-02-13') }],
    ['2025-02-14', { kind: 'waiveCharge', chargeId: 4 }],
    ['2025-02-14', pay(2, { type: 'waiveInterest' })],
    ['2025-02-15', pay(30)],
    ...more,
  ];
  return lines.reduce((sofar, [day, line]) => {
    const command = typeof line === 'function' ? line(day) : line;
    return decide(sofar, command, on(day)).loan;
  }, loan);
};

/** Charged, paid, waived, written off, outstanding, overdue. */
const columns = (loan: Loan, day: string) => {
  const figures = figuresOf(loan, date(day));
  return (['principal', 'interest', 'fees', 'penalties'] as const).map((component) =>
    (['charged', 'paid', 'waived', 'writtenOff', 'outstanding', 'overdue'] as const)
      .map((column) => plain(figures[column][component]))
      .join(' '),
  );
};

const totals = ({
  totalRepayment,
  totalOverdue,
  totalOverpaid,
  totalOutstanding,
  nextDueDate,
  nextDueAmount,
}: LoanSummary) => [
  ...[totalRepayment, totalOverdue, totalOverpaid, totalOutstanding].map(plain),
  nextDueDate,
  nextDueAmount === null ? null : plain(nextDueAmount),
];

describe('the figures of a loan: charged, paid, waived, written off, outstanding, overdue', () => {
  it.each<[string, Loan, string, string[]]>([
    // 30 paid 7 of penalties, 12 of fees, 4 of interest and 7 of principal.
    [
      'on the second due date',
      lived(),
      '2025-03-15',
      ['300 7 0 0 293 93', '18 4 2 0 12 0', '21 12 9 0 0 0', '7 7 0 0 0 0'],
    ],
    [
      'the day after',
      lived(),
      '2025-03-16',
      ['300 7 0 0 293 193', '18 4 2 0 12 6', '21 12 9 0 0 0', '7 7 0 0 0 0'],
    ],
    [
      'once it is written off',
      lived(['2025-03-20', { kind: 'writeOff', on: date('2025-03-20') }]),
      '2025-03-20',
      ['300 7 0 293 0 0', '18 4 2 12 0 0', '21 12 9 0 0 0', '7 7 0 0 0 0'],
    ],
    [
      'before it is paid out',
      submitLoan({ terms: storyTerms(), submittedOn: date('2025-01-15') }, START).loan,
      '2025-06-01',
      ['300 0 0 0 0 0', '18 0 0 0 0 0', '0 0 0 0 0 0', '0 0 0 0 0 0'],
    ],
  ])('%s', (_, loan, day, rows) => {
    expect(columns(loan, day)).toEqual(rows);
  });

  it('stand in its summary, with what was kept back at the disbursement', () => {
    expect(summarizeLoan(lived(), date('2025-03-16'))).toMatchObject({
      principalDisbursed: money(300),
      principalPaid: money(7),
      principalWrittenOff: 0n,
      principalOutstanding: money(293),
      principalOverdue: money(193),
      interestCharged: money(18),
      interestPaid: money(4),
      interestWaived: money(2),
      interestWrittenOff: 0n,
      interestOutstanding: money(12),
      interestOverdue: money(6),
      feesCharged: money('25.50'),
      feesPaid: money('16.50'),
      feesWaived: money(9),
      feesWrittenOff: 0n,
      feesOutstanding: 0n,
      feesOverdue: 0n,
      penaltiesCharged: money(7),
      penaltiesPaid: money(7),
      penaltiesWaived: 0n,
      penaltiesWrittenOff: 0n,
      penaltiesOutstanding: 0n,
      penaltiesOverdue: 0n,
      daysPastDue: 29,
    });
  });

  it('leave out charges at disbursement that no longer hold', () => {
    const loan = lived();
    const without = { ...loan, charges: loan.charges.map((charge) => ({ ...charge, active: false })) };
    expect(summarizeLoan(without, date('2025-03-16'))).toMatchObject({
      feesCharged: money(21),
      totalRepayment: money(30),
    });
  });
});

describe('totals: repaid, overdue, overpaid, outstanding, and what is due next', () => {
  const pending = submitLoan({ terms: storyTerms(), submittedOn: date('2025-01-15') }, START).loan;
  const approved = decide(pending, { kind: 'approve', on: date('2025-01-15') }, START).loan;
  const rejected = decide(pending, { kind: 'reject', on: date('2025-01-15') }, START).loan;

  it.each<[string, Loan, (string | null)[]]>([
    ['of a loan overdue', lived(), ['34.50', '199', '0', '305', '2025-02-15', '93']],
    [
      'with its first row paid',
      tell({}, [['2025-02-15', pay(106)]]).loan,
      ['106', '106', '0', '212', '2025-03-15', '106'],
    ],
    ['paid up', tell({}, [['2025-02-15', pay(318)]]).loan, ['318', '0', '0', '0', null, null]],
    ['overpaid', tell({}, [['2025-02-15', pay(320)]]).loan, ['318', '0', '2', '0', null, null]],
    [
      'written off',
      lived(['2025-03-16', { kind: 'writeOff', on: date('2025-03-16') }]),
      ['34.50', '0', '0', '0', null, null],
    ],
    ['pending', pending, ['0', '0', '0', '0', '2025-02-15', '106']],
    ['approved', approved, ['0', '0', '0', '0', '2025-02-15', '106']],
    ['rejected', rejected, ['0', '0', '0', '0', null, null]],
  ])('%s', (_, loan, figures) => {
    expect(totals(summarizeLoan(loan, date('2025-03-16')))).toEqual(figures);
  });

  it('pass rows without anything open by', () => {
    const grace = {
      interestRatePerPeriod: '0',
      graceOnPrincipal: 1,
      interestType: 'DECLINING_BALANCE',
    } as const;
    const waiting = submitLoan({ terms: storyTerms(grace), submittedOn: date('2025-01-15') }, START).loan;
    expect(totals(summarizeLoan(waiting, date('2025-01-15'))).slice(4)).toEqual(['2025-03-15', '150']);
  });
});

describe('the schedule as it is shown', () => {
  const SEVERAL: Partial<LoanTerms> = {
    interestRatePerPeriod: '0',
    interestType: 'DECLINING_BALANCE',
    multiDisburse: true,
    disallowExpectedDisbursements: true,
    overAppliedPercentage: '100',
  };
  const PROGRESSIVE: Partial<LoanTerms> = {
    ...SEVERAL,
    scheduleType: 'PROGRESSIVE',
    strategy: 'advanced-payment-allocation-strategy',
    allocationRules: [rule('NEXT_INSTALLMENT')],
  };
  const down = { downPayment: { enabled: true, percentage: '25', automatic: false } } as const;
  const drawn = (day: string, amount: number): Line => [
    day,
    { kind: 'disburse', on: date(day), amount: money(amount) },
  ];

  /** `1 02-15 31 days 100, 200 left`: period, due date, days, principal, balance. */
  const rows = (loan: Loan) =>
    scheduleRows(loan).map(({ period, dueDate, days, principalDisbursed, principalDue, principalBalance }) =>
      period === 0
        ? `${dueDate.slice(5)} out ${plain(principalDisbursed)}`
        : `${period} ${dueDate.slice(5)} ${days} days ${plain(principalDue)}, ${plain(principalBalance)} left`,
    );

  it.each<[string, Partial<LoanTerms>, Line[], string[]]>([
    [
      'one disbursement',
      SEVERAL,
      [],
      [
        '01-15 out 300',
        '1 02-15 31 days 100, 200 left',
        '2 03-15 28 days 100, 100 left',
        '3 04-15 31 days 100, 0 left',
      ],
    ],
    [
      'cumulative: a tranche of a due date before its row',
      SEVERAL,
      [drawn('2025-02-15', 60)],
      [
        '01-15 out 300',
        '02-15 out 60',
        '1 02-15 31 days 120, 240 left',
        '2 03-15 28 days 120, 120 left',
        '3 04-15 31 days 120, 0 left',
      ],
    ],
    [
      'cumulative: the day after in the next',
      SEVERAL,
      [drawn('2025-02-16', 60)],
      [
        '01-15 out 300',
        '1 02-15 31 days 120, 180 left',
        '02-16 out 60',
        '2 03-15 28 days 120, 120 left',
        '3 04-15 31 days 120, 0 left',
      ],
    ],
    [
      'progressive: a tranche of a due date after its row',
      PROGRESSIVE,
      [drawn('2025-02-15', 60)],
      [
        '01-15 out 300',
        '1 02-15 31 days 100, 200 left',
        '02-15 out 60',
        '2 03-15 28 days 130, 130 left',
        '3 04-15 31 days 130, 0 left',
      ],
    ],
    [
      'progressive: the day before in it',
      PROGRESSIVE,
      [drawn('2025-02-14', 60)],
      [
        '01-15 out 300',
        '02-14 out 60',
        '1 02-15 31 days 120, 240 left',
        '2 03-15 28 days 120, 120 left',
        '3 04-15 31 days 120, 0 left',
      ],
    ],
    [
      'each tranche before its down payment',
      { ...SEVERAL, ...down },
      [drawn('2025-03-01', 120)],
      [
        '01-15 out 300',
        '1 01-15 0 days 75, 225 left',
        '2 02-15 31 days 105, 120 left',
        '03-01 out 120',
        '3 03-01 0 days 30, 210 left',
        '4 03-15 28 days 105, 105 left',
        '5 04-15 31 days 105, 0 left',
      ],
    ],
    [
      'what was charged back in the balance again',
      SEVERAL,
      [
        ['2025-02-15', pay(100)],
        ['2025-02-20', { kind: 'chargeback', transactionId: 2, on: date('2025-02-20'), amount: money(40) }],
      ],
      [
        '01-15 out 300',
        '1 02-15 31 days 100, 200 left',
        '2 03-15 28 days 140, 100 left',
        '3 04-15 31 days 100, 0 left',
      ],
    ],
  ])('%s', (_, own, lines, shownRows) => {
    expect(rows(tell(own, lines).loan)).toEqual(shownRows);
  });

  it('shows tranches by their dates, expected ones among them', () => {
    const { loan } = tell(
      { ...SEVERAL, disallowExpectedDisbursements: false, overAppliedPercentage: null },
      [],
    );
    const [done] = loan.tranches;
    const expecting: Loan = {
      ...loan,
      approvedPrincipal: money(400),
      tranches: [
        { expectedOn: date('2025-03-20'), disbursedOn: null, amount: money(30) },
        { expectedOn: date('2025-03-25'), disbursedOn: date('2025-02-20'), amount: money(70) },
        ...(done ? [done] : []),
      ],
    };
    expect(rows(expecting).filter((row) => row.includes('out'))).toEqual([
      '01-15 out 300',
      '02-20 out 70',
      '03-20 out 30',
    ]);
  });

  it('of a loan that starts with its submission shows the disbursement where it happens', () => {
    const terms = {
      ...SEVERAL,
      repaymentStartDateType: 'SUBMITTED_ON_DATE',
      expectedDisbursementDate: date('2025-02-01'),
    } as const;
    const { loan } = submitLoan({ terms: storyTerms(terms), submittedOn: date('2025-01-15') }, START);
    expect(rows(loan)).toEqual([
      '02-01 out 300',
      '1 02-15 31 days 100, 200 left',
      '2 03-15 28 days 100, 100 left',
      '3 04-15 31 days 100, 0 left',
    ]);
  });

  it('shows charges that were kept back with the first disbursement only', () => {
    const definition = fee(3, { time: 'DISBURSEMENT' });
    const { loan } = submitLoan(
      { terms: storyTerms(SEVERAL), submittedOn: date('2025-01-15'), charges: [{ definition }] },
      START,
    );
    const approved = decide(loan, { kind: 'approve', on: date('2025-01-15') }, START).loan;
    const first = decide(approved, { kind: 'disburse', on: date('2025-01-15') }, START).loan;
    const second = decide(
      first,
      { kind: 'disburse', on: date('2025-03-01'), amount: money(60) },
      on('2025-03-01'),
    ).loan;
    const disbursements = (each: Loan) =>
      scheduleRows(each)
        .filter(({ kind }) => kind === 'disbursement')
        .map((row) => [
          row.dueDate,
          plain(row.feesDue),
          plain(row.feesPaid),
          plain(row.totalOutstanding),
          row.complete,
        ]);
    expect(disbursements(loan)).toEqual([['2025-01-15', '3', '0', '3', false]]);
    expect(disbursements(second)).toEqual([
      ['2025-01-15', '3', '3', '0', true],
      ['2025-03-01', '0', '0', '0', true],
    ]);
  });

  it('shows of a row all that was due, paid, waived and given up, and when', () => {
    const loan = lived(['2025-02-20', pay(43)], ['2025-03-20', { kind: 'writeOff', on: date('2025-03-20') }]);
    expect(scheduleRows(loan)[1]).toEqual({
      period: 1,
      kind: 'normal',
      fromDate: '2025-01-15',
      dueDate: '2025-02-15',
      days: 31,
      principalDisbursed: 0n,
      principalDue: money(100),
      interestDue: money(6),
      feesDue: money(21),
      penaltiesDue: money(7),
      totalDue: money(134),
      principalPaid: money(50),
      interestPaid: money(4),
      feesPaid: money(12),
      penaltiesPaid: money(7),
      totalPaid: money(73),
      totalWaived: money(11),
      totalWrittenOff: money(50),
      paidInAdvance: 0n,
      paidLate: money(43),
      totalOutstanding: 0n,
      principalBalance: money(200),
      complete: true,
      paidDate: '2025-03-20',
    });
  });
});
