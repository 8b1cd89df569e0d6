import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { decide } from '../decide.ts';
import { listedTransactions } from '../history/history.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import { DEFAULT_SETTINGS } from '../terms.ts';
import {
  accountBalances,
  continued,
  fee,
  type Line,
  on,
  openOf,
  pay,
  penalty,
  type Story,
  splitOf,
  tell,
} from './story.ts';

const PLAIN = { interestRatePerPeriod: '0' } as const;

const addFee = (day: string, amount: number, due: string): Line => [
  day,
  { kind: 'addCharge', definition: fee(amount), dueDate: date(due) },
];
const addPenalty = (day: string, amount: number, due: string): Line => [
  day,
  { kind: 'addCharge', definition: penalty(amount), dueDate: date(due) },
];

describe('a dated charge falls into', () => {
  it.each([
    ['the first installment, its from date included', '2025-01-15', 0],
    ['the installment that ends on its due date', '2025-02-15', 0],
    ['the next one from the day after', '2025-02-16', 1],
    ['the last one', '2025-04-15', 2],
  ])('%s', (_, due, row) => {
    const { loan } = tell(PLAIN, [addFee('2025-01-15', 12, due)]);
    expect(loan.installments.map(({ charged }) => charged.fees)).toEqual(
      [0, 1, 2].map((place) => (place === row ? money(12) : 0n)),
    );
  });

  it('an additional installment when it is due after the last one', () => {
    const { loan } = tell(PLAIN, [addFee('2025-04-20', 12, '2025-04-25')]);
    const last = loan.installments[3];
    expect([last?.kind, last?.from, last?.due, last?.charged.fees]).toEqual([
      'additional',
      '2025-04-15',
      '2025-04-25',
      money(12),
    ]);
    const paid = continued(tell(PLAIN, [addFee('2025-04-20', 12, '2025-04-25')]), [['2025-04-30', pay(312)]]);
    expect(paid.loan.installments.map(({ late }) => late)).toEqual([100, 100, 100, 12].map(money));
    expect(paid.loan.status).toBe('closed');
  });

  it('no installment when it is due at the disbursement', () => {
    const { loan } = tell({ ...PLAIN, multiDisburse: true }, []);
    const atDisbursement = fee('1.5', { time: 'DISBURSEMENT', calculation: 'PERCENT_OF_AMOUNT' });
    expect(() =>
      decide(
        loan,
        { kind: 'addCharge', definition: atDisbursement },
        { businessDate: date('2025-01-16'), settings: DEFAULT_SETTINGS },
      ),
    ).toThrow('The loan has been disbursed already');
  });
});

describe('an installment fee', () => {
  it('stands in every installment and is paid with each', () => {
    const story = tell(PLAIN, [
      [
        '2025-01-15',
        {
          kind: 'addCharge',
          definition: fee('1.5', { time: 'INSTALLMENT', calculation: 'PERCENT_OF_AMOUNT' }),
        },
      ],
      ['2025-02-15', pay('101.50')],
    ]);
    expect(openOf(story.loan)).toEqual(['0/0/0/0', '100/0/1.50/0', '100/0/1.50/0']);
    expect(story.loan.charges[0]).toMatchObject({ amount: money('4.50'), paid: money('1.50') });
  });

  it('is waived one installment at a time', () => {
    const definition = fee('1.5', { time: 'INSTALLMENT', calculation: 'PERCENT_OF_AMOUNT' });
    const story = tell(PLAIN, [
      ['2025-01-15', { kind: 'addCharge', definition }],
      ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }],
    ]);
    expect(openOf(story.loan)).toEqual(['100/0/0/0', '100/0/1.50/0', '100/0/1.50/0']);
    expect(story.loan.charges[0]).toMatchObject({ waived: money('1.50'), isWaived: false });
  });
});

describe('what was paid is spread over charges', () => {
  it('oldest due date first', () => {
    const { loan } = tell(PLAIN, [
      addFee('2025-01-15', 8, '2025-02-10'),
      addFee('2025-01-15', 12, '2025-02-01'),
      addPenalty('2025-01-15', 2, '2025-02-12'),
      ['2025-02-15', pay(17)],
    ]);
    expect(loan.charges.map((charge) => shown(charge.paid))).toEqual(['3.00', '12.00', '2.00']);
    expect(loan.transactions.at(-1)?.chargesPaid).toEqual([
      { chargeId: 3, amount: money(2) },
      { chargeId: 2, amount: money(12) },
      { chargeId: 1, amount: money(3) },
    ]);
  });
});

