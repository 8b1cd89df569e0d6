import { describe, expect, it } from 'vitest';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import { answerTo, booked, continued, fee, type Line, on, pay, tell } from '../life/story.ts';
import type { Loan, LoanStatus } from '../loan.ts';
import { money, shown } from '../schedule/exampleLoan.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import {
  lastDateOf,
  lastUserTransactionDate,
  listedTransactions,
  transactionOf,
  withBalances,
  withReplaced,
  withTransaction,
} from './history.ts';
import { overpaidAmount, settled } from './settlement.ts';

/** 300 without interest in 3 rows, with a history of its own. */
const loanWith = (transactions: readonly LoanTransaction[], state: Partial<Loan> = {}): Loan => ({
  ...tell({ interestRatePerPeriod: '0' }, []).loan,
  transactions,
  ...state,
});

const of = (id: number, type: TransactionType, day: string, own: Partial<LoanTransaction> = {}) =>
  booked(`2025-${day}`, { id, type, ...own });
const principal = (amount: number) => ({ ...noPortions(), principal: money(amount) });
const out = (amount = 300, own: Partial<LoanTransaction> = {}) =>
  of(1, 'disbursement', '01-15', { amount: money(amount), ...own });

describe('the balance after', () => {
  const balance = (transaction: LoanTransaction) =>
    shown(withBalances(loanWith([out(), transaction])).transactions[1]?.balance ?? -1n);

  it.each<[string, TransactionType, Partial<LoanTransaction>, string]>([
    ['a repayment falls by its principal', 'repayment', { portions: principal(100) }, '200.00'],
    ['a write-off too', 'writeOff', { portions: principal(300) }, '0.00'],
    ['a chargeback rises', 'chargeback', { portions: principal(40) }, '340.00'],
    [
      'less what an overpayment paid of it at once',
      'chargeback',
      { portions: principal(40), settledAtOnce: principal(15) },
      '325.00',
    ],
    [
      'a credit balance refund rises by what it made debt',
      'creditBalanceRefund',
      { portions: principal(10) },
      '310.00',
    ],
    ['cash that was handed back rises', 'refund', { portions: principal(30) }, '330.00'],
    ['a further disbursement rises by its amount', 'disbursement', { amount: money(50) }, '350.00'],
    ['less what had been overpaid', 'disbursement', { amount: money(50), overpaid: money(20) }, '330.00'],
    ['more was paid than was owed is nothing', 'repayment', { portions: principal(301) }, '0.00'],
    ['an accrual is not shown', 'accrual', { portions: principal(100) }, '0.00'],
    ['an accrual activity neither', 'accrualActivity', {}, '0.00'],
    ['a charge-off neither', 'chargeOff', { portions: principal(300) }, '0.00'],
    ['a re-age neither', 'reAge', { portions: principal(300) }, '0.00'],
    ['a re-amortization neither', 'reAmortize', { portions: principal(300) }, '0.00'],
    [
      'what was taken back is what it was',
      'repayment',
      { portions: principal(100), reversal: 'byHand', balance: money(7) },
      '7.00',
    ],
  ])('%s', (_, type, own, expected) => {
    expect(balance(of(2, type, '02-15', own))).toBe(expected);
  });

  it('runs by date, then by sequence; what moves no money and what was taken back is passed over', () => {
    const loan = loanWith([
      out(),
      of(2, 'repayment', '03-15', { portions: principal(100) }),
      of(3, 'repayment', '02-15', { portions: principal(50), sequence: 9 }),
      of(4, 'repayment', '02-15', { portions: principal(20) }),
      of(5, 'chargeOff', '02-16', { portions: principal(300) }),
      of(6, 'repayment', '02-10', { portions: principal(300), reversal: 'bySystem' }),
    ]);
    const balances = withBalances(loan).transactions.map(
      ({ id, balance: after }) => `${id}: ${shown(after)}`,
    );
    expect(balances).toEqual(['1: 300.00', '2: 130.00', '3: 230.00', '4: 280.00', '5: 0.00', '6: 0.00']);
  });

  it('leaves the loan as it is when nothing has changed', () => {
    const { loan } = tell({}, [['2025-02-15', pay(106)]]);
    expect(withBalances(loan)).toBe(loan);
    expect(withReplaced(loan, [])).toBe(loan);
  });
});

