import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { replayInput } from '../history/replaying.ts';
import { type Installment, newInstallment } from '../installment.ts';
import { booked, fee, type Line, on, pay, splitOf, storyTerms, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { money, schedule } from '../schedule/exampleLoan.ts';
import type { LoanTransaction } from '../transaction.ts';
import { finish, layLatest, replayCumulative } from './cumulativeReplay.ts';

const terms = storyTerms();
const PLAIN = { interestRatePerPeriod: '0' } as const;
const TODAY = on('2025-05-01');

const addFee = (day: string, amount: number, due: string): Line => [
  day,
  { kind: 'addCharge', definition: fee(amount), dueDate: date(due) },
];

describe('at the end of a replay', () => {
  const disbursed = booked('2025-01-15', { type: 'disbursement' });
  const waivers = (...days: string[]) => days.map((day) => booked(`2025-${day}`, { type: 'waiveCharges' }));

  /** The additional row from 15 to 25 Apr with a fee of 12: how much is waived, since when it is met. */
  function lastRow(waived: number, metOn: string | null): Installment {
    const row = newInstallment({
      number: 4,
      kind: 'additional',
      from: date('2025-04-15'),
      due: date('2025-04-25'),
    });
    row.charged.fees = money(12);
    row.waived.fees = money(waived);
    row.metOn = metOn === null ? null : date(`2025-${metOn}`);
    return row;
  }

  it.each<[string, Installment, LoanTransaction[], string | null]>([
    ['was met by a payment: that day', lastRow(12, '04-17'), waivers('04-18'), '2025-04-17'],
    [
      'had nothing open from the start: the day of the waiver',
      lastRow(12, '01-15'),
      waivers('04-18'),
      '2025-04-18',
    ],
    ['is waived: the latest day of several', lastRow(12, null), waivers('04-20', '04-18'), '2025-04-20'],
    ['is waived on its first day: that does not count', lastRow(12, '01-15'), waivers('04-15'), '2025-01-15'],
    ['is waived the day after', lastRow(12, '01-15'), waivers('04-16'), '2025-04-16'],
    ['has something open: no day', lastRow(11, null), waivers('04-18'), null],
    ['has something open again: no day', lastRow(11, '04-17'), waivers('04-18'), null],
    ['had nothing open, and payments followed', lastRow(12, '01-15'), [booked('2025-04-18')], '2025-01-15'],
  ])('a last installment that %s', (_, row, later, metOn) => {
    const rows = [...schedule(terms), row];
    finish(rows, { terms, transactions: [disbursed, ...later] });
    expect(rows.at(-1)).toMatchObject({ number: 4, metOn });
  });

  it('an additional installment without any charge is dropped, a normal one stays', () => {
    const rows = [...schedule(terms), newInstallment(lastRow(0, null))];
    finish(rows, { terms, transactions: [disbursed] });
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3]);
    const [first, ...others] = rows;
    for (const row of others) Object.assign(row, newInstallment(row));
    finish(rows, { terms, transactions: [disbursed] });
    expect(rows).toEqual([first, ...others]);
  });

  it('an installment with something open again is no longer met, wherever it stands', () => {
    const rows = schedule(terms);
    for (const row of rows) row.metOn = date('2025-02-10');
    finish(rows, { terms, transactions: [disbursed] });
    expect(rows.map(({ metOn }) => metOn)).toEqual([null, null, null]);
  });
});