describe('a waived charge', () => {
  const waived = () =>
    tell(PLAIN, [
      addFee('2025-02-01', 12, '2025-02-10'),
      ['2025-02-05', { kind: 'waiveCharge', chargeId: 1 }],
    ]);

  it('is owed no longer; what was not accrued on it is not booked', () => {
    const { loan, entries } = waived();
    expect(openOf(loan)[0]).toBe('100/0/0/0');
    expect(loan.transactions.at(-1)).toMatchObject({
      type: 'waiveCharges',
      date: '2025-02-05',
      amount: money(12),
      unrecognised: money(12),
    });
    expect(accountBalances(entries)).toEqual({ loanPortfolio: '300', fundSource: '-300' });
  });

  it('books what was accrued on it as a loss', () => {
    const { entries } = tell(PLAIN, [
      addFee('2025-02-01', 12, '2025-02-10'),
      ['2025-02-12', { kind: 'accrue', till: date('2025-02-11') }],
      ['2025-02-12', { kind: 'waiveCharge', chargeId: 1 }],
    ]);
    expect(accountBalances(entries)).toMatchObject({ feeIncome: '-12', writeOff: '12' });
  });

  it('is owed again when the waiver is undone', () => {
    const { loan } = continued(waived(), [['2025-02-06', { kind: 'undoWaiveCharge', transactionId: 2 }]]);
    expect(openOf(loan)[0]).toBe('100/0/12/0');
    expect(loan.charges[0]).toMatchObject({ waived: 0n, isWaived: false });
    expect(listedTransactions(loan).at(-1)?.reversal).toBe('byHand');
  });

  it('leaves what was paid since alone until something else is replayed', () => {
    const story = continued(waived(), [
      ['2025-02-15', pay(100)],
      ['2025-02-16', { kind: 'undoWaiveCharge', transactionId: 2 }],
    ]);
    const payments = ({ loan }: Story) => loan.transactions.slice(2).map(splitOf);
    expect(payments(story)).toEqual(['P 100']);
    expect(openOf(story.loan)[0]).toBe('0/0/12/0');
    expect(story.loan.installments[0]?.metOn).toBeNull();
    expect(differencesFromRebuilt(story.loan, on('2025-02-16'))).toEqual([]);
    const paid = continued(story, [['2025-02-17', pay(5)]]);
    expect(payments(paid)).toEqual(['P 100', 'F 5']);
    expect(differencesFromRebuilt(paid.loan, on('2025-02-17'))).toEqual([]);
    const replayed = continued(paid, [['2025-02-18', pay(1, { on: date('2025-02-10') })]]);
    expect(payments(replayed)).toEqual(['P 89 F 11', 'P 5', 'F 1']);
    expect(differencesFromRebuilt(replayed.loan, on('2025-02-18'))).toEqual([]);
  });

  it('is no part of an earlier charge-off when the waiver is undone', () => {
    const story = tell(PLAIN, [
      addFee('2025-02-01', 12, '2025-02-10'),
      ['2025-02-05', { kind: 'chargeOff', on: date('2025-02-05') }],
      ['2025-02-06', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-02-06', { kind: 'undoWaiveCharge', transactionId: 3 }],
    ]);
    expect(story.loan.transactions.slice(1, 2).map(splitOf)).toEqual(['P 300']);
    expect(differencesFromRebuilt(story.loan, on('2025-02-06'))).toEqual([]);
  });

  it('closes a loan that owed nothing else', () => {
    const story = tell(PLAIN, [
      addFee('2025-02-01', 12, '2025-04-25'),
      ['2025-02-02', pay(300)],
      ['2025-02-05', { kind: 'waiveCharge', chargeId: 1 }],
    ]);
    expect(story.loan.status).toBe('closed');
    expect(story.loan.installments.at(-1)?.metOn).toBe('2025-01-15');
  });
});

describe('a charge adjustment', () => {
  it('is a payment by the lender, against the income of the charge; the charge keeps its amount', () => {
    const story = tell(PLAIN, [
      addPenalty('2025-02-01', 10, '2025-02-10'),
      ['2025-02-11', { kind: 'adjustCharge', chargeId: 1, on: date('2025-02-11'), amount: money(7) }],
    ]);
    expect(story.last.changed.map(splitOf)).toEqual(['N 7']);
    expect(accountBalances(story.entries)).toMatchObject({ penaltyIncome: '7', penaltyReceivable: '-7' });
    expect(story.loan.charges[0]).toMatchObject({ amount: money(10), paid: money(7) });
  });
});

describe('an overdue penalty', () => {
  const late = fee('1.5', { code: 'LATE', time: 'OVERDUE', calculation: 'PERCENT_OF_AMOUNT', penalty: true });
  const close = (day: string): Line => [
    day,
    {
      kind: 'closeBusinessDay',
      day: date(day),
      steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'],
    },
  ];

  it.each([
    ['2025-02-16', 0],
    ['2025-02-17', 1],
  ])('closing %s raises %i of it', (day, count) => {
    const { loan } = tell({ ...PLAIN, overdueCharges: [late] }, [close(day)]);
    expect(loan.charges).toHaveLength(count);
  });

  it('is taken back by a payment dated in time, and raised again on what is still overdue', () => {
    const inTime: Line = ['2025-02-19', pay(60, { on: date('2025-02-15') })];
    const story = tell({ ...PLAIN, overdueCharges: [late] }, [close('2025-02-18'), inTime]);
    expect(openOf(story.loan)[0]).toBe('40/0/0/0');
    const { loan } = continued(story, [close('2025-02-19')]);
    // Penalties are settled first: the payment covers the 0.60 and leaves as much more principal open.
    expect(openOf(loan)[0]).toBe('40.60/0/0/0');
    expect(loan.charges.map(({ active }) => active)).toEqual([false, true]);
  });

  it('is raised on a down payment that is missed, too', () => {
    const downPayment = { enabled: true, percentage: '25', automatic: false };
    const { loan } = tell({ ...PLAIN, downPayment, overdueCharges: [late] }, [close('2025-01-18')]);
    expect(loan.charges[0]).toMatchObject({ dueDate: '2025-01-15', amount: money('1.12') });
  });

  it('is dated on the missed due date and raised once', () => {
    const { loan } = tell({ ...PLAIN, overdueCharges: [late] }, [close('2025-02-18'), close('2025-02-19')]);
    expect(loan.charges).toHaveLength(1);
    expect(loan.charges[0]).toMatchObject({
      dueDate: '2025-02-15',
      amount: money('1.50'),
      overdueInstallment: 1,
    });
    expect(openOf(loan)[0]).toBe('100/0/0/1.50');
  });
});
