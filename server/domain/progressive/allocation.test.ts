import { describe, expect, it } from 'vitest';
import { type PaymentInHand, payComponent, unpayComponent } from '../allocation/settle.ts';
import { COMPONENTS, type Component, noPortions } from '../components.ts';
import { date } from '../date.ts';
import { type Installment, isMet, newInstallment, totalOutstanding } from '../installment.ts';
import { EUR, money, shown } from '../schedule/exampleLoan.ts';
import type { AllocationRule, AllocationStep, DueType, FutureInstallmentRule } from '../terms.ts';
import {
  allocate,
  allocationRule,
  DEFAULT_RULE,
  defaultRule,
  type Processing,
  takeBack,
  takingBackRule,
} from './allocation.ts';

/** Rows due on the 15th of February, March and April: 100 P, 6 I, 10 F, 5 N each. */
const rows = (): Installment[] =>
  [1, 2, 3].map((number) => {
    const [from, due] = [date(`2025-0${number}-15`), date(`2025-0${number + 1}-15`)];
    const row = newInstallment({ number, kind: 'normal', from, due });
    row.charged = { principal: money(100), interest: money(6), fees: money(10), penalties: money(5) };
    return row;
  });

const plain = (amount: bigint) => shown(amount).replace('.00', '');
const parts = (row: Installment) => COMPONENTS.map((component) => plain(row.paid[component])).join('/');

const ruled = (
  future: FutureInstallmentRule,
  order: readonly AllocationStep[] = DEFAULT_RULE.order,
): AllocationRule => ({
  ...DEFAULT_RULE,
  order,
  futureInstallments: future,
});
const steps = (dueType: DueType, ...components: Component[]): AllocationStep[] =>
  components.map((component) => ({ dueType, component }));

/** P/I/F/N paid on each row, and what is left over. */
function paid(amount: number, on: string, rule: AllocationRule, processing: Processing): string[] {
  const laid = rows();
  const payment: PaymentInHand = { date: date(on), left: money(amount), portions: noPortions() };
  const settle = (target: { row: Installment; component: Component }, limit: bigint) => {
    const taken = payComponent(payment, target, limit);
    if (totalOutstanding(target.row) === 0n) target.row.metOn = payment.date;
    return taken;
  };
  allocate({ rows: laid, payment, rule, currency: EUR, settle }, processing);
  return [...laid.map(parts), plain(payment.left)];
}

const NEXT = ruled('NEXT_INSTALLMENT');
const LAST = ruled('LAST_INSTALLMENT');
const EVENLY = ruled('REAMORTIZATION');

