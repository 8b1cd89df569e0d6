import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { listedTransactions } from '../history/history.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import {
  accountBalances,
  continued,
  fee,
  type Line,
  openOf,
  pay,
  type Story,
  splitOf,
  tell,
} from './story.ts';

/** 300 in 3 monthly rows without interest. */
const PLAIN = { interestRatePerPeriod: '0' } as const;

const principals = ({ loan }: Story) => loan.installments.map((row) => shown(row.charged.principal));
const splits = ({ loan }: Story) =>
  listedTransactions(loan).map((each) => `${each.date.slice(5)} ${each.type} ${splitOf(each)}`.trim());

describe('closing and overpaying', () => {
  it.each([
    ['pays the last cent', 318, 'closed', 0n],
    ['leaves a cent', '317.99', 'active', 0n],
    ['pays a cent too much', '318.01', 'overpaid', 1n],
  ])('a payment that %s', (_, amount, status, overpaid) => {
    const { loan } = tell({}, [['2025-02-15', pay(amount)]]);
    expect([loan.status, loan.overpaid]).toEqual([status, overpaid]);
    expect(loan.closedOn).toBe(status === 'closed' ? '2025-02-15' : null);
    expect(loan.overpaidOn).toBe(status === 'overpaid' ? '2025-02-15' : null);
  });

  it('recognises all income on the day the loan closes', () => {
    const story = tell({}, [['2025-02-15', pay(318)]]);
    expect(splits(story)).toEqual(['01-15 disbursement', '02-15 repayment P 300 I 18', '02-15 accrual I 18']);
    expect(accountBalances(story.entries)).toEqual({ fundSource: '18', interestIncome: '-18' });
  });

  it('reopens when the last payment is undone, and the maturity is the agreed one again', () => {
    const closed = tell({}, [['2025-02-15', pay(318)]]);
    expect(closed.loan.actualMaturity).toBe('2025-02-15');
    const { loan } = continued(closed, [
      ['2025-02-16', { kind: 'reverse', transactionId: 2, on: date('2025-02-15') }],
    ]);
    expect([loan.status, loan.closedOn, loan.actualMaturity]).toEqual(['active', null, '2025-04-15']);
  });

  it('a fee on an overpaid loan is paid by the overpayment: the repayment is booked again', () => {
    const story = tell(PLAIN, [
      ['2025-02-15', pay(330)],
      ['2025-02-20', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-03-01') }],
    ]);
    expect(splits(story)).toContain('02-15 repayment P 300 F 12 O 18');
    expect(story.last.entries.map(({ transactionId }) => transactionId)).toEqual([2, 2]);
    expect(story.loan.status).toBe('overpaid');
  });
});

describe('credit balance refund', () => {
  it('closes the loan when the overpayment is paid out', () => {
    const story = tell(PLAIN, [
      ['2025-02-15', pay(330)],
      ['2025-02-20', pay(30, { type: 'creditBalanceRefund' })],
    ]);
    expect(splits(story)).toEqual([
      '01-15 disbursement',
      '02-15 repayment P 300 O 30',
      '02-20 creditBalanceRefund O 30',
    ]);
    expect([story.loan.status, story.loan.closedOn]).toEqual(['closed', '2025-02-20']);
  });

  it('becomes debt when the payment behind it is undone', () => {
    const story = tell(PLAIN, [
      ['2025-02-15', pay(330)],
      ['2025-02-20', pay(30, { type: 'creditBalanceRefund' })],
      ['2025-02-21', { kind: 'reverse', transactionId: 2, on: date('2025-02-21') }],
    ]);
    expect(principals(story)).toEqual(['100.00', '130.00', '100.00']);
    expect(story.loan.status).toBe('active');
  });
});

describe('chargeback', () => {
  const chargeback = (day: string, amount: number) =>
    [day, { kind: 'chargeback', transactionId: 2, on: date(day), amount: money(amount) }] as const;

  it('adds to the next installment', () => {
    const story = tell(PLAIN, [['2025-02-15', pay(100)], chargeback('2025-02-20', 40)]);
    expect(principals(story)).toEqual(['100.00', '140.00', '100.00']);
    expect(splits(story).at(-1)).toBe('02-20 chargeback P 40');
  });

  it('opens an additional installment after maturity', () => {
    const story = tell(PLAIN, [['2025-05-01', pay(300)], chargeback('2025-05-10', 70)]);
    const last = story.loan.installments.at(-1);
    expect([last?.kind, last?.from, last?.due, last?.charged.principal]).toEqual([
      'additional',
      '2025-04-15',
      '2025-05-10',
      money(70),
    ]);
    expect(story.loan.status).toBe('active');
  });

  it('is paid by an overpayment first', () => {
    const story = tell(PLAIN, [['2025-02-15', pay(330)], chargeback('2025-02-20', 100)]);
    expect(splits(story).at(-1)).toBe('02-20 chargeback P 70 O 30');
    const row = story.loan.installments[1];
    expect([row?.charged.principal, row?.paid.principal, row?.inAdvance]).toEqual([
      money(200),
      money(130),
      money(130),
    ]);
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '70/0/0/0', '0/0/0/0']);
  });
});

