import { describe, expect, it } from 'vitest';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import { booked, fee, type Line, on, pay, penalty, splitOf, tell } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { exampleTerms, money, recalculation } from '../schedule/exampleLoan.ts';
import { DEFAULT_SETTINGS, type LoanTerms } from '../terms.ts';
import type { LoanTransaction } from '../transaction.ts';
import { accrueOnClosing, accrueTill, reprocessAccruals } from './accrual.ts';
import { stateActivity } from './activity.ts';

const TODAY = on('2025-05-01');
const add = (definition = fee(9), due = '2025-02-01'): Line => [
  '2025-01-15',
  { kind: 'addCharge', definition, dueDate: date(due) },
];

/** 300 in 3 rows with interest 6 each; a fee of 9 in the first, a penalty of 4 in the second. */
const charged = (own: Partial<LoanTerms> = {}, state: Partial<Loan> = {}): Loan => ({
  ...tell(own, [add(), add(penalty(4), '2025-03-01')]).loan,
  ...state,
});

type Part = readonly ['interest' | 'fees' | 'penalties', number];

const accrual = (day: string, parts: readonly Part[], own: Partial<LoanTransaction> = {}): LoanTransaction =>
  booked(`2025-${day}`, {
    type: 'accrual',
    portions: {
      ...noPortions(),
      ...Object.fromEntries(parts.map(([part, amount]) => [part, money(amount)])),
    },
    ...own,
  });

const shownAccruals = (loan: Loan) =>
  loan.transactions
    .filter(({ type, reversal }) => type === 'accrual' && reversal === 'none')
    .map((each) => `${each.date.slice(5)} ${splitOf(each)}`);

/** `6/9/0` of every row: interest, fees and penalties accrued. */
const rowsOf = (loan: Loan) =>
  loan.installments.map(({ accrued }) =>
    [accrued.interest, accrued.fees, accrued.penalties].map((each) => Number(each) / 100).join('/'),
  );

