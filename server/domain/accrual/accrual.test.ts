import { describe, expect, it } from 'vitest';
import { date } from '../date.ts';
import type { LoanCommand } from '../decision.ts';
import { listedTransactions } from '../history/history.ts';
import {
  accountBalances,
  continued,
  fee,
  type Line,
  pay,
  penalty,
  type Story,
  splitOf,
  tell,
} from '../life/story.ts';
import { exampleTerms, money } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { DEFAULT_SETTINGS } from '../terms.ts';
import { accrueTill } from './accrual.ts';
import { stateActivity } from './activity.ts';

/** 5000 at 18 % a year, 4 months from 15 Jan 2025: interest 75.00, 56.67, 38.06, 19.17 (engine.md 3.3). */
const example: Partial<LoanTerms> = {
  ...exampleTerms(),
  accounting: tell({}, []).loan.terms.accounting,
};

const accrue = (till: string): Line => [till, { kind: 'accrue', till: date(till) }];
const charge = (day: string, own: { due: string; amount: number; isPenalty?: boolean }): Line => {
  const definition = own.isPenalty ? penalty(own.amount) : fee(own.amount);
  return [day, { kind: 'addCharge', definition, dueDate: date(own.due) }];
};

/** `01-31 I 38.71` of every accrual that stands. */
const accruals = ({ loan }: Story, type = 'accrual'): string[] =>
  listedTransactions(loan)
    .filter((each) => each.type === type)
    .map((each) => `${each.date.slice(5)} ${splitOf(each)}`);

describe('periodic accrual till a date', () => {
  it('takes the share of the running row by days, its rest once due, charges when they fall due', () => {
    const story = tell(example, [
      charge('2025-01-15', { due: '2025-02-01', amount: 9 }),
      accrue('2025-01-31'),
      accrue('2025-02-10'),
      accrue('2025-02-20'),
    ]);
    expect(accruals(story)).toEqual(['01-31 I 38.71', '02-10 I 24.19 F 9', '02-15 I 12.10', '02-20 I 10.12']);
  });

  it('accrues a day once', () => {
    const story = tell(example, [
      accrue('2025-01-31'),
      ['2025-01-31', { kind: 'accrue', till: date('2025-01-31') }],
    ]);
    expect(accruals(story)).toEqual(['01-31 I 38.71']);
  });

  it('takes interest, fees and penalties of a row in one transaction', () => {
    const story = tell(example, [
      charge('2025-01-15', { due: '2025-02-15', amount: 9 }),
      charge('2025-01-15', { due: '2025-02-01', amount: 4, isPenalty: true }),
      accrue('2025-02-15'),
    ]);
    expect(accruals(story)).toEqual(['02-15 I 75 F 9 N 4']);
  });

  it('earns an installment fee installment by installment, with their due dates', () => {
    const everyRow: LoanCommand = { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) };
    const free = { ...example, interestRatePerPeriod: '0' };
    const begun = tell(free, [['2025-01-15', everyRow], accrue('2025-02-14')]);
    expect(accruals(begun)).toEqual([]);
    const running = continued(begun, [accrue('2025-02-20'), accrue('2025-03-14')]);
    expect(accruals(running)).toEqual(['02-15 F 2']);
    expect(accruals(continued(running, [accrue('2025-04-20')]))).toEqual([
      '02-15 F 2',
      '03-15 F 2',
      '04-15 F 2',
    ]);
  });

  it('leaves out the installments of a fee that were waived before they were earned', () => {
    const everyRow: LoanCommand = { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) };
    const story = tell({ ...example, interestRatePerPeriod: '0' }, [
      ['2025-01-15', everyRow],
      accrue('2025-02-15'),
      ['2025-02-16', pay('1252')],
      ['2025-02-16', { kind: 'waiveCharge', chargeId: 1 }],
      accrue('2025-03-20'),
      accrue('2025-04-20'),
    ]);
    expect(accruals(story)).toEqual(['02-15 F 2', '04-15 F 2']);
  });

  it('books receivables against income, which payments then settle', () => {
    const story = tell(example, [accrue('2025-02-15'), ['2025-02-15', pay('1297.22')]]);
    const balances = accountBalances(story.entries);
    expect(balances.interestIncome).toBe('-75');
    expect(balances.interestReceivable).toBeUndefined();
  });

  it('starts on the day interest starts', () => {
    const late = { ...example, interestChargedFrom: date('2025-01-25') };
    const { loan } = tell(example, []);
    const context = { businessDate: date('2025-01-31'), settings: DEFAULT_SETTINGS };
    const accrued = accrueTill({ ...loan, terms: { ...loan.terms, ...late } }, date('2025-01-31'), context);
    // 6 of the 21 days from 25 Jan to 15 Feb
    expect(accrued.transactions.at(-1)?.amount).toBe(money('21.43'));
  });

  it('stops after a charge-off', () => {
    const chargeOff: LoanCommand = { kind: 'chargeOff', on: date('2025-01-31') };
    const story = tell(example, [['2025-01-31', chargeOff], accrue('2025-02-15')]);
    expect(accruals(story)).toEqual([]);
  });

  it('is for products under periodic accrual', () => {
    const accounting = { ...tell({}, []).loan.terms.accounting, method: 'CASH' as const };
    expect(accruals(tell({ ...example, accounting }, [accrue('2025-02-15')]))).toEqual([]);
  });
});