describe('what comes out of order', () => {
  it('a backdated payment takes the place of a later one, which is booked again', () => {
    const story = tell({}, [
      ['2025-02-20', pay(106)],
      ['2025-02-25', pay(50, { on: date('2025-02-10') })],
    ]);
    expect(splits(story)).toEqual([
      '01-15 disbursement',
      '02-10 repayment P 44 I 6',
      '02-20 repayment P 100 I 6',
    ]);
    const [first, second] = story.loan.installments;
    expect([first?.inAdvance, first?.late]).toEqual([money(50), money(56)]);
    expect(second?.inAdvance).toBe(money(50));
    // Same split, so only the new payment is posted.
    expect(story.last.entries.map(({ transactionId }) => transactionId)).toEqual([3]);
  });

  it('an undone payment stays listed, its lines are mirrored, later ones move up', () => {
    const story = tell({}, [
      ['2025-02-15', pay(106)],
      ['2025-03-15', pay(53)],
      ['2025-03-16', { kind: 'reverse', transactionId: 2, on: date('2025-03-16') }],
    ]);
    const undone = story.loan.transactions.find(({ id }) => id === 2);
    expect([undone?.reversal, undone?.reversedOn]).toEqual(['byHand', '2025-03-16']);
    expect(openOf(story.loan)).toEqual(['53/0/0/0', '100/6/0/0', '100/6/0/0']);
    expect(accountBalances(story.entries)).toMatchObject({ fundSource: '-247', loanPortfolio: '253' });
  });

  it('an edited payment is undone and booked anew with its amount and date', () => {
    const story = tell({}, [
      ['2025-02-15', pay(106)],
      ['2025-02-20', { kind: 'adjust', transactionId: 2, on: date('2025-02-18'), amount: money(56) }],
    ]);
    expect(splits(story).slice(1)).toEqual(['02-15 repayment P 100 I 6', '02-18 repayment P 50 I 6']);
    expect(story.loan.transactions.at(-1)?.relatedTransactionId).toBe(2);
    expect(openOf(story.loan)[0]).toBe('50/0/0/0');
  });

  it('an edit to zero only undoes', () => {
    const story = tell({}, [
      ['2025-02-15', pay(106)],
      ['2025-02-20', { kind: 'adjust', transactionId: 2, on: date('2025-02-20'), amount: 0n }],
    ]);
    expect(splits(story)).toHaveLength(2);
    expect(openOf(story.loan)[0]).toBe('100/6/0/0');
  });
});

