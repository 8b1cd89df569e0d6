import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { continued, fee, type Line, openOf, pay, splitOf, tell } from '../life/story.ts';
import { money } from '../schedule/exampleLoan.ts';

const PLAIN = { interestRatePerPeriod: '0' } as const;

const addFee = (day: string, amount: number, due: string): Line => [
  day,
  { kind: 'addCharge', definition: fee(amount), dueDate: date(due) },
];
const waive = (day: string, chargeId: number): Line => [day, { kind: 'waiveCharge', chargeId }];

describe('a payment of charges', () => {
  it('goes to another charge, once an older one is found: same split, other charge', () => {
    const { loan } = tell(PLAIN, [
      addFee('2025-01-20', 12, '2025-02-10'),
      ['2025-02-11', pay(12)],
      addFee('2025-02-12', 12, '2025-02-01'),
    ]);
    const payment = loan.transactions.find(({ type }) => type === 'repayment');
    expect(payment && splitOf(payment)).toBe('F 12');
    expect(payment?.chargesPaid).toEqual([{ chargeId: 2, amount: money(12) }]);
    expect(loan.charges.map(({ paid }) => paid)).toEqual([0n, money(12)]);
  });

  it('is shared with a second charge that falls due earlier', () => {
    const { loan } = tell(PLAIN, [
      addFee('2025-01-20', 12, '2025-02-10'),
      ['2025-02-11', pay(12)],
      addFee('2025-02-12', 5, '2025-02-01'),
    ]);
    const payment = loan.transactions.find(({ type }) => type === 'repayment');
    expect(payment?.chargesPaid).toEqual([
      { chargeId: 2, amount: money(5) },
      { chargeId: 1, amount: money(7) },
    ]);
  });
});

describe('an additional installment', () => {
  const story = () => tell(PLAIN, [addFee('2025-02-20', 12, '2025-04-25')]);

  it('is opened once, however often the history is replayed', () => {
    const { loan } = continued(story(), [
      addFee('2025-02-21', 3, '2025-04-28'),
      ['2025-04-29', pay(100, { on: date('2025-02-15') })],
    ]);
    expect(loan.installments.map(({ kind, due }) => `${kind} ${due}`)).toEqual([
      'normal 2025-02-15',
      'normal 2025-03-15',
      'normal 2025-04-15',
      'additional 2025-04-28',
    ]);
    expect(openOf(loan).at(-1)).toBe('0/0/15/0');
  });

  it('keeps the income recognised on it through a replay', () => {
    const { loan } = continued(story(), [
      ['2025-04-26', { kind: 'accrue', till: date('2025-04-26') }],
      ['2025-04-29', pay(100, { on: date('2025-02-15') })],
    ]);
    expect(loan.installments.at(-1)?.accrued.fees).toBe(money(12));
  });

  it('settled by a waiver alone shows the day of the latest waiver', () => {
    const { loan } = continued(story(), [
      addFee('2025-02-21', 3, '2025-04-28'),
      waive('2025-04-18', 2),
      waive('2025-04-20', 1),
      ['2025-04-29', pay(100, { on: date('2025-02-15') })],
    ]);
    expect(loan.installments.at(-1)).toMatchObject({ metOn: '2025-04-20' });
    expect(openOf(loan).at(-1)).toBe('0/0/0/0');
  });
});

describe('a loan that is written off', () => {
  it('has every installment met that day but those met before, and every charge written off', () => {
    const { loan } = tell(PLAIN, [
      addFee('2025-01-20', 12, '2025-03-10'),
      addFee('2025-01-20', 6, '2025-04-10'),
      ['2025-02-10', pay(105)],
      ['2025-03-20', { kind: 'writeOff', on: date('2025-03-20') }],
    ]);
    expect(loan.installments.map(({ metOn }) => metOn)).toEqual(['2025-02-10', '2025-03-20', '2025-03-20']);
    expect(loan.charges.map(({ paid, writtenOff }) => [paid, writtenOff])).toEqual([
      [money(5), money(7)],
      [0n, money(6)],
    ]);
  });
});

describe('an overpayment', () => {
  it('is gone for a cash refund once it was paid out', () => {
    const { loan } = tell(PLAIN, [
      ['2025-02-15', pay(330)],
      ['2025-02-16', { kind: 'pay', type: 'creditBalanceRefund', on: date('2025-02-16'), amount: money(10) }],
      addFee('2025-02-17', 12, '2025-04-25'),
    ]);
    expect(loan.overpaid).toBe(money(8));
    expect(loan.transactions.filter(({ type }) => type !== 'disbursement').map(splitOf)).toEqual([
      'P 300 F 12 O 18',
      'O 10',
    ]);
  });
});
