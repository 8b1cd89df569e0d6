import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import { booked, fee, type Line, pay, penalty, splitOf, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { exampleTerms } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { type AccrualRun, dueIncomeOf } from './dueIncome.ts';

/** 5000 at 18 % a year, 4 months from 15 Jan 2025: interest 75.00, 56.67, 38.06, 19.17 (engine.md 3.3). */
const example = (lines: Line[] = [], own: Partial<LoanTerms> = {}): Loan =>
  tell({ ...exampleTerms(), accounting: tell({}, []).loan.terms.accounting, ...own }, lines).loan;

const charged = (definition = fee(9), due = '2025-02-01', day = '2025-01-15'): Line => [
  day,
  { kind: 'addCharge', definition, dueDate: date(due) },
];

/** `02-15 I 75 F 9 (1: 9)`: the date, the income, and the charges it belongs to. */
function income(loan: Loan, number: number, till: string, own: Partial<AccrualRun> = {}): string {
  const row = loan.installments.find((each) => each.number === number);
  if (!row) return 'no such row';
  const run = {
    till: date(`2025-${till}`),
    chargeAccrualDate: 'due-date',
    runningInterestDone: false,
    ...own,
  } as const;
  const { date: day, portions, chargesPaid } = dueIncomeOf(row, loan, run);
  const split = splitOf(booked(day, { portions }));
  const links = chargesPaid.map(({ chargeId, amount }) => `${chargeId}: ${amount / 100n}`).join(', ');
  return split === '' ? 'none' : `${day.slice(5)} ${split}${links && ` (${links})`}`;
}

describe('income of the first row, 15 Jan to 15 Feb, by a day', () => {
  it.each([
    ['01-14', 'none'],
    ['01-15', 'none'],
    ['01-16', '01-16 I 2.42'],
    ['01-31', '01-31 I 38.71'],
    ['02-14', '02-14 I 72.58'],
    ['02-15', '02-15 I 75'],
    ['02-20', '02-15 I 75'],
  ])('%s: %s', (till, expected) => {
    expect(income(example(), 1, till)).toBe(expected);
  });

  it('is none while it runs, where the day was accrued before; once due it is', () => {
    const done = { runningInterestDone: true };
    const loan = example([charged()]);
    expect(income(loan, 1, '02-10', done)).toBe('none');
    expect(income(loan, 1, '02-15', done)).toBe('02-15 I 75 F 9 (1: 9)');
  });

  it('of a row that has not begun is none', () => {
    expect(['02-14', '02-15', '02-16', '02-20'].map((till) => income(example(), 2, till))).toEqual([
      'none',
      'none',
      '02-16 I 2.02',
      '02-20 I 10.12',
    ]);
  });
});

describe('a charge is earned', () => {
  it.each<[string, Line[], number, string, string]>([
    ['not before its due date', [charged()], 1, '01-31', '01-31 I 38.71'],
    ['on its due date', [charged()], 1, '02-01', '02-01 I 41.13 F 9 (1: 9)'],
    [
      'on the first day of the loan, if it is due then',
      [charged(fee(9), '2025-01-15')],
      1,
      '01-15',
      '01-15 F 9 (1: 9)',
    ],
    ['in its own row only', [charged()], 2, '02-20', '02-20 I 10.12'],
    [
      'with others of the row',
      [charged(), charged(penalty(4), '2025-02-02'), charged(fee(2), '2025-02-03')],
      1,
      '02-15',
      '02-15 I 75 F 11 N 4 (1: 9, 2: 4, 3: 2)',
    ],
    [
      'but not again',
      [charged(), ['2025-02-01', { kind: 'accrue', till: date('2025-02-01') }]],
      1,
      '02-15',
      '02-15 I 33.87',
    ],
    [
      'but not what was waived before it was earned',
      [charged(), charged(fee(5), '2025-02-02'), ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }]],
      1,
      '02-15',
      '02-15 I 75 F 5 (2: 5)',
    ],
    [
      'nor more of what was waived after it was',
      [
        charged(),
        ['2025-02-01', { kind: 'accrue', till: date('2025-02-01') }],
        ['2025-02-01', { kind: 'waiveCharge', chargeId: 1 }],
      ],
      1,
      '02-15',
      '02-15 I 33.87',
    ],
    [
      'unless the waiver was undone',
      [
        charged(),
        ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }],
        ['2025-01-21', { kind: 'undoWaiveCharge', transactionId: 2 }],
      ],
      1,
      '02-15',
      '02-15 I 75 F 9 (1: 9)',
    ],
  ])('%s', (_, lines, number, till, expected) => {
    expect(income(example(lines), number, till)).toBe(expected);
  });

  it('never when it was taken off the loan', () => {
    const loan = example([charged()]);
    const without = { ...loan, charges: loan.charges.map((charge) => ({ ...charge, active: false })) };
    expect(income(without, 1, '02-15')).toBe('02-15 I 75');
  });

  it('installment by installment, but not in an additional one', () => {
    const everyRow: Line = ['2025-01-15', { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) }];
    const loan = example([everyRow, charged(fee(9), '2025-05-25')], { interestRatePerPeriod: '0' });
    expect(income(loan, 1, '02-14')).toBe('none');
    expect(income(loan, 1, '02-15')).toBe('02-15 F 2 (1: 2)');
    expect(income(loan, 5, '05-25')).toBe('05-25 F 9 (2: 9)');
  });

  it('in a down payment none is', () => {
    const everyRow: Line = ['2025-01-15', { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) }];
    const downPayment = { enabled: true, percentage: '25', automatic: false };
    const loan = example([everyRow], { interestRatePerPeriod: '0', downPayment });
    expect([1, 2].map((number) => income(loan, number, '02-15'))).toEqual(['none', '02-15 F 2 (1: 2)']);
  });
});

