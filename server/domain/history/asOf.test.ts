import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { fee, type Line, on, openOf, pay, tell } from '../life/story.ts';
import { money } from '../schedule/exampleLoan.ts';
import { loanAsOf } from './asOf.ts';

const PLAIN = { interestRatePerPeriod: '0' } as const;

const LIFE: Line[] = [
  ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-10') }],
  ['2025-02-05', { kind: 'waiveCharge', chargeId: 1 }],
  ['2025-02-15', pay(100)],
  ['2025-03-20', pay(60, { on: date('2025-03-15') })],
  ['2025-03-25', { kind: 'chargeOff', on: date('2025-03-25') }],
  ['2025-04-20', pay(140)],
];

const asOf = (day: string, lines = LIFE) => loanAsOf(tell(PLAIN, lines).loan, date(day), on('2025-12-31'));

describe('300 lent on 15 Jan stood, with fee 5 added 20 Jan and waived 5 Feb,', () => {
  it.each([
    ['2025-01-15', 'active', ['100/0/0/0', '100/0/0/0', '100/0/0/0'], 'just paid out'],
    ['2025-01-20', 'active', ['100/0/5/0', '100/0/0/0', '100/0/0/0'], 'the fee added'],
    ['2025-02-04', 'active', ['100/0/5/0', '100/0/0/0', '100/0/0/0'], 'the day before the waiver'],
    ['2025-02-05', 'active', ['100/0/0/0', '100/0/0/0', '100/0/0/0'], 'the fee waived'],
    ['2025-02-15', 'active', ['0/0/0/0', '100/0/0/0', '100/0/0/0'], 'the first installment paid'],
    ['2025-03-15', 'active', ['0/0/0/0', '40/0/0/0', '100/0/0/0'], 'a payment that was entered later'],
    ['2025-04-19', 'active', ['0/0/0/0', '40/0/0/0', '100/0/0/0'], 'the day before the last payment'],
    ['2025-04-20', 'closed', ['0/0/0/0', '0/0/0/0', '0/0/0/0'], 'all paid'],
    ['2025-09-01', 'closed', ['0/0/0/0', '0/0/0/0', '0/0/0/0'], 'nothing came after'],
  ])('on %s %s, open %s: %s', (day, status, open) => {
    const loan = asOf(day);
    expect([loan.status, openOf(loan)]).toEqual([status, open]);
  });

  it('as charged off from 25 Mar', () => {
    expect(['2025-03-24', '2025-03-25', '2025-03-26'].map((day) => asOf(day).chargedOffOn)).toEqual([
      null,
      '2025-03-25',
      '2025-03-25',
    ]);
  });

  it('as the fee being waived or not', () => {
    expect(['2025-01-19', '2025-02-04', '2025-02-05'].map((day) => asOf(day).charges)).toEqual([
      [],
      [expect.objectContaining({ waived: 0n, isWaived: false })],
      [expect.objectContaining({ waived: money(5), isWaived: true })],
    ]);
  });
});

describe('before the money went out', () => {
  it('the loan was approved or still pending, and owed nothing', () => {
    const { loan } = tell(PLAIN, LIFE);
    const approved = { ...loan, approvedOn: date('2025-01-12'), approvedPrincipal: money(290) };
    const [pending, waiting] = ['2025-01-11', '2025-01-12'].map((day) =>
      loanAsOf(approved, date(day), on('2025-12-31')),
    );
    expect(pending).toMatchObject({ status: 'pending', approvedOn: null, approvedPrincipal: money(300) });
    expect(waiting).toMatchObject({
      status: 'approved',
      approvedOn: '2025-01-12',
      approvedPrincipal: money(290),
      disbursedOn: null,
      closedOn: null,
      chargedOffOn: null,
      overpaid: 0n,
      transactions: [],
      charges: [],
      tranches: [{ expectedOn: '2025-01-15', disbursedOn: null, amount: money(290) }],
    });
    expect(waiting?.installments.map(({ due }) => due)).toEqual(['2025-02-15', '2025-03-15', '2025-04-15']);
  });
});

describe('a loan written off', () => {
  const writtenOff: Line[] = [['2025-03-25', { kind: 'writeOff', on: date('2025-03-25') }]];
  it.each([
    ['2025-03-24', 'active', null],
    ['2025-03-25', 'writtenOff', '2025-03-25'],
    ['2025-03-26', 'writtenOff', '2025-03-25'],
  ])('was on %s %s', (day, status, closedOn) => {
    expect(asOf(day, writtenOff)).toMatchObject({ status, closedOn });
  });
});