describe('accruals laid over a changed schedule', () => {
  const fitted = (accruals: LoanTransaction[], state: Partial<Loan> = {}, own: Partial<LoanTerms> = {}) => {
    const loan = charged(own, state);
    const numbered = accruals.map((each, index) => ({ ...each, id: index + 10, sequence: index + 10 }));
    return reprocessAccruals({ ...loan, transactions: [...loan.transactions, ...numbered] }, TODAY);
  };
  const I = (amount: number): Part[] => [['interest', amount]];

  it.each<[string, LoanTransaction[], string[], string[]]>([
    [
      'stay while the row charges as much',
      [accrual('01-31', I(3)), accrual('02-15', I(3))],
      ['01-31 I 3', '02-15 I 3'],
      ['6/0/0', '0/0/0', '0/0/0'],
    ],
    [
      'go when they exceed it',
      [accrual('01-31', I(3)), accrual('02-10', I(4))],
      ['01-31 I 3'],
      ['3/0/0', '0/0/0', '0/0/0'],
    ],
    [
      'the later one goes, in whatever order they were booked',
      [accrual('02-10', I(4)), accrual('01-31', I(3))],
      ['01-31 I 3'],
      ['3/0/0', '0/0/0', '0/0/0'],
    ],
    ['go when the fees are exceeded', [accrual('02-15', [['fees', 9.01]])], [], ['0/0/0', '0/0/0', '0/0/0']],
    [
      'stay when the fees are met',
      [accrual('02-15', [['fees', 9]])],
      ['02-15 F 9'],
      ['0/9/0', '0/0/0', '0/0/0'],
    ],
    [
      'go when the penalties are exceeded',
      [accrual('03-15', [['penalties', 4.01]])],
      [],
      ['0/0/0', '0/0/0', '0/0/0'],
    ],
    [
      'stay when the penalties are met',
      [accrual('03-15', [['penalties', 4]])],
      ['03-15 N 4'],
      ['0/0/0', '0/0/4', '0/0/0'],
    ],
    [
      'belong to the row that ends on their day',
      [accrual('02-15', I(5)), accrual('02-16', I(4))],
      ['02-15 I 5', '02-16 I 4'],
      ['5/0/0', '4/0/0', '0/0/0'],
    ],
    [
      'belong to the first row on its first day',
      [accrual('01-15', I(1))],
      ['01-15 I 1'],
      ['1/0/0', '0/0/0', '0/0/0'],
    ],
    ['stay on the last due date', [accrual('04-15', I(6))], ['04-15 I 6'], ['0/0/0', '0/0/0', '6/0/0']],
    ['go after the last due date', [accrual('04-16', I(1))], [], ['0/0/0', '0/0/0', '0/0/0']],
    [
      'do not count when they were taken back',
      [accrual('01-31', I(6), { reversal: 'bySystem' }), accrual('02-15', I(6))],
      ['02-15 I 6'],
      ['6/0/0', '0/0/0', '0/0/0'],
    ],
    [
      'are alone: payments do not count',
      [accrual('01-31', I(6), { type: 'repayment' }), accrual('02-15', I(6))],
      ['02-15 I 6'],
      ['6/0/0', '0/0/0', '0/0/0'],
    ],
  ])('%s', (_, accruals, kept, rows) => {
    const loan = fitted(accruals);
    expect(shownAccruals(loan)).toEqual(kept);
    expect(rowsOf(loan)).toEqual(rows);
  });

  it('that go are taken back by the system, today', () => {
    const gone = fitted([accrual('02-10', I(7))]).transactions.at(-1);
    expect(gone).toMatchObject({ id: 10, reversal: 'bySystem', reversedOn: '2025-05-01' });
  });

  it.each<[string, string, string, Partial<LoanTerms>, string[]]>([
    ['of the day accrued till go, for the running row is worked out anew', '01-31', '2025-01-31', {}, []],
    ['unless that is a due date', '02-15', '2025-02-15', {}, ['02-15 I 1']],
    ['of another day stay', '01-30', '2025-01-31', {}, ['01-30 I 1']],
  ])('%s', (_, day, accruedTill, own, kept) => {
    expect(shownAccruals(fitted([accrual(day, I(1))], { accruedTill: date(accruedTill) }, own))).toEqual(
      kept,
    );
  });

  it('of the day accrued till stay on a loan without interest', () => {
    const fees = [accrual('02-05', [['fees', 9]])];
    const state = { accruedTill: date('2025-02-05') };
    expect(shownAccruals(fitted(fees, state, { interestRatePerPeriod: '0' }))).toEqual(['02-05 F 9']);
    expect(shownAccruals(fitted(fees, state))).toEqual([]);
  });

  it('leave the down payment out: the first row is the first normal one', () => {
    const downPayment = { enabled: true, percentage: '25', automatic: false };
    const loan = fitted([accrual('01-15', [['fees', 9]])], {}, { downPayment });
    expect(rowsOf(loan)).toEqual(['0/0/0', '0/9/0', '0/0/0', '0/0/0']);
  });

  it('belong to the row of their charge, where charges accrue on the day they were added', () => {
    const settings = { ...DEFAULT_SETTINGS, chargeAccrualDate: 'submitted-date' as const };
    const loan = charged();
    const early = accrual('01-16', [['penalties', 4]], {
      id: 10,
      chargesPaid: [{ chargeId: 2, amount: money(4) }],
    });
    const interest = accrual('01-20', I(2), { id: 11 });
    const lived = { ...loan, transactions: [...loan.transactions, early, interest] };
    expect(rowsOf(reprocessAccruals(lived, { ...TODAY, settings }))).toEqual(['2/0/0', '0/0/4', '0/0/0']);
    // By due date it would stand in the first row, which charges no penalty.
    expect(shownAccruals(reprocessAccruals(lived, TODAY))).toEqual(['01-20 I 2']);
  });

  it('are left alone on a loan that no longer accrues', () => {
    for (const state of [{ chargedOffOn: date('2025-02-01') }, { isNonPerforming: true }]) {
      const loan = charged({}, state);
      expect(reprocessAccruals(loan, TODAY)).toBe(loan);
    }
  });

  describe('are made again up to the day that was accrued till', () => {
    const recalculating = {
      ...exampleTerms(),
      accounting: tell({}, []).loan.terms.accounting,
      interestRecalculation: recalculation(),
      interestCalculationPeriod: 'DAILY',
    } as const;
    const lived = (own: Partial<LoanTerms> = {}): Loan =>
      tell({ ...recalculating, ...own }, [['2025-01-31', { kind: 'accrue', till: date('2025-01-31') }]]).loan;
    const changed = (loan: Loan): Loan => ({
      ...loan,
      installments: loan.installments.map((row) => ({
        ...row,
        charged: { ...row.charged, interest: money(62) },
      })),
    });

    it('where interest is recalculated', () => {
      // 76.44 x 16 / 31, then 62 x 16 / 31.
      expect(shownAccruals(lived())).toEqual(['01-31 I 39.45']);
      const again = reprocessAccruals(changed(lived()), TODAY);
      expect(shownAccruals(again)).toEqual(['01-31 I 32']);
      expect(again.accruedTill).toBe('2025-01-31');
    });

    it.each<[string, Partial<LoanTerms>, Partial<Loan>, string[]]>([
      ['not otherwise', { interestRecalculation: null }, {}, []],
      ['not on a closed loan', {}, { status: 'closed' }, []],
      ['not on a loan that never accrued', {}, { accruedTill: null }, ['01-31 I 39.45']],
    ])('%s', (_, own, state, left) => {
      expect(shownAccruals(reprocessAccruals({ ...changed(lived(own)), ...state }, TODAY))).toEqual(left);
    });
  });
});

