import { describe, expect, it } from 'vitest';
import type { ChargeDefinition, LoanCharge } from '../charge.ts';
import { date } from '../date.ts';
import { type Installment, type InstallmentKind, newInstallment } from '../installment.ts';
import { fee, penalty } from '../life/story.ts';
import { EUR, money, shown } from '../schedule/exampleLoan.ts';
import {
  componentOf,
  installmentOfCharge,
  isInSchedule,
  landCharge,
  landCharges,
  reachUntil,
} from './landing.ts';
import { dueChargesOf, payCharges, unpayCharges } from './settleCharges.ts';

const rowOf = (number: number, kind: InstallmentKind, from: string, due: string): Installment => {
  const row = newInstallment({ number, kind, from: date(from), due: date(due) });
  row.charged.principal = money(100);
  return row;
};

/** A down payment on 15 Jan, then three months until 15 Apr. */
const schedule = (): Installment[] => [
  rowOf(1, 'downPayment', '2025-01-15', '2025-01-15'),
  rowOf(2, 'normal', '2025-01-15', '2025-02-15'),
  rowOf(3, 'normal', '2025-02-15', '2025-03-15'),
  rowOf(4, 'normal', '2025-03-15', '2025-04-15'),
];

const charge = (
  id: number,
  definition: ChargeDefinition,
  due: string | null,
  own: Partial<LoanCharge> = {},
): LoanCharge => ({
  id,
  definition,
  dueDate: due === null ? null : date(due),
  submittedOn: date('2025-01-15'),
  sequence: id,
  amount: money(definition.amountOrPercentage),
  paid: 0n,
  waived: 0n,
  writtenOff: 0n,
  overdueInstallment: null,
  active: true,
  isWaived: false,
  ...own,
});

const monthly = (id: number, each: number, own: Partial<LoanCharge> = {}) =>
  charge(id, fee(each, { time: 'INSTALLMENT' }), null, { amount: money(3 * each), ...own });

const feesOf = (rows: readonly Installment[]) => rows.map(({ charged }) => shown(charged.fees));
const spread = (charges: readonly LoanCharge[]) => charges.map(({ paid }) => shown(paid));

describe('a charge falls into', () => {
  it.each<[due: string, number: number | undefined, why: string]>([
    ['2025-01-10', 2, 'before the loan: the first installment that carries charges'],
    ['2025-01-15', 2, 'the first day: never the down payment'],
    ['2025-02-15', 2, 'the day the installment is due'],
    ['2025-02-16', 3, 'the day after'],
    ['2025-04-15', 4, 'the last day'],
    ['2025-04-16', undefined, 'after the last installment: none'],
  ])('due %s: row %s (%s)', (due, number) => {
    expect(installmentOfCharge(schedule(), date(due))?.number).toBe(number);
  });

  it('an additional installment, which stretches to the latest charge and never shrinks', () => {
    const rows = schedule();
    landCharges(rows, [charge(1, fee(12), '2025-04-25'), charge(2, fee(3), '2025-05-05')], EUR);
    expect(rows.at(-1)).toMatchObject({
      number: 5,
      kind: 'additional',
      from: '2025-04-15',
      due: '2025-05-05',
    });
    expect(feesOf(rows)).toEqual(['0.00', '0.00', '0.00', '0.00', '15.00']);
    expect(reachUntil(rows, date('2025-04-20')).due).toBe('2025-05-05');
    expect(reachUntil(rows, date('2025-05-20')).due).toBe('2025-05-20');
    expect(rows).toHaveLength(5);
  });

  it('the one that its due date tells, penalties apart from fees', () => {
    const rows = schedule();
    landCharges(rows, [charge(1, fee(12), '2025-02-10'), charge(2, penalty(3), '2025-03-10')], EUR);
    expect(rows.map(({ charged }) => [shown(charged.fees), shown(charged.penalties)])).toEqual([
      ['0.00', '0.00'],
      ['12.00', '0.00'],
      ['0.00', '3.00'],
      ['0.00', '0.00'],
    ]);
  });

  it('its installment as charged and as waived, once it was waived', () => {
    const rows = schedule();
    landCharge(rows, charge(1, fee(12), '2025-03-10', { waived: money(5) }), EUR);
    expect([rows[2]?.charged.fees, rows[2]?.waived.fees]).toEqual([money(12), money(5)]);
  });

  it('no installment, when it was taken back or is paid out of the disbursement', () => {
    const rows = schedule();
    const none = [
      charge(1, fee(12), '2025-05-10', { active: false }),
      charge(2, fee(12, { time: 'DISBURSEMENT' }), null),
      charge(3, fee(12, { time: 'TRANCHE_DISBURSEMENT' }), null),
    ];
    landCharges(rows, none, EUR);
    for (const each of none) landCharge(rows, each, EUR);
    expect(feesOf(rows)).toEqual(['0.00', '0.00', '0.00', '0.00']);
    expect(none.map(isInSchedule)).toEqual([false, false, false]);
    expect(isInSchedule(charge(4, fee(1), '2025-02-01'))).toBe(true);
  });

  it('every normal installment, if it is an installment fee; waivers take the earliest', () => {
    const rows = schedule();
    landCharges(rows, [monthly(1, 4, { waived: money(6) })], EUR);
    expect(feesOf(rows)).toEqual(['0.00', '4.00', '4.00', '4.00']);
    expect(rows.map(({ waived }) => shown(waived.fees))).toEqual(['0.00', '4.00', '2.00', '0.00']);
  });

  it('nothing without a due date', () => {
    expect(() => landCharge(schedule(), charge(7, fee(1), null), EUR)).toThrow(
      'due date of charge 7 is missing',
    );
    expect(() => reachUntil([], date('2025-01-15'))).toThrow('last installment is missing');
  });
});

