import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { byDateThenSequence, listedTransactions } from '../history/history.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { booked, continued, fee, type Line, on, openOf, pay, penalty, splitOf, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTransaction } from '../transaction.ts';
import { firstDisbursement, isLatest, sameSplit } from './cumulativeReplay.ts';
import { paymentOrder } from './run.ts';

const PLAIN = { interestRatePerPeriod: '0' } as const;

const dated = (day: string) => ({ on: date(day) });
const charge = (amount: number, due: string, kind = fee): ((day: string) => Line[1]) => {
  return () => ({ kind: 'addCharge', definition: kind(amount), dueDate: date(due) });
};
const line = (day: string, make: (day: string) => Line[1]): Line => [day, make(day)];

/** `2025-02-15 repayment 100: P 100` of every payment, in the order of the list. */
const history = (transactions: readonly LoanTransaction[]): string[] =>
  [...transactions]
    .sort(byDateThenSequence)
    .filter(({ type }) => type !== 'disbursement' && type !== 'accrual')
    .map((each) => `${each.date} ${each.type} ${splitOf(each)}`.trim());

describe('a payment that arrives late but counts earlier', () => {
  it('takes its place, and the later ones are split anew', () => {
    const { loan, last } = tell(PLAIN, [
      ['2025-04-15', pay(250)],
      ['2025-04-20', pay(100, dated('2025-02-15'))],
    ]);
    expect(history(loan.transactions)).toEqual([
      '2025-02-15 repayment P 100',
      '2025-04-15 repayment P 200 O 50',
    ]);
    expect(last.changed.map(({ id }) => id)).toContain(2);
    expect(loan.installments.map(({ late, metOn }) => [late, metOn])).toEqual([
      [0n, '2025-02-15'],
      [money(100), '2025-04-15'],
      [0n, '2025-04-15'],
    ]);
  });

  it('leaves those alone whose split stays', () => {
    const story = tell(PLAIN, [
      ['2025-03-15', pay(100)],
      ['2025-03-20', pay(50, dated('2025-02-15'))],
    ]);
    const [first] = story.loan.transactions.filter(({ type }) => type === 'repayment');
    expect(first).toMatchObject({ id: 2, portions: { principal: money(100) } });
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '50/0/0/0', '100/0/0/0']);
  });
});

describe('a charge that comes in later', () => {
  it('is settled by the payments that follow its due date in the schedule', () => {
    const { loan } = tell(PLAIN, [['2025-02-15', pay(100)], line('2025-02-20', charge(12, '2025-02-10'))]);
    expect(openOf(loan)).toEqual(['12/0/0/0', '100/0/0/0', '100/0/0/0']);
    expect(history(loan.transactions)).toEqual(['2025-02-15 repayment P 88 F 12']);
    expect(loan.transactions.find(({ type }) => type === 'repayment')?.chargesPaid).toEqual([
      { chargeId: 1, amount: money(12) },
    ]);
  });

  it('turns an overpayment back into a payment', () => {
    const { loan } = tell(PLAIN, [['2025-02-15', pay(330)], line('2025-02-20', charge(12, '2025-04-25'))]);
    expect(history(loan.transactions)).toEqual(['2025-02-15 repayment P 300 F 12 O 18']);
    expect([loan.status, loan.installments.length]).toEqual(['overpaid', 4]);
  });

  it('opens an additional installment that goes again with it', () => {
    const story = tell(PLAIN, [line('2025-02-20', charge(12, '2025-04-25', penalty))]);
    expect(story.loan.installments).toHaveLength(4);
    const waived = continued(story, [['2025-02-21', { kind: 'waiveCharge', chargeId: 1 }]]);
    expect(openOf(waived.loan).at(-1)).toBe('0/0/0/0');
  });
});

describe('cash handed back', () => {
  const refund = (amount: number) => (day: string) =>
    ({ kind: 'pay', type: 'refund', on: date(day), amount: money(amount) }) as const;

  it('comes out of the installments paid last', () => {
    const { loan } = tell(PLAIN, [['2025-02-15', pay(150)], line('2025-02-20', refund(40))]);
    expect(history(loan.transactions)).toEqual(['2025-02-15 repayment P 150', '2025-02-20 refund P 40']);
    expect(openOf(loan)).toEqual(['0/0/0/0', '90/0/0/0', '100/0/0/0']);
    expect(loan.installments.map(({ metOn }) => metOn)).toEqual(['2025-02-15', null, null]);
  });

  it('opens charges again that had been paid', () => {
    const { loan } = tell(PLAIN, [
      line('2025-01-20', charge(12, '2025-02-10')),
      line('2025-01-20', charge(3, '2025-02-11', penalty)),
      ['2025-02-15', pay(115)],
      line('2025-02-15', refund(115)),
    ]);
    expect(loan.charges.map(({ paid }) => paid)).toEqual([0n, 0n]);
    expect(loan.transactions.at(-1)?.chargesPaid).toEqual([
      { chargeId: 2, amount: money(-3) },
      { chargeId: 1, amount: money(-12) },
    ]);
  });

  it('holds the payment that it came from', () => {
    const story = tell(PLAIN, [['2025-02-15', pay(150)], line('2025-02-20', refund(40))]);
    expect(() =>
      continued(story, [['2025-02-21', { kind: 'reverse', transactionId: 2, on: date('2025-02-21') }]]),
    ).toThrow('The money of this payment was handed back in a cash refund');
  });
});