describe('periodic accrual', () => {
  const till = (loan: Loan, day: string) => accrueTill(loan, date(`2025-${day}`), on(`2025-${day}`));

  it.each<[string, Partial<Loan>]>([
    ['closed', { status: 'closed' }],
    ['approved', { status: 'approved' }],
    ['non-performing', { isNonPerforming: true }],
    ['charged off', { chargedOffOn: date('2025-01-20') }],
  ])('leaves a loan alone that is %s', (_, state) => {
    const loan = charged({}, state);
    expect(till(loan, '02-15')).toBe(loan);
  });

  it('notes the day it ran till, the latest of all', () => {
    const first = till(charged(), '01-31');
    expect(first.accruedTill).toBe('2025-01-31');
    const back = till(first, '01-20');
    expect([back.accruedTill, shownAccruals(back)]).toEqual(['2025-01-31', ['01-31 I 3.10']]);
    expect(till(first, '02-01').accruedTill).toBe('2025-02-01');
  });

  it('skips the running row when it ran till that day or later', () => {
    const first = till(tell({}, []).loan, '02-01');
    const charges = charged().charges;
    const later = {
      ...first,
      charges,
      installments: charged().installments.map((row, index) => ({
        ...row,
        accrued: first.installments[index]?.accrued ?? noPortions(),
      })),
    };
    expect(shownAccruals(till(later, '02-01'))).toEqual(['02-01 I 3.29']);
    expect(shownAccruals(till(later, '02-02'))).toEqual(['02-01 I 3.29', '02-02 I 0.19 F 9']);
  });

  it('counts what it has just accrued on rows before', () => {
    const everyRow: Line = ['2025-01-15', { kind: 'addCharge', definition: fee(2, { time: 'INSTALLMENT' }) }];
    const { loan } = tell({ interestRatePerPeriod: '0' }, [everyRow]);
    expect(shownAccruals(till(loan, '04-15'))).toEqual(['02-15 F 2', '03-15 F 2', '04-15 F 2']);
  });
});

