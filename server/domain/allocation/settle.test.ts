import { describe, expect, it } from 'vitest';
import { COMPONENTS, noPortions } from '../components.ts';
import { date } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import { creditAmount, rowForCredit } from './credit.ts';
import { allocateInFixedOrder, refundInFixedOrder, waiveInterestInOrder } from './fixedOrder.ts';
import { noteWhetherMet, type PaymentInHand, payComponent, unpayComponent } from './settle.ts';
import { type FixedOrderStrategy, PAYMENT_ORDERS } from './strategies.ts';

/** Due on 15 Feb: 100 principal, 6 interest, 5 fees, 2 penalties. */
function installment(number = 1, from = '2025-01-15', due = '2025-02-15'): Installment {
  const row = newInstallment({ number, kind: 'normal', from: date(from), due: date(due) });
  row.charged = { principal: money(100), interest: money(6), fees: money(5), penalties: money(2) };
  return row;
}

const threeMonths = () => [
  installment(1),
  installment(2, '2025-02-15', '2025-03-15'),
  installment(3, '2025-03-15', '2025-04-15'),
];

const hand = (on: string, amount: number): PaymentInHand => ({
  date: date(on),
  left: money(amount),
  portions: noPortions(),
});

const split = ({ portions }: PaymentInHand) =>
  COMPONENTS.map((component) => shown(portions[component]).replace('.00', '')).join('/');

describe('a payment of 40 on principal', () => {
  it.each([
    ['2025-02-14', 40, 0, 'in advance'],
    ['2025-02-15', 0, 0, 'in time'],
    ['2025-02-16', 0, 40, 'late'],
  ])('on %s is %s in advance and %s late', (on, inAdvance, late) => {
    const row = installment();
    const payment = hand(on, 40);
    expect(payComponent(payment, { row, component: 'principal' })).toBe(money(40));
    expect([row.paid.principal, row.inAdvance, row.late]).toEqual([money(40), money(inAdvance), money(late)]);
    expect([payment.left, split(payment)]).toEqual([0n, '40/0/0/0']);
  });
});

describe('a payment takes', () => {
  it('what is open, and no more than its limit', () => {
    const row = installment();
    const payment = hand('2025-02-15', 200);
    expect(payComponent(payment, { row, component: 'fees' }, money(3))).toBe(money(3));
    expect(payComponent(payment, { row, component: 'fees' })).toBe(money(2));
    expect(payComponent(payment, { row, component: 'fees' })).toBe(0n);
    expect(payComponent(payment, { row, component: 'principal' }, money(-1))).toBe(0n);
    expect(payment.left).toBe(money(195));
  });

  it('nothing of what is waived beyond its charge', () => {
    const row = installment();
    row.waived.interest = money(9);
    expect(payComponent(hand('2025-02-15', 20), { row, component: 'interest' })).toBe(0n);
    expect(row.paid.interest).toBe(0n);
  });
});

describe('a refund of 40 takes back', () => {
  it.each([
    ['2025-02-10', 30, 50, 'what came in advance'],
    ['2025-02-15', 70, 50, 'neither on the due date'],
    ['2025-02-20', 70, 10, 'what came late'],
  ])('on %s principal, leaving %s in advance and %s late', (on, inAdvance, late) => {
    const row = { ...installment(), inAdvance: money(70), late: money(50) };
    row.paid.principal = money(100);
    const refund = hand(on, 40);
    expect(unpayComponent(refund, { row, component: 'principal' })).toBe(money(40));
    expect([row.paid.principal, row.inAdvance, row.late]).toEqual([money(60), money(inAdvance), money(late)]);
    expect([refund.left, split(refund)]).toEqual([0n, '40/0/0/0']);
  });

  it('only what was paid, and neither column falls below zero', () => {
    for (const on of ['2025-02-10', '2025-02-20']) {
      const row = { ...installment(), inAdvance: money(7), late: money(8) };
      row.paid.principal = money(30);
      const refund = hand(on, 40);
      expect(unpayComponent(refund, { row, component: 'principal' })).toBe(money(30));
      expect(refund.left).toBe(money(10));
      expect(on < row.due ? row.inAdvance : row.late).toBe(0n);
      expect(unpayComponent(refund, { row, component: 'principal' })).toBe(0n);
    }
  });

  it('penalties without a trace in either column', () => {
    for (const on of ['2025-02-10', '2025-02-20']) {
      const row = { ...installment(), inAdvance: money(7), late: money(8) };
      row.paid.penalties = money(2);
      expect(unpayComponent(hand(on, 40), { row, component: 'penalties' })).toBe(money(2));
      expect([row.inAdvance, row.late]).toEqual([money(7), money(8)]);
    }
  });
});

describe('an installment is met', () => {
  it('on the first day that nothing is open, and no longer once something is again', () => {
    const row = installment();
    noteWhetherMet(row, date('2025-02-01'));
    expect(row.metOn).toBeNull();
    row.paid = { ...row.charged };
    noteWhetherMet(row, date('2025-02-10'));
    noteWhetherMet(row, date('2025-02-20'));
    expect(row.metOn).toBe('2025-02-10');
    row.charged.fees += 1n;
    noteWhetherMet(row, date('2025-02-25'));
    expect(row.metOn).toBeNull();
  });
});