describe('a replay', () => {
  /** Two payments of 50 on 15 Feb, and a fee of 10 due before them that they have not paid yet. */
  function loanToReplay(): Loan {
    const { loan } = tell(PLAIN, [
      ['2025-02-15', pay(50)],
      ['2025-02-15', pay(50)],
    ]);
    const charged = tell(PLAIN, [addFee('2025-01-20', 10, '2025-02-10')]).loan;
    return { ...loan, charges: charged.charges };
  }
  const ledger = (transactions: readonly LoanTransaction[]) =>
    transactions.map((each) => `${each.id} at ${each.sequence}: ${splitOf(each)}`.trim());

  it('books again what is split anew: behind all others, in order', () => {
    const { transactions, changed, nextSequence, overpaid } = replayCumulative({
      ...replayInput(loanToReplay(), TODAY),
      charges: [
        ...loanToReplay().charges,
        ...loanToReplay().charges.map((each) => ({ ...each, id: 2, amount: money(60) })),
      ],
      newTransactionIds: new Set<number>(),
    });
    expect(ledger(transactions)).toEqual(['1 at 1:', '2 at 4: F 50', '3 at 5: P 30 F 20']);
    expect([changed, nextSequence, overpaid]).toEqual([[2, 3], 6, 0n]);
  });

  it('shows what was booked again behind others of its day', () => {
    const { transactions, changed } = replayCumulative({
      ...replayInput(loanToReplay(), TODAY),
      newTransactionIds: new Set<number>(),
    });
    expect(ledger(transactions)).toEqual(['1 at 1:', '3 at 3: P 50', '2 at 4: P 40 F 10']);
    expect(changed).toEqual([2]);
  });

  it('splits a new transaction for the first time: it keeps its place', () => {
    const input = replayInput(loanToReplay(), TODAY);
    const { transactions, changed } = replayCumulative({ ...input, newTransactionIds: new Set([2]) });
    expect(ledger(transactions)).toEqual(['1 at 1:', '2 at 2: P 40 F 10', '3 at 3: P 50']);
    expect(changed).toEqual([]);
  });

  it('hands on what came out as before, and names other charges behind the same split', () => {
    const { loan } = tell(PLAIN, [
      addFee('2025-01-20', 5, '2025-02-10'),
      addFee('2025-01-20', 7, '2025-02-11'),
      ['2025-02-12', pay(12)],
      ['2025-02-15', pay(50)],
    ]);
    const paidBy = (charges: Loan['charges']) => {
      const { transactions, changed } = replayCumulative({
        ...replayInput({ ...loan, charges }, TODAY),
        newTransactionIds: new Set<number>(),
      });
      expect(changed).toEqual([]);
      const kept = transactions.map((each) => loan.transactions.includes(each));
      return [kept, transactions[1]?.chargesPaid.map(({ chargeId, amount }) => [chargeId, amount])];
    };
    const withDue = (...days: string[]) =>
      loan.charges.map((charge, index) => ({ ...charge, dueDate: date(days[index] ?? '') }));
    const [five, seven] = [money(5), money(7)];
    expect(paidBy(loan.charges)).toEqual([
      [true, true, true],
      [
        [1, five],
        [2, seven],
      ],
    ]);
    expect(paidBy(withDue('2025-02-11', '2025-02-10'))).toEqual([
      [true, false, true],
      [
        [2, seven],
        [1, five],
      ],
    ]);
    const sameIds = loan.charges.map((charge) => ({ ...charge, amount: money(charge.id === 1 ? 4 : 8) }));
    expect(paidBy(sameIds)).toEqual([
      [true, false, true],
      [
        [1, money(4)],
        [2, money(8)],
      ],
    ]);
    const single = loan.charges.slice(0, 1).map((charge) => ({ ...charge, amount: money(12) }));
    expect(paidBy(single)).toEqual([[true, false, true], [[1, money(12)]]]);
  });

  it('takes no transaction for new unless it is told so', () => {
    const { newTransactionIds: _, ...input } = replayInput(loanToReplay(), TODAY);
    expect(replayCumulative(input).changed).toEqual([2]);
  });
});

describe('the additional installment of a replay', () => {
  const loan = (): Loan =>
    tell(PLAIN, [
      addFee('2025-02-20', 12, '2025-04-25'),
      addFee('2025-02-20', 3, '2025-04-20'),
      ['2025-04-21', { kind: 'accrue', till: date('2025-04-21') }],
    ]).loan;
  const rowsWith = (active: readonly boolean[]) => {
    const charges = loan().charges.map((charge, index) => ({ ...charge, active: active[index] ?? true }));
    return replayCumulative(replayInput({ ...loan(), charges }, TODAY)).installments;
  };

  it.each([
    [[true, true], '4 due 2025-04-25 with 15'],
    [[false, true], '4 due 2025-04-20 with 3'],
    [[true, false], '4 due 2025-04-25 with 12'],
    [[false, false], '3 due 2025-04-15 with 0'],
  ])('reaches as far as the charges that are left: %j %s', (active, last) => {
    const row = rowsWith(active).at(-1);
    expect(row && `${row.number} due ${row.due} with ${row.charged.fees / 100n}`).toBe(last);
  });

  it('keeps the income that was recognised on it', () => {
    expect(rowsWith([true, true]).map(({ accrued }) => accrued.fees)).toEqual([0n, 0n, 0n, money(3)]);
  });
});

describe('the short way for a payment that comes last', () => {
  it('takes over the installments that are met as they stand, and changes nothing it was given', () => {
    const { loan } = tell(PLAIN, [addFee('2025-01-20', 12, '2025-04-25'), ['2025-02-15', pay(100)]]);
    const before = structuredClone(loan);
    const { installments, laid } = layLatest(loan, booked('2025-03-15', { id: 9, amount: money(212) }));
    expect(loan).toEqual(before);
    expect(splitOf(laid)).toBe('P 200 F 12');
    expect(installments.map((row, index) => row === loan.installments[index])).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(installments.map(({ metOn }) => metOn)).toEqual([
      '2025-02-15',
      '2025-03-15',
      '2025-03-15',
      '2025-03-15',
    ]);
  });
});