describe('a payment by penalties, fees, principal, interest', () => {
  it.each<[string, number, string, AllocationRule, Processing, string[]]>([
    [
      'horizontally: overdue rows one after another',
      130,
      '2025-03-20',
      NEXT,
      'HORIZONTAL',
      ['100/6/10/5', '0/0/4/5', '0/0/0/0', '0'],
    ],
    [
      'vertically: one component of them after another',
      130,
      '2025-03-20',
      NEXT,
      'VERTICAL',
      ['100/0/10/5', '0/0/10/5', '0/0/0/0', '0'],
    ],
    [
      'vertically until due: the same',
      130,
      '2025-03-20',
      NEXT,
      'VERTICAL_UNTIL_DUE',
      ['100/0/10/5', '0/0/10/5', '0/0/0/0', '0'],
    ],
    [
      'overdue, then due, then what is to come',
      300,
      '2025-03-15',
      NEXT,
      'HORIZONTAL',
      ['100/6/10/5', '100/6/10/5', '43/0/10/5', '0'],
    ],
    [
      'the day before, row 2 is still to come: the last one first',
      200,
      '2025-03-14',
      LAST,
      'HORIZONTAL',
      ['100/6/10/5', '0/0/0/0', '64/0/10/5', '0'],
    ],
    [
      'to come, horizontally: the next row',
      130,
      '2025-02-01',
      NEXT,
      'HORIZONTAL',
      ['100/6/10/5', '0/0/4/5', '0/0/0/0', '0'],
    ],
    [
      'to come, vertically: the next of each component',
      130,
      '2025-02-01',
      NEXT,
      'VERTICAL',
      ['85/0/10/5', '0/0/10/5', '0/0/10/5', '0'],
    ],
    [
      'to come, vertically until due: the next row',
      130,
      '2025-02-01',
      NEXT,
      'VERTICAL_UNTIL_DUE',
      ['100/6/10/5', '0/0/4/5', '0/0/0/0', '0'],
    ],
    [
      'to come: the last row',
      130,
      '2025-02-01',
      LAST,
      'HORIZONTAL',
      ['0/0/0/0', '0/0/4/5', '100/6/10/5', '0'],
    ],
    [
      'to come: evenly, the cent to the last',
      100,
      '2025-02-01',
      EVENLY,
      'HORIZONTAL',
      ['18.33/0/10/5', '18.33/0/10/5', '18.34/0/10/5', '0'],
    ],
    [
      'to come, evenly and vertically: the same',
      100,
      '2025-02-01',
      EVENLY,
      'VERTICAL',
      ['18.33/0/10/5', '18.33/0/10/5', '18.34/0/10/5', '0'],
    ],
    [
      'to come: evenly, and round again with what a row could not take',
      340,
      '2025-02-01',
      EVENLY,
      'HORIZONTAL',
      ['98.33/0/10/5', '98.33/0/10/5', '98.34/0/10/5', '0'],
    ],
    [
      'more than all of it',
      370,
      '2025-02-01',
      EVENLY,
      'HORIZONTAL',
      ['100/6/10/5', '100/6/10/5', '100/6/10/5', '7'],
    ],
    [
      'more than all of it, vertically',
      370,
      '2025-03-20',
      NEXT,
      'VERTICAL',
      ['100/6/10/5', '100/6/10/5', '100/6/10/5', '7'],
    ],
    ['a cent', 0.01, '2025-02-01', EVENLY, 'HORIZONTAL', ['0/0/0/0', '0/0/0/0', '0/0/0/0.01', '0']],
  ])('%s', (_, amount, on, rule, processing, expected) => {
    expect(paid(amount, on, rule, processing)).toEqual(expected);
  });

  it('goes to due types in the order in which the rule names them first', () => {
    const order = [
      ...steps('DUE', 'principal'),
      ...steps('PAST_DUE', 'interest', 'principal'),
      ...steps('DUE', 'interest'),
    ];
    const rule = ruled('NEXT_INSTALLMENT', order);
    expect(paid(110, '2025-03-15', rule, 'HORIZONTAL')).toEqual(['0/4/0/0', '100/6/0/0', '0/0/0/0', '0']);
    expect(paid(110, '2025-03-15', rule, 'VERTICAL')).toEqual(['4/6/0/0', '100/0/0/0', '0/0/0/0', '0']);
  });

  it('passes over a row that can take nothing more, and leaves what no step names', () => {
    const rule = ruled('NEXT_INSTALLMENT', steps('PAST_DUE', 'principal'));
    expect(paid(150, '2025-03-20', rule, 'HORIZONTAL')).toEqual(['100/0/0/0', '50/0/0/0', '0/0/0/0', '0']);
    expect(paid(250, '2025-03-20', rule, 'HORIZONTAL')).toEqual(['100/0/0/0', '100/0/0/0', '0/0/0/0', '50']);
    expect(paid(250, '2025-03-20', rule, 'VERTICAL_UNTIL_DUE')).toEqual([
      '100/0/0/0',
      '100/0/0/0',
      '0/0/0/0',
      '50',
    ]);
  });
});