describe('charges that accrue on the day they were added', () => {
  const settings = { ...DEFAULT_SETTINGS, chargeAccrualDate: 'submitted-date' as const };
  it('are recognised at once, whatever row they fall into', () => {
    const { loan } = tell({ interestRatePerPeriod: '0' }, [
      charge('2025-01-15', { due: '2025-03-06', amount: 10 }),
    ]);
    const accrued = accrueTill(loan, date('2025-01-15'), { businessDate: date('2025-01-15'), settings });
    const [accrual] = accrued.transactions.filter((each) => each.type === 'accrual');
    expect([accrual?.date, accrual?.portions.fees]).toEqual(['2025-01-15', money(10)]);
  });
});

describe('closing', () => {
  it('recognises everything not accrued yet, on the day the loan is closed', () => {
    const story = tell({}, [['2025-02-05', pay(318)]]);
    expect(accruals(story)).toEqual(['02-05 I 18']);
  });

  it('recognises only what earlier accruals left', () => {
    const story = tell({}, [accrue('2025-02-15'), ['2025-02-20', pay(318)]]);
    expect(accruals(story)).toEqual(['02-15 I 6', '02-20 I 12']);
  });

  it('leaves out what was waived', () => {
    const story = tell({}, [
      charge('2025-01-20', { due: '2025-02-01', amount: 9 }),
      ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-02-05', pay(318)],
    ]);
    expect(accruals(story)).toEqual(['02-05 I 18']);
  });

  it('does the same when the loan becomes overpaid, and once only', () => {
    const story = tell({}, [
      ['2025-02-05', pay(330)],
      ['2025-02-06', pay(10)],
    ]);
    expect(accruals(story)).toEqual(['02-05 I 18']);
  });

  it('leaves no receivable and no portfolio behind', () => {
    const story = tell({}, [
      charge('2025-01-20', { due: '2025-02-01', amount: 9 }),
      ['2025-02-05', pay(327)],
    ]);
    const fundSource = '27';
    expect(accountBalances(story.entries)).toEqual({ fundSource, interestIncome: '-18', feeIncome: '-9' });
  });
});

describe('after the schedule has changed', () => {
  it('takes an accrual back that exceeds what its row charges', () => {
    const story = tell({}, [['2025-02-05', pay(318)]]);
    const closing = story.loan.transactions.find((each) => each.type === 'repayment');
    const undo: LoanCommand = { kind: 'reverse', transactionId: closing?.id ?? 0, on: date('2025-02-06') };
    // 18 were recognised in the first row, which charges 6
    expect(accruals(continued(story, [['2025-02-06', undo]]))).toEqual([]);
  });

  it('keeps one that fits', () => {
    const noInterest = { interestRatePerPeriod: '0' };
    const story = tell(noInterest, [
      charge('2025-01-20', { due: '2025-02-01', amount: 9 }),
      ['2025-02-05', pay(309)],
    ]);
    const closing = story.loan.transactions.find((each) => each.type === 'repayment');
    const undo: LoanCommand = { kind: 'reverse', transactionId: closing?.id ?? 0, on: date('2025-02-06') };
    expect(accruals(continued(story, [['2025-02-06', undo]]))).toEqual(['02-05 F 9']);
  });
});

describe('accrual activity states what rows charge and posts nothing', () => {
  const context = { businessDate: date('2025-02-15'), settings: DEFAULT_SETTINGS };
  const { loan } = tell({}, [charge('2025-01-20', { due: '2025-02-01', amount: 9 }), accrue('2025-02-15')]);

  it('on the due date of a row, once', () => {
    const stated = stateActivity(loan, date('2025-02-15'), context);
    const last = stated.transactions.at(-1);
    expect([last?.type, last?.portions.interest, last?.portions.fees]).toEqual([
      'accrualActivity',
      money(6),
      money(9),
    ]);
    expect(stateActivity(stated, date('2025-02-15'), context)).toBe(stated);
    expect(stateActivity(loan, date('2025-02-14'), context)).toBe(loan);
  });
});