describe('cash handed back after 250 were paid on 15 Mar', () => {
  it.each<[FixedOrderStrategy, string]>([
    ['mifos-standard-strategy', '98/6/5/2'],
    ['creocore-strategy', '98/6/5/2'],
    ['interest-principal-penalties-fees-order-strategy', '98/6/5/2'],
    ['principal-interest-penalties-fees-order-strategy', '98/6/5/2'],
    ['early-repayment-strategy', '104/0/5/2'],
    ['heavensfamily-strategy', '98/6/5/2'],
    ['rbi-india-strategy', '104/0/5/2'],
  ])('by %s: 111 come out of P/I/F/N %s', (strategy, parts) => {
    const rows = threeMonths();
    const order = PAYMENT_ORDERS[strategy];
    allocateInFixedOrder({ rows, payment: hand('2025-03-15', 250), order, dueCharges: () => 0n });
    const refund = hand('2025-03-15', 111);
    refundInFixedOrder({ rows, payment: refund, order });
    expect(split(refund)).toBe(parts);
    expect(refund.left).toBe(0n);
  });
});

describe('a waiver of interest', () => {
  it('meets an installment that owed nothing else, and leaves its rest', () => {
    const rows = threeMonths();
    for (const row of rows) row.paid = { ...row.charged, interest: money(2) };
    const waiver = hand('2025-02-20', 30);
    waiveInterestInOrder(rows, waiver);
    expect(rows.map(({ waived, metOn }) => [waived.interest, metOn])).toEqual(
      rows.map(() => [money(4), '2025-02-20']),
    );
    expect([waiver.left, split(waiver)]).toEqual([money(18), '0/12/0/0']);
  });

  it('passes rows without open interest by', () => {
    const rows = threeMonths();
    const [first, second] = rows;
    if (first) first.paid.interest = money(6);
    if (second) second.waived.interest = money(8);
    waiveInterestInOrder(rows, hand('2025-02-20', 5));
    expect(rows.map(({ waived }) => shown(waived.interest))).toEqual(['0.00', '8.00', '5.00']);
  });
});

describe('an amount credited back to the loan', () => {
  const credited = (rows: Installment[], on: string, [amount, overpaid]: [number, number]) => {
    const credit = creditAmount(rows, { date: date(on), amount: money(amount) }, money(overpaid));
    return `${shown(credit.principal)} owed again, ${shown(credit.fromOverpaid)} out of the overpayment`;
  };

  it.each([
    ['2025-02-14', 1],
    ['2025-02-15', 2],
    ['2025-03-20', 3],
  ])('on %s is owed in row %s', (on, number) => {
    const rows = threeMonths();
    expect(credited(rows, on, [40, 0])).toBe('40.00 owed again, 0.00 out of the overpayment');
    expect(rows.map(({ charged }) => shown(charged.principal))).toEqual(
      [1, 2, 3].map((each) => (each === number ? '140.00' : '100.00')),
    );
    expect(rows[number - 1]?.credited.principal).toBe(money(40));
  });

  it('opens a row that was met; what was overpaid is paid on it at once', () => {
    const rows = threeMonths();
    for (const row of rows) Object.assign(row, { paid: { ...row.charged }, metOn: date('2025-02-01') });
    expect(credited(rows, '2025-02-20', [40, 25])).toBe('15.00 owed again, 25.00 out of the overpayment');
    expect(rows[1]).toMatchObject({ metOn: null, inAdvance: money(25) });
    expect([rows[1]?.charged.principal, rows[1]?.paid.principal]).toEqual([money(140), money(125)]);
  });

  it('touches no row while the overpayment lasts', () => {
    const rows = threeMonths();
    expect(credited(rows, '2025-02-20', [40, 40])).toBe('0.00 owed again, 40.00 out of the overpayment');
    expect(credited(rows, '2025-02-20', [40, 90])).toBe('0.00 owed again, 40.00 out of the overpayment');
    expect(rows).toEqual(threeMonths());
  });

  it('is owed on the last due date in the last row, later in an additional one that reaches so far', () => {
    const rows = threeMonths();
    expect(rowForCredit(rows, date('2025-04-15')).number).toBe(3);
    expect(rowForCredit(rows, date('2025-04-20'))).toMatchObject({
      number: 4,
      kind: 'additional',
      due: '2025-04-20',
    });
    expect(rowForCredit(rows, date('2025-04-30'))).toMatchObject({ number: 4, due: '2025-04-30' });
    expect(rowForCredit(rows, date('2025-04-25'))).toMatchObject({ number: 4, due: '2025-04-30' });
  });

  it('is never owed in a down payment', () => {
    const down = { ...installment(0), kind: 'downPayment' as const };
    expect(rowForCredit([down, ...threeMonths()], date('2025-01-15')).number).toBe(1);
    expect(() => rowForCredit([], date('2025-01-15'))).toThrow('last installment is missing');
  });
});
