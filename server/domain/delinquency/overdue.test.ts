import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { booked } from '../life/story.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTransaction } from '../transaction.ts';
import { overdueOf, overdueOfRow } from './overdue.ts';

/** Rows of 100 due on the 15th: February paid, March with 30 paid, April open. */
function rows(): Installment[] {
  const PAID = { 'Jan-15 Feb': 100, 'Feb-15 Mar': 30, 'Mar-15 Apr': 0 } as const;
  return Object.values(PAID).map((paid, index) => {
    const [from, due] = [`2025-0${index + 1}-15`, `2025-0${index + 2}-15`].map(date);
    const row = newInstallment({
      number: index + 1,
      kind: 'normal',
      from: from ?? date(''),
      due: due ?? date(''),
    });
    row.charged.principal = money(100);
    row.paid.principal = money(paid);
    row.metOn = paid === 100 ? row.due : null;
    return row;
  });
}

const back = (day: string, amount: number, own: Partial<LoanTransaction> = {}): LoanTransaction =>
  booked(`2025-${day}`, { type: 'chargeback', amount: money(amount), ...own });

function overdue(transactions: LoanTransaction[], day: string): string {
  const { amount, since } = overdueOf({ installments: rows(), transactions }, date(`2025-${day}`));
  return since === null ? shown(amount) : `${shown(amount)} since ${since.slice(5)}`;
}

describe('on 5 March the March row, 30 paid, is overdue by what chargebacks took above that', () => {
  it.each<[string, LoanTransaction[], string]>([
    ['nothing was charged back', [], '0.00'],
    ['as much as was paid', [back('03-01', 30)], '0.00'],
    ['a cent more', [back('03-01', 30.01)], '0.01 since 03-01'],
    ['on the first day of the row', [back('02-15', 70)], '40.00 since 02-15'],
    ['the day before, in the row of February', [back('02-14', 70)], '0.00'],
    ['yesterday', [back('03-04', 70)], '40.00 since 03-04'],
    ['today', [back('03-05', 70)], '0.00'],
    ['two that only together are more', [back('03-01', 20), back('02-20', 20)], '10.00 since 03-01'],
    [
      'one that is more, and another: the latest counts',
      [back('02-20', 50), back('03-01', 10)],
      '30.00 since 03-01',
    ],
    ['one that was taken back', [back('03-01', 70, { reversal: 'byHand' })], '0.00'],
    ['a payment', [back('03-01', 70, { type: 'repayment' })], '0.00'],
  ])('%s', (_, transactions, answer) => {
    expect(overdue(transactions, '03-05')).toBe(answer);
  });

  it('and still on its due date', () => {
    expect(overdue([back('03-01', 70)], '03-15')).toBe('40.00 since 03-01');
    expect(overdue([back('03-15', 70)], '03-15')).toBe('0.00');
  });
});

describe('on 20 March the March row is overdue by its 70', () => {
  it.each<[string, LoanTransaction[], string]>([
    ['since its due date', [], '70.00 since 03-15'],
    ['since the day that chargebacks took more than was paid', [back('03-01', 31)], '70.00 since 03-01'],
    ['since the first such day', [back('03-10', 40), back('03-01', 40)], '70.00 since 03-01'],
    ['which is the second of two', [back('03-10', 20), back('03-01', 20)], '70.00 since 03-10'],
    ['since its due date if they took what was paid', [back('03-01', 30)], '70.00 since 03-15'],
    ['and no later, by one dated after it', [back('03-17', 70)], '140.00 since 03-15'],
    ['and the April row by what was charged back in it', [back('03-15', 25)], '95.00 since 03-15'],
  ])('%s', (_, transactions, answer) => {
    expect(overdue(transactions, '03-20')).toBe(answer);
  });

  it('alone; on 20 April the April row as well', () => {
    expect(overdue([], '03-16')).toBe('70.00 since 03-15');
    expect(overdue([], '04-15')).toBe('70.00 since 03-15');
    expect(overdue([], '04-20')).toBe('170.00 since 03-15');
  });
});

it('a row that is met is never overdue, whatever was charged back', () => {
  const [february] = rows();
  const history = { installments: rows(), transactions: [back('02-01', 500)] };
  expect(february && overdueOfRow(february, history, date('2025-03-05'))).toEqual({
    amount: 0n,
    since: null,
  });
});