describe('forgiveness and refunds', () => {
  it.each([
    ['goodwillCredit', { goodwillCredit: '94', goodwillInterest: '6', interestReceivable: '-6' }],
    ['merchantIssuedRefund', { fundSource: '-200', interestReceivable: '-6' }],
    ['payoutRefund', { fundSource: '-200', interestReceivable: '-6' }],
  ] as const)('a %s of 100 is laid over the schedule like a payment', (type, balances) => {
    const story = tell({}, [['2025-02-15', pay(100, { type })]]);
    expect(openOf(story.loan)[0]).toBe('6/0/0/0');
    expect(accountBalances(story.entries)).toMatchObject({ loanPortfolio: '206', ...balances });
  });

  it('waived interest is owed no longer; what was not accrued on it is not booked', () => {
    const story = tell({}, [['2025-02-15', pay(8, { type: 'waiveInterest' })]]);
    expect(openOf(story.loan)).toEqual(['100/0/0/0', '100/4/0/0', '100/6/0/0']);
    expect(accountBalances(story.entries)).toEqual({ loanPortfolio: '300', fundSource: '-300' });
    const paid = continued(story, [['2025-02-16', pay(310)]]);
    expect(accountBalances(paid.entries)).toEqual({ fundSource: '10', interestIncome: '-10' });
  });

  it('waived interest that was accrued is a loss', () => {
    const story = tell({}, [
      ['2025-02-16', { kind: 'accrue', till: date('2025-02-15') }],
      ['2025-02-16', pay(8, { type: 'waiveInterest' })],
      ['2025-02-17', pay(310)],
    ]);
    // 6 were accrued: 6 are a loss, 2 never become income.
    expect(accountBalances(story.entries)).toEqual({
      fundSource: '10',
      interestIncome: '-16',
      writeOff: '6',
    });
  });

  const accrued: Line = ['2025-02-15', { kind: 'accrue', till: date('2025-02-15') }];
  const waived: Line = ['2025-02-15', pay(4, { type: 'waiveInterest' })];
  const CASH = { accounting: { ...tell({}, []).loan.terms.accounting, method: 'CASH' as const } };

  it.each<[string, Partial<LoanTerms>, Line[], string, string]>([
    ['nothing accrued: none of it', {}, [], '', '4.00'],
    ['6 accrued: all of it', {}, [accrued], 'I 4', '0.00'],
    ['6 accrued, 4 waived before: what was left', {}, [accrued, waived], 'I 2', '2.00'],
    ['6 accrued and paid: none of it', {}, [accrued, ['2025-02-15', pay(106)]], '', '4.00'],
    ['6 accrued, 2 of them paid: 4', {}, [accrued, ['2025-02-15', pay(2)]], 'I 4', '0.00'],
    ['where income is booked as it is paid: all of it', CASH, [], 'I 4', '0.00'],
  ])('of 4 of waived interest a loss is, with %s', (_, own, lines, loss, unrecognised) => {
    const { loan } = tell(own, [...lines, ['2025-02-16', pay(4, { type: 'waiveInterest' })]]);
    const waiver = loan.transactions.at(-1);
    expect([waiver && splitOf(waiver), waiver && shown(waiver.unrecognised)]).toEqual([loss, unrecognised]);
  });

  it('of a payment nothing is unrecognised', () => {
    expect(tell({}, [accrued, ['2025-02-16', pay(50)]]).loan.transactions.at(-1)?.unrecognised).toBe(0n);
  });

  it('a refund that is undone counts from the last thing that happened, a payment from the day it is undone', () => {
    const overpaid: Line = ['2025-02-15', pay(330)];
    const undo = (transactionId: number): Line => [
      '2025-02-25',
      { kind: 'reverse', transactionId, on: date('2025-02-24') },
    ];
    const refunded = tell(PLAIN, [
      overpaid,
      ['2025-02-20', pay(30, { type: 'creditBalanceRefund' })],
      undo(3),
    ]).loan;
    expect([refunded.status, refunded.overpaidOn]).toEqual(['overpaid', '2025-02-15']);
    const repaid = tell(PLAIN, [['2025-02-15', pay(300)], ['2025-02-16', pay(30)], undo(3)]).loan;
    expect([repaid.status, repaid.closedOn]).toEqual(['closed', '2025-02-24']);
  });

  it('a cash refund gives back what was paid in advance, last installment first', () => {
    const story = tell({}, [
      ['2025-02-10', pay(200)],
      ['2025-02-10', pay(50, { type: 'refund' })],
    ]);
    expect(splits(story).at(-1)).toBe('02-10 refund P 50');
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '62/0/0/0', '100/6/0/0']);
  });

  it('what was recovered on a loan written off leaves it written off', () => {
    const story = tell({}, [
      ['2025-05-01', { kind: 'writeOff', on: date('2025-05-01') }],
      ['2025-06-01', pay(40, { type: 'recoveryRepayment' })],
    ]);
    expect(story.loan.status).toBe('writtenOff');
    expect(accountBalances(story.entries)).toMatchObject({ recoveryIncome: '-40', writeOff: '318' });
  });
});