describe('the order of a replay', () => {
  const at = (day: string, sequence: number, own: Partial<LoanTransaction> = {}): LoanTransaction =>
    booked(day, { id: sequence, ...own });

  const againAndAgain: Line[] = [
    ['2025-02-15', pay(50)],
    ['2025-02-15', pay(50)],
    line('2025-02-20', charge(10, '2025-02-10')),
  ];
  const payments = (loan: Loan) =>
    listedTransactions(loan)
      .filter(({ type }) => type === 'repayment')
      .map((each) => `${each.id} ${splitOf(each)} of ${shown(each.balance)}`);

  it('shows a payment that was booked again behind the others of its date', () => {
    const { loan } = tell(PLAIN, againAndAgain);
    expect(payments(loan)).toEqual(['3 P 50 of 250.00', '2 P 40 F 10 of 210.00']);
    expect(loan.transactions.map(({ id, sequence, laidAs }) => [id, sequence, laidAs])).toEqual([
      [1, 1, undefined],
      [2, 4, 2],
      [3, 3, undefined],
    ]);
    expect(differencesFromRebuilt(loan, on('2025-02-20'))).toEqual([]);
  });

  it('takes it there in the next replay', () => {
    const { loan } = tell(PLAIN, [...againAndAgain, line('2025-02-21', charge(5, '2025-03-01'))]);
    expect(payments(loan)).toEqual(['3 P 40 F 10 of 260.00', '2 P 50 of 210.00']);
    expect(differencesFromRebuilt(loan, on('2025-02-21'))).toEqual([]);
  });

  it.each<[string, boolean, LoanTransaction]>([
    ['an earlier payment', true, at('2025-02-14', 1)],
    ['a payment of the same day', true, at('2025-02-15', 1)],
    ['a later payment', false, at('2025-02-16', 1)],
    ['a later one that was taken back', true, at('2025-02-16', 1, { reversal: 'byHand' })],
    ['a later accrual', true, at('2025-02-16', 1, { type: 'accrual' })],
    ['a later accrual activity', true, at('2025-02-16', 1, { type: 'accrualActivity' })],
    ['a later disbursement', true, at('2025-02-16', 1, { type: 'disbursement' })],
    ['its charges', true, at('2025-02-16', 1, { type: 'repaymentAtDisbursement' })],
    ['a later charge-off', false, at('2025-02-16', 1, { type: 'chargeOff' })],
  ])('beside %s a payment comes last: %s', (_, last, other) => {
    expect(isLatest(at('2025-02-15', 9), [other])).toBe(last);
  });

  it('knows a split that came out as before', () => {
    const before = at('2025-02-15', 1, { amount: 10n, overpaid: 1n });
    const { portions, overpaid, chargesPaid } = before;
    expect(sameSplit(before, { portions, overpaid, chargesPaid })).toBe(true);
    expect(sameSplit(before, { portions, overpaid, chargesPaid, amount: 10n })).toBe(true);
    expect(sameSplit(before, { portions, overpaid, chargesPaid, amount: 11n })).toBe(false);
    expect(sameSplit(before, { portions, overpaid: 0n, chargesPaid })).toBe(false);
    expect(sameSplit(before, { portions: { ...portions, fees: 1n }, overpaid, chargesPaid })).toBe(false);
  });

  it('begins with the first disbursement, or where it is expected', () => {
    const { loan } = tell(PLAIN, []);
    const type = 'disbursement';
    const transactions = [at('2025-01-10', 1), at('2025-03-01', 2, { type }), at('2025-02-01', 3, { type })];
    expect(firstDisbursement({ terms: loan.terms, transactions })).toBe('2025-02-01');
    expect(firstDisbursement({ terms: loan.terms, transactions: [] })).toBe('2025-01-15');
  });

  it('is fixed for cumulative loans only', () => {
    const { loan } = tell(PLAIN, []);
    const strategy = 'advanced-payment-allocation-strategy';
    expect(() => paymentOrder({ ...loan.terms, strategy })).toThrow(
      'a cumulative loan pays in a fixed order',
    );
    expect(paymentOrder(loan.terms).refund).toEqual(['principal', 'interest', 'fees', 'penalties']);
  });
});