describe('when a loan has closed', () => {
  const closed = (own: Partial<LoanTerms> = {}, state: Partial<Loan> = {}): Loan =>
    charged(own, { status: 'closed', closedOn: date('2025-03-20'), ...state });
  const links = (loan: Loan) =>
    loan.transactions.at(-1)?.chargesPaid.map(({ chargeId, amount }) => `${chargeId}: ${amount / 100n}`);

  it('everything is recognised that was not, charge by charge', () => {
    const loan = accrueOnClosing(closed(), TODAY);
    expect(shownAccruals(loan)).toEqual(['03-20 I 18 F 9 N 4']);
    expect(links(loan)).toEqual(['1: 9', '2: 4']);
    expect(rowsOf(loan)).toEqual(['6/9/0', '6/0/4', '6/0/0']);
  });

  it('or overpaid, on that day', () => {
    const loan = charged({}, { status: 'overpaid', overpaidOn: date('2025-03-21') });
    expect(shownAccruals(accrueOnClosing(loan, TODAY))).toEqual(['03-21 I 18 F 9 N 4']);
  });

  it.each<[string, Loan]>([
    ['active', charged({}, { closedOn: date('2025-03-20') })],
    [
      'written off',
      charged({}, { status: 'writtenOff', closedOn: date('2025-03-20'), overpaidOn: date('2025-03-20') }),
    ],
    ['non-performing', closed({}, { isNonPerforming: true })],
    ['charged off', closed({}, { chargedOffOn: date('2025-03-01') })],
  ])('but nothing on a loan that is %s', (_, loan) => {
    expect(accrueOnClosing(loan, TODAY)).toBe(loan);
  });

  it('what was recognised before is not again', () => {
    const accrued = accrueTill(charged(), date('2025-02-15'), TODAY);
    const loan = accrueOnClosing({ ...accrued, status: 'closed', closedOn: date('2025-03-20') }, TODAY);
    expect(shownAccruals(loan)).toEqual(['02-15 I 6 F 9', '03-20 I 12 N 4']);
    expect(links(loan)).toEqual(['2: 4']);
  });

  it('what was waived is not, charge by charge', () => {
    const { loan } = tell({}, [
      add(),
      add(fee(5), '2025-02-03'),
      ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-02-05', pay(323)],
    ]);
    expect(shownAccruals(loan)).toEqual(['02-05 I 18 F 5']);
    expect(rowsOf(loan)).toEqual(['6/5/0', '6/0/0', '6/0/0']);
  });

  it('a waiver that was undone does not count', () => {
    const { loan } = tell({}, [
      add(),
      ['2025-01-20', { kind: 'waiveCharge', chargeId: 1 }],
      ['2025-01-21', { kind: 'undoWaiveCharge', transactionId: 2 }],
      ['2025-02-05', pay(327)],
    ]);
    expect(shownAccruals(loan)).toEqual(['02-05 I 18 F 9']);
  });

  it('charges that no longer hold, or that the disbursement paid, are not', () => {
    const loan = closed();
    const charges = loan.charges.map((charge) =>
      charge.id === 1
        ? { ...charge, active: false }
        : { ...charge, definition: { ...charge.definition, time: 'DISBURSEMENT' as const } },
    );
    expect(shownAccruals(accrueOnClosing({ ...loan, charges }, TODAY))).toEqual(['03-20 I 18']);
  });
});

describe('accrual activity', () => {
  const stated = (loan: Loan, ...days: string[]) =>
    days
      .reduce((sofar, day) => stateActivity(sofar, date(`2025-${day}`), on(`2025-${day}`)), loan)
      .transactions.filter(({ type }) => type === 'accrualActivity')
      .map((each) => `${each.date.slice(5)} ${splitOf(each)}`);

  it('states every installment on its due date', () => {
    expect(stated(charged(), '02-14', '02-15', '02-16', '03-15', '03-15')).toEqual([
      '02-15 I 6 F 9',
      '03-15 I 6 N 4',
    ]);
  });

  it('states nothing of a down payment, of nothing, or of a loan that is not active', () => {
    const downPayment = { enabled: true, percentage: '25', automatic: false };
    expect(stated(tell({ downPayment }, []).loan, '01-15')).toEqual([]);
    expect(stated(tell({ interestRatePerPeriod: '0' }, []).loan, '02-15')).toEqual([]);
    expect(stated(charged({}, { status: 'closed' }), '02-15')).toEqual([]);
  });
});