describe('a history', () => {
  it('shows what was reversed by hand and hides what the system reversed', () => {
    const loan = loanWith([
      of(3, 'repayment', '02-15', { sequence: 5 }),
      of(2, 'repayment', '02-15', { reversal: 'byHand' }),
      of(4, 'accrual', '02-15', { reversal: 'bySystem' }),
      out(),
    ]);
    expect(listedTransactions(loan).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(transactionOf(loan, 2).id).toBe(2);
    const NOT_THERE = (id: number) =>
      `not_found transaction_not_found: Transaction ${id} does not exist on this loan`;
    expect(answerTo(() => transactionOf(loan, 4))).toBe(NOT_THERE(4));
    expect(answerTo(() => transactionOf(loan, 5))).toBe(NOT_THERE(5));
  });

  it('gives what is booked the next number and the next place, hidden ones counting', () => {
    const loan = loanWith([out(), of(7, 'accrual', '02-01', { sequence: 12, reversal: 'bySystem' })]);
    const made = withTransaction(
      loan,
      { type: 'repayment', date: date('2025-02-15'), amount: 5n },
      on('2025-02-16'),
    );
    expect(made.transactions.at(-1)).toEqual(
      booked('2025-02-15', { id: 8, sequence: 13, amount: 5n, submittedOn: date('2025-02-16') }),
    );
  });

  const HISTORY = [
    out(),
    of(2, 'repayment', '02-20'),
    of(3, 'repayment', '02-15'),
    of(4, 'repayment', '03-01', { reversal: 'byHand' }),
    of(5, 'accrual', '03-02'),
    of(6, 'accrualActivity', '03-03'),
  ];

  it.each<[string, readonly LoanTransaction[], Partial<Loan>, string]>([
    ['the latest, accruals and what was taken back aside', HISTORY, {}, '2025-02-20'],
    ['else the disbursement', HISTORY.slice(3), {}, '2025-01-15'],
    ['else the submission', [], { disbursedOn: null, submittedOn: date('2025-01-10') }, '2025-01-10'],
  ])('its last transaction by a user is %s', (_, transactions, state, day) => {
    expect(lastUserTransactionDate(loanWith(transactions, state))).toBe(day);
  });

  it('knows the last of some kinds', () => {
    const last = (...types: TransactionType[]) => lastDateOf(loanWith(HISTORY), new Set(types));
    expect([last('repayment'), last('accrual', 'repayment'), last('refund')]).toEqual([
      '2025-02-20',
      '2025-03-02',
      undefined,
    ]);
  });
});

describe('what a loan was overpaid', () => {
  const overpaid = (transactions: LoanTransaction[], rules: Loan['terms']['creditAllocationRules'] = []) => {
    const loan = loanWith([out(), of(2, 'repayment', '02-15', { amount: money(50) }), ...transactions]);
    return shown(overpaidAmount({ ...loan, terms: { ...loan.terms, creditAllocationRules: rules } }));
  };
  const rules = [
    { transactionType: 'repayment', order: ['interest', 'principal', 'fees', 'penalties'] },
  ] as const;

  it.each<[string, LoanTransaction[], string]>([
    ['is what was paid beyond the rows', [], '50.00'],
    ['falls by what was handed back in cash', [of(3, 'refund', '02-16', { amount: money(20) })], '30.00'],
    [
      'falls by what was refunded out of it',
      [of(3, 'creditBalanceRefund', '02-16', { amount: money(20), overpaid: money(20) })],
      '30.00',
    ],
    [
      'not where a refund became debt',
      [of(3, 'creditBalanceRefund', '02-16', { overpaid: money(20), portions: principal(5) })],
      '50.00',
    ],
    [
      'falls by what paid a chargeback',
      [of(3, 'chargeback', '02-16', { amount: money(20), overpaid: money(20) })],
      '30.00',
    ],
    [
      'not where that became debt',
      [of(3, 'chargeback', '02-16', { overpaid: money(20), portions: principal(5) })],
      '50.00',
    ],
    [
      'does not count what was taken back',
      [of(3, 'repayment', '02-16', { amount: money(9), reversal: 'byHand' })],
      '50.00',
    ],
    ['does not count accruals', [of(3, 'accrual', '02-16', { amount: money(9) })], '50.00'],
    ['is never below nothing', [of(3, 'refund', '02-16', { amount: money(70) })], '0.00'],
  ])('%s', (_, transactions, expected) => {
    expect(overpaid(transactions)).toBe(expected);
  });

  it('falls by interest that it paid of a chargeback with rules of its own, and by nothing else', () => {
    const chargeback = of(3, 'chargeback', '02-16', { overpaid: money(20) });
    const settledAtOnce = { ...principal(15), interest: money(5) };
    expect(overpaid([chargeback], [...rules])).toBe('50.00');
    expect(overpaid([{ ...chargeback, settledAtOnce }], [...rules])).toBe('45.00');
  });
});

describe('after a transaction on 20 Feb', () => {
  const paidUp = (own: Partial<Loan> = {}): Loan => {
    const loan = loanWith([]);
    const installments = loan.installments.map((row) => ({ ...row, paid: { ...row.charged } }));
    return {
      ...loan,
      transactions: [of(2, 'repayment', '02-15', { amount: money(300) })],
      installments,
      ...own,
    };
  };
  const open = (own: Partial<Loan> = {}): Loan => loanWith([], own);
  const closed = { status: 'closed', closedOn: date('2025-02-10'), overpaidOn: date('2025-02-09') } as const;
  const { charges } = tell({}, [
    ['2025-01-20', { kind: 'addCharge', definition: fee(5), dueDate: date('2025-02-10') }],
  ]).loan;
  const charged = (own: Partial<Loan['charges'][number]>) =>
    paidUp({ charges: charges.map((each) => ({ ...each, ...own })) });

  it.each<[string, Loan, (string | null)[]]>([
    // status, closed on, overpaid on, actual maturity
    ['a loan with something open is active', open(closed), ['active', null, null, '2025-04-15']],
    ['one that owes nothing is closed', paidUp(), ['closed', '2025-02-20', null, '2025-02-20']],
    [
      'one paid too much is overpaid',
      paidUp({ transactions: [of(2, 'repayment', '02-15', { amount: money(301) })] }),
      ['overpaid', null, '2025-02-20', null],
    ],
    ['an open charge keeps it active', charged({}), ['active', null, null, '2025-04-15']],
    ['not one that is paid', charged({ paid: money(5) }), ['closed', '2025-02-20', null, '2025-02-20']],
    ['nor one that is waived', charged({ isWaived: true }), ['closed', '2025-02-20', null, '2025-02-20']],
    ['nor one taken off the loan', charged({ active: false }), ['closed', '2025-02-20', null, '2025-02-20']],
  ])('%s', (_, loan, answers) => {
    const { status, closedOn, overpaidOn, actualMaturity } = settled(loan, date('2025-02-20'));
    expect([status, closedOn, overpaidOn, actualMaturity]).toEqual(answers);
  });

  it('the maturity of an open loan is its last due date, in whatever order rows stand', () => {
    const loan = open();
    expect(
      settled({ ...loan, installments: [...loan.installments].reverse() }, date('2025-02-20')).actualMaturity,
    ).toBe('2025-04-15');
    expect(
      settled(
        { ...loan, charges, installments: [], expectedMaturity: date('2025-05-01') },
        date('2025-02-20'),
      ).actualMaturity,
    ).toBe('2025-05-01');
  });

  it.each<LoanStatus>(['pending', 'approved', 'writtenOff', 'rejected', 'withdrawn'])(
    'a loan that is %s stays so',
    (status) => {
      const loan = paidUp({ status });
      expect(settled(loan, date('2025-02-20'))).toBe(loan);
    },
  );
});

describe('what is announced', () => {
  const events = (lines: Line[], ...more: Line[]) =>
    continued(tell({ interestRatePerPeriod: '0' }, lines), more).last.events.map(
      ({ name, transactionId, status }) =>
        `${name}${transactionId === null ? '' : ` ${transactionId}`}${status === undefined ? '' : ` ${status}`}`,
    );
  const paid: Line = ['2025-02-15', pay(100)];
  const added: Line = ['2025-02-20', { kind: 'addCharge', definition: fee(10), dueDate: date('2025-02-10') }];

  it.each<[string, Line[], Line, string[]]>([
    ['a payment', [], paid, ['repayment-created 2']],
    [
      'a refund by a merchant',
      [],
      ['2025-02-15', pay(5, { type: 'merchantIssuedRefund' })],
      ['merchant-issued-refund-created 2'],
    ],
    [
      'the payment that closes the loan',
      [],
      ['2025-02-15', pay(300)],
      ['repayment-created 2', 'loan-status-changed closed'],
    ],
    [
      'one that was undone',
      [paid],
      ['2025-02-16', { kind: 'reverse', transactionId: 2, on: date('2025-02-16') }],
      ['repayment-reversed 2'],
    ],
    ['one that was split anew', [paid], added, ['repayment-replayed 2']],
    [
      'one that only the balance changes of: nothing',
      [paid],
      ['2025-02-20', pay(50, { on: date('2025-02-10') })],
      ['repayment-created 3'],
    ],
    [
      'a disbursal that was undone',
      [paid],
      ['2025-02-16', { kind: 'undoDisbursal' }],
      ['disbursement-reversed 1', 'repayment-reversed 2', 'loan-status-changed approved'],
    ],
    [
      'nothing of what had been taken back before',
      [paid, ['2025-02-16', { kind: 'reverse', transactionId: 2, on: date('2025-02-16') }]],
      ['2025-02-17', pay(5)],
      ['repayment-created 3'],
    ],
    ['nothing where nothing happened', [], ['2025-02-15', { kind: 'setFraud', isFraud: true }], []],
  ])('%s', (_, lines, line, expected) => {
    expect(events(lines, line)).toEqual(expected);
  });

  it('a change of the range, or of what an installment is late with', () => {
    const ranges = [{ code: 'A', name: 'late', minDays: 1, maxDays: null }];
    const own = {
      interestRatePerPeriod: '0',
      delinquencyBucket: { code: 'B', ranges },
      installmentLevelDelinquency: true,
    };
    const late = tell(own, [['2025-02-16', { kind: 'classifyDelinquency' }]]);
    const CHANGED = { name: 'delinquency-range-changed', transactionId: null };
    expect(late.last.events).toEqual([CHANGED]);
    expect(continued(late, [['2025-02-17', { kind: 'classifyDelinquency' }]]).last.events).toEqual([]);
    expect(continued(late, [['2025-02-17', pay(40)]]).last.events).toEqual([
      { name: 'repayment-created', transactionId: 2 },
      CHANGED,
    ]);
  });
});