describe('where charges accrue on the day they were added', () => {
  const submitted = { chargeAccrualDate: 'submitted-date' } as const;
  const loan = () => example([charged(fee(9), '2025-03-20', '2025-01-20')]);
  const open = () => example([charged(fee(9), '2025-02-01', '2025-01-20')]);

  it.each<[string, Loan, number, string, string]>([
    ['none before that day', loan(), 3, '01-19', 'none'],
    ['all on it, in whatever row', loan(), 3, '01-20', '01-20 F 9 (1: 9)'],
    ['a row that is due with its charges on the day of the run', open(), 1, '02-20', '02-20 I 75 F 9 (1: 9)'],
    ['a row that is due without charges on its due date', loan(), 1, '02-20', '02-15 I 75'],
    ['and on that day itself', loan(), 1, '02-15', '02-15 I 75'],
    ['a running row on the day of the run', open(), 1, '01-31', '01-31 I 38.71 F 9 (1: 9)'],
    [
      'a penalty as well',
      example([charged(penalty(4), '2025-02-01', '2025-01-20')]),
      1,
      '02-20',
      '02-20 I 75 N 4 (1: 4)',
    ],
  ])('%s', (_, subject, number, till, expected) => {
    expect(income(subject, number, till, submitted)).toBe(expected);
  });

  it('charges count even when the day was accrued before', () => {
    expect(income(open(), 1, '01-31', { ...submitted, runningInterestDone: true })).toBe('01-31 F 9 (1: 9)');
  });
});

describe('interest that was waived', () => {
  const waived = (amount: number, day: string): Line => [day, pay(amount, { type: 'waiveInterest' })];
  const accrued: Line = ['2025-02-15', { kind: 'accrue', till: date('2025-02-15') }];
  const flat = (...lines: Line[]) => tell({}, lines).loan;
  const by = (loan: Loan, till: string) => [1, 2, 3].map((number) => income(loan, number, till));

  it('before it was earned is no income: of 8 waived the first row loses 6 and the second 2', () => {
    expect(by(flat(waived(8, '2025-01-20')), '04-15')).toEqual(['none', '03-15 I 4', '04-15 I 6']);
  });

  it('after it was earned stays income: of 8 waived 6 had been, 2 never will', () => {
    expect(by(flat(accrued, waived(8, '2025-02-16')), '04-15')).toEqual(['none', '03-15 I 4', '04-15 I 6']);
  });

  it('in part: what is not recognised is taken off the latest rows that were waived', () => {
    const half: Line = ['2025-01-31', { kind: 'accrue', till: date('2025-01-31') }];
    // 3.10 of row 1 was accrued: of 8 waived 3.10 is a loss, 4.90 no income (2 of row 2, 2.90 of row 1).
    expect(by(flat(half, waived(8, '2025-01-31')), '04-15')).toEqual(['none', '03-15 I 4', '04-15 I 6']);
    const loan = flat(half, waived(4, '2025-01-31'));
    // Of 4 waived 0.90 is no income: row 1 earns 5.10, of which 3.10 are booked.
    expect(by(loan, '02-15')).toEqual(['02-15 I 2', 'none', 'none']);
  });
});

it('interest starts on the day that was agreed', () => {
  const loan = example([], { interestChargedFrom: date('2025-01-25') });
  expect(income(loan, 1, '01-25')).toBe('none');
  // 21 days bear interest; 6 of them have passed.
  const [row] = loan.installments;
  expect(income(loan, 1, '02-15')).toBe(`02-15 I ${Number(row?.charged.interest) / 100}`);
});