describe('cash handed back out of rows that were paid', () => {
  function takenFrom(amount: number, on: string, rule: AllocationRule): string[] {
    const laid = rows().map((row) => ({ ...row, paid: { ...row.charged } }));
    const refund: PaymentInHand = { date: date(on), left: money(amount), portions: noPortions() };
    const settle = (target: { row: Installment; component: Component }, limit: bigint) => {
      const capped = { ...refund, left: refund.left < limit ? refund.left : limit };
      const taken = unpayComponent(capped, target);
      refund.left -= taken;
      return taken;
    };
    takeBack({ rows: laid, payment: refund, rule, currency: EUR, settle });
    return [...laid.map(parts), plain(refund.left)];
  }

  const BACKWARDS = takingBackRule([]);

  it.each<[string, number, string, AllocationRule, string[]]>([
    [
      'the last row to come first: interest, principal, fees, penalties',
      107,
      '2025-02-01',
      BACKWARDS,
      ['100/6/10/5', '100/6/10/5', '0/0/9/5', '0'],
    ],
    ['then the one before it', 130, '2025-02-01', BACKWARDS, ['100/6/10/5', '97/0/10/5', '0/0/0/0', '0']],
    ['then what is due', 130, '2025-03-15', BACKWARDS, ['100/6/10/5', '97/0/10/5', '0/0/0/0', '0']],
    [
      'then what was overdue, from the last row backwards',
      130,
      '2025-04-20',
      BACKWARDS,
      ['100/6/10/5', '97/0/10/5', '0/0/0/0', '0'],
    ],
    ['more than was paid', 400, '2025-04-20', BACKWARDS, ['0/0/0/0', '0/0/0/0', '0/0/0/0', '37']],
    [
      'by a rule of its own',
      130,
      '2025-02-01',
      ruled('NEXT_INSTALLMENT', steps('IN_ADVANCE', 'principal', 'fees')),
      ['0/6/0/5', '80/6/10/5', '100/6/10/5', '0'],
    ],
  ])('%s', (_, amount, on, rule, expected) => {
    expect(takenFrom(amount, on, rule)).toEqual(expected);
  });

  it('follows its own rule, else the default backwards', () => {
    const own = { ...NEXT, transactionType: 'REFUND_BY_CASH' };
    const usual = ruled('NEXT_INSTALLMENT', steps('DUE', 'interest', 'fees'));
    expect(takingBackRule([usual, own])).toBe(own);
    expect(takingBackRule([usual])).toEqual(ruled('LAST_INSTALLMENT', steps('DUE', 'fees', 'interest')));
    expect(usual.order).toEqual(steps('DUE', 'interest', 'fees'));
  });
});

describe('the rule of a kind of payment', () => {
  const usual = ruled('LAST_INSTALLMENT');
  const goodwill = { ...NEXT, transactionType: 'GOODWILL_CREDIT' };

  it.each<[string, readonly AllocationRule[], string, AllocationRule]>([
    ['is its own', [usual, goodwill], 'GOODWILL_CREDIT', goodwill],
    ['else the default', [goodwill, usual], 'REPAYMENT', usual],
    ['else charges, principal, interest, oldest first', [goodwill], 'REPAYMENT', DEFAULT_RULE],
  ])('%s', (_, rules, kind, expected) => {
    expect(allocationRule(rules, kind)).toBe(expected);
  });

  it('of no kind is the default', () => {
    expect(defaultRule([goodwill, usual])).toBe(usual);
    expect(defaultRule([goodwill])).toBe(DEFAULT_RULE);
  });
});

it('rows that are met take nothing', () => {
  const met = rows().map((row) => ({ ...row, paid: { ...row.charged }, metOn: row.due }));
  expect(met.every(isMet)).toBe(true);
  const payment: PaymentInHand = { date: date('2025-02-01'), left: money(5), portions: noPortions() };
  const settle = (target: { row: Installment; component: Component }, limit: bigint) =>
    payComponent(payment, target, limit);
  allocate({ rows: met, payment, rule: NEXT, currency: EUR, settle }, 'HORIZONTAL');
  expect(payment.left).toBe(money(5));
});