describe('a payment of fees is spread', () => {
  const book = (...charges: LoanCharge[]) => ({ charges, rows: schedule(), currency: EUR });

  it('over the charges by due date, then by number, until it is used up', () => {
    const charges = [
      charge(1, fee(8), '2025-03-01'),
      charge(2, fee(12), '2025-02-01'),
      charge(3, fee(5), '2025-02-01'),
      charge(4, fee(7), '2025-04-01'),
    ];
    expect(payCharges(book(...charges), 'fees', money(20))).toEqual([
      { chargeId: 2, amount: money(12) },
      { chargeId: 3, amount: money(5) },
      { chargeId: 1, amount: money(3) },
    ]);
    expect(spread(charges)).toEqual(['3.00', '12.00', '5.00', '0.00']);
  });

  it('over charges of its kind that stand in the schedule and are open', () => {
    const charges = [
      charge(1, penalty(8), '2025-02-01'),
      charge(2, fee(8), '2025-02-01', { active: false }),
      charge(3, fee(8), '2025-02-02', { paid: money(6) }),
      charge(4, fee(8), '2025-02-03', { waived: money(1), writtenOff: money(2) }),
      charge(5, fee(8), null),
    ];
    expect(payCharges(book(...charges), 'fees', money(20))).toEqual([
      { chargeId: 3, amount: money(2) },
      { chargeId: 4, amount: money(5) },
    ]);
    expect(componentOf(charge(1, penalty(8), null))).toBe('penalties');
    expect(payCharges(book(...charges), 'penalties', money(20))).toEqual([{ chargeId: 1, amount: money(8) }]);
  });

  it('over an installment fee piece by piece, after others of the same date', () => {
    const charges = [monthly(1, 4), charge(2, fee(10), '2025-02-15'), charge(3, fee(10), '2025-03-01')];
    expect(payCharges(book(...charges), 'fees', money(27))).toEqual([
      { chargeId: 2, amount: money(10) },
      { chargeId: 1, amount: money(7) },
      { chargeId: 3, amount: money(10) },
    ]);
  });

  it('over an installment fee from its earliest open piece on', () => {
    const dated = charge(2, fee(10), '2025-03-01');
    const paidOnce = monthly(1, 4, { paid: money(5) });
    expect(payCharges(book(paidOnce, dated), 'fees', money(12))).toEqual([
      { chargeId: 2, amount: money(10) },
      { chargeId: 1, amount: money(2) },
    ]);
    expect(spread([paidOnce])).toEqual(['7.00']);
  });

  it('and taken back from the latest due date backwards', () => {
    const charges = [
      charge(1, fee(8), '2025-02-01', { paid: money(8) }),
      charge(2, fee(12), '2025-03-01', { paid: money(7) }),
      charge(3, fee(5), '2025-04-01'),
      charge(4, penalty(5), '2025-04-01', { paid: money(5) }),
      charge(5, fee(2), '2025-02-01', { paid: money(2) }),
    ];
    expect(unpayCharges(book(...charges), 'fees', money(11))).toEqual([
      { chargeId: 2, amount: money(-7) },
      { chargeId: 5, amount: money(-2) },
      { chargeId: 1, amount: money(-2) },
    ]);
    expect(spread(charges)).toEqual(['6.00', '0.00', '0.00', '5.00', '0.00']);
  });

  it('and never takes back more than was paid', () => {
    const one = charge(1, fee(8), '2025-02-01', { paid: money(3) });
    expect(unpayCharges(book(one), 'fees', money(11))).toEqual([{ chargeId: 1, amount: money(-3) }]);
    expect(unpayCharges(book(one), 'fees', money(11))).toEqual([]);
    expect(unpayCharges(book(one), 'fees', 0n)).toEqual([]);
  });
});

describe('charges that have fallen due', () => {
  it('count with their whole amount as long as something of them is open', () => {
    const charges = [
      charge(1, fee(8), '2025-02-01', { paid: money(3) }),
      charge(2, fee(12), '2025-02-02'),
      charge(3, fee(5), '2025-02-01', { paid: money(5) }),
      charge(4, fee(6), '2025-02-01', { isWaived: true }),
      charge(5, penalty(2), '2025-02-01'),
      monthly(6, 4),
    ];
    const due = dueChargesOf({ charges, rows: schedule(), currency: EUR });
    expect(due('fees', date('2025-01-31'))).toBe(0n);
    expect(due('fees', date('2025-02-01'))).toBe(money(8));
    expect(due('fees', date('2025-02-02'))).toBe(money(20));
    expect(due('penalties', date('2025-02-02'))).toBe(money(2));
  });
});