describe('a loan written off, of which something was recovered later,', () => {
  const recovered: Line[] = [
    ['2025-03-25', { kind: 'writeOff', on: date('2025-03-25') }],
    ['2025-04-20', pay(40, { type: 'recoveryRepayment' })],
  ];
  it.each([
    ['2025-03-24', 'active', null, ['100/0/0/0', '100/0/0/0', '100/0/0/0']],
    ['2025-03-25', 'writtenOff', '2025-03-25', ['0/0/0/0', '0/0/0/0', '0/0/0/0']],
    ['2025-04-19', 'writtenOff', '2025-03-25', ['0/0/0/0', '0/0/0/0', '0/0/0/0']],
  ])('was on %s %s', (day, status, closedOn, open) => {
    const loan = asOf(day, recovered);
    expect([loan.status, loan.closedOn, openOf(loan)]).toEqual([status, closedOn, open]);
    expect(loan.transactions.every((each) => each.date <= day)).toBe(true);
  });

  it('and a closed one was active before', () => {
    const closed: Line[] = [
      ['2025-02-20', pay(300)],
      ['2025-03-01', { kind: 'chargeback', transactionId: 2, on: date('2025-03-01'), amount: money(10) }],
    ];
    expect(asOf('2025-02-19', closed)).toMatchObject({ status: 'active', closedOn: null });
    expect(asOf('2025-02-20', closed)).toMatchObject({ status: 'closed', closedOn: '2025-02-20' });
  });
});

/** Something that happens later, so that a day before it is no longer the loan's own. */
const LATER = tell(PLAIN, [
  ['2025-05-01', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-05-10') }],
]).loan.charges;

describe('a loan of two tranches', () => {
  const several = {
    ...PLAIN,
    interestType: 'DECLINING_BALANCE',
    multiDisburse: true,
    disallowExpectedDisbursements: true,
    overAppliedPercentage: '100',
  } as const;
  const { loan } = tell(several, [
    ['2025-03-01', { kind: 'disburse', on: date('2025-03-01'), amount: money(60) }],
  ]);

  it.each([
    ['2025-02-28', ['100/0/0/0', '100/0/0/0', '100/0/0/0'], [null]],
    ['2025-03-01', ['120/0/0/0', '120/0/0/0', '120/0/0/0'], ['2025-03-01']],
  ])('owed on %s %j', (day, open, second) => {
    const then = loanAsOf({ ...loan, charges: LATER }, date(day), on('2025-12-31'));
    expect(openOf(then)).toEqual(open);
    expect(then.tranches.map(({ disbursedOn }) => disbursedOn)).toEqual(['2025-01-15', ...second]);
  });
});

describe('a fee of every installment, waived one by one,', () => {
  const life: Line[] = [
    ['2025-01-20', { kind: 'addCharge', definition: fee(3, { time: 'INSTALLMENT' }) }],
    ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-10') }],
    ['2025-02-01', { kind: 'waiveCharge', chargeId: 1 }],
    ['2025-02-03', { kind: 'waiveCharge', chargeId: 2 }],
    ['2025-03-01', { kind: 'waiveCharge', chargeId: 1 }],
  ];
  it.each([
    ['2025-01-31', ['100/0/8/0', '100/0/3/0', '100/0/3/0'], [], [0n, 0n]],
    ['2025-02-02', ['100/0/5/0', '100/0/3/0', '100/0/3/0'], [1], [money(3), 0n]],
    ['2025-02-28', ['100/0/0/0', '100/0/3/0', '100/0/3/0'], [1], [money(3), money(5)]],
    ['2025-03-01', ['100/0/0/0', '100/0/0/0', '100/0/3/0'], [1, 2], [money(6), money(5)]],
  ])('was open on %s as %j', (day, open, places, waived) => {
    const loan = asOf(day, life);
    expect(openOf(loan)).toEqual(open);
    expect(loan.charges[0]?.waivedInstallments?.map(({ place }) => place) ?? []).toEqual(places);
    expect(loan.charges.map((charge) => charge.waived)).toEqual(waived);
  });
});

describe('a day on which nothing came later', () => {
  it('shows the loan itself', () => {
    const { loan } = tell(PLAIN, LIFE);
    expect(loanAsOf(loan, date('2025-04-20'), on('2025-12-31'))).toBe(loan);
    expect(loanAsOf(loan, date('2025-04-19'), on('2025-12-31'))).not.toBe(loan);
  });
});
