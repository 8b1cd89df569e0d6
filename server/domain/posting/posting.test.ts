import { describe, expect, it } from 'vitest';
import type { LoanCharge } from '../charge.ts';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import { type JournalEntry, mirrored } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import type { AccountingMethod, AccountRole, LoanTerms } from '../terms.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import { linesFor, type PostingContext, postChanges } from './posting.ts';

/** Every role is played by an account of its own name, so that lines read as roles. */
const accounts = new Proxy({}, { get: (_, role) => role }) as Record<AccountRole, string>;

const charge = (id: number, penalty: boolean) => ({ id, definition: { penalty } }) as LoanCharge;

function loanOf(state: Partial<Loan> & { method?: AccountingMethod } = {}): Loan {
  const { method = 'ACCRUAL_PERIODIC', ...rest } = state;
  const accounting = { method, accounts, fundSourceByPaymentType: { CHEQUE: 'chequesInTransit' } };
  const terms = { accounting } as unknown as LoanTerms;
  const charges = [charge(1, false), charge(2, true)];
  return { terms, charges, chargedOffOn: null, isFraud: false, transactions: [], ...rest } as unknown as Loan;
}

/** `P 100 I 6` -> portions; O is the overpaid part. The amount is their sum unless `amount` is given. */
function transaction(
  type: TransactionType,
  parts: string,
  rest: Partial<LoanTransaction> = {},
): LoanTransaction {
  const part = (letter: string) => BigInt(new RegExp(`${letter} (\\d+)`).exec(parts)?.[1] ?? 0);
  const portions = { principal: part('P'), interest: part('I'), fees: part('F'), penalties: part('N') };
  const amount = part('P') + part('I') + part('F') + part('N') + part('O');
  const booked = { id: 1, sequence: 1, date: date('2025-03-01'), submittedOn: date('2025-03-01') };
  const plain = {
    unrecognised: 0n,
    chargesPaid: [],
    balance: 0n,
    reversal: 'none',
    reversedOn: null,
  } as const;
  const links = { relatedTransactionId: null, relatedChargeId: null, paymentType: null, reAge: null };
  const split = { type, amount, portions, overpaid: part('O'), bookedAs: 'performing' } as const;
  return { ...booked, ...plain, ...links, ...split, ...rest };
}

function text(entry: JournalEntry): string {
  const side = (name: string) =>
    entry.lines
      .filter((line) => line.side === name)
      .map((line) => `${line.account} ${line.amount}`)
      .join(' + ');
  return `${side('debit')} = ${side('credit')}`;
}

const ALL = 'P 100 I 6 F 5 N 2 O 30';
const DEBT = 'loanPortfolio 100 + interestReceivable 6 + feeReceivable 5 + penaltyReceivable 2';
const INCOME = 'interestIncome 6 + feeIncome 5 + penaltyIncome 2';
const LOSS = 'chargeOffExpense 100 + chargeOffInterest 6 + chargeOffFee 5 + chargeOffPenalty 2';
const GOODWILL = 'goodwillCredit 130 + goodwillInterest 6 + goodwillFee 5 + goodwillPenalty 2';
const RECOVERED = 'recoveryIncome 113 + overpayment 30';

type Row = [
  type: TransactionType,
  parts: string,
  before: string,
  after?: string,
  rest?: Partial<LoanTransaction>,
];
const table: Row[] = [
  ['disbursement', 'P 300', 'loanPortfolio 300 = fundSource 300'],
  ['disbursement', 'P 270 O 30', 'loanPortfolio 270 + overpayment 30 = fundSource 300'],
  ['repaymentAtDisbursement', 'F 9', 'fundSource 9 = feeIncome 9'],
  ['repayment', ALL, `fundSource 143 = ${DEBT} + overpayment 30`, `fundSource 143 = ${RECOVERED}`],
  ['downPayment', ALL, `fundSource 143 = ${DEBT} + overpayment 30`],
  [
    'merchantIssuedRefund',
    ALL,
    `fundSource 143 = ${DEBT} + overpayment 30`,
    `fundSource 143 = ${LOSS} + overpayment 30`,
  ],
  [
    'payoutRefund',
    ALL,
    `fundSource 143 = ${DEBT} + overpayment 30`,
    `fundSource 143 = ${LOSS} + overpayment 30`,
  ],
  ['goodwillCredit', ALL, `${GOODWILL} = ${DEBT} + overpayment 30`, `${GOODWILL} = ${RECOVERED}`],
  [
    'interestPaymentWaiver',
    'P 4 I 6',
    'interestIncome 10 = loanPortfolio 4 + interestReceivable 6',
    'interestIncome 10 = chargeOffInterest 10',
  ],
  [
    'chargeAdjustment',
    'P 4 F 5',
    'feeIncome 9 = loanPortfolio 4 + feeReceivable 5',
    'feeIncome 9 = chargeOffFee 9',
    { relatedChargeId: 1 },
  ],
  [
    'chargeAdjustment',
    'F 5 N 2',
    'penaltyIncome 7 = feeReceivable 5 + penaltyReceivable 2',
    'penaltyIncome 7 = chargeOffFee 5 + chargeOffPenalty 2',
    { relatedChargeId: 2 },
  ],
  [
    'chargeRefund',
    'P 5',
    'fundSource 5 + feeIncome 5 = loanPortfolio 5 + fundSource 5',
    'fundSource 5 + feeIncome 5 = loanPortfolio 5 + fundSource 5',
    { relatedChargeId: 1 },
  ],
  ['accrual', 'I 6 F 5 N 2', `${DEBT.slice('loanPortfolio 100 + '.length)} = ${INCOME}`],
  ['waiveCharges', 'F 5', 'writeOff 5 = feeReceivable 5'],
  ['waiveInterest', 'I 6', 'writeOff 6 = interestReceivable 6'],
  ['writeOff', 'P 100 I 6', 'writeOff 106 = loanPortfolio 100 + interestReceivable 6'],
  ['recoveryRepayment', 'P 40', 'fundSource 40 = recoveryIncome 40'],
  [
    'creditBalanceRefund',
    'P 10 O 30',
    'overpayment 30 + loanPortfolio 10 = fundSource 40',
    'overpayment 30 + chargeOffExpense 10 = fundSource 40',
  ],
  [
    'chargeback',
    'P 70 O 30',
    'overpayment 30 + loanPortfolio 70 = fundSource 100',
    'overpayment 30 + chargeOffExpense 70 = fundSource 100',
  ],
  ['refund', 'P 10 I 3', 'loanPortfolio 10 + interestIncome 3 = fundSource 13'],
  ['chargeOff', 'P 100 I 6 F 5 N 2', `${LOSS} = ${DEBT}`, `${LOSS} = ${DEBT}`],
  ['accrualActivity', 'I 6', ' = '],
  ['reAge', 'P 300', ' = '],
  ['reAmortize', 'P 300', ' = '],
];

describe('what each transaction debits = credits, under periodic accrual', () => {
  it.each(table)('%s of %s: %s', (type, parts, before, after = before, rest = {}) => {
    expect(text(linesFor(transaction(type, parts, rest), loanOf()))).toBe(before);
    const later = transaction(type, parts, { ...rest, bookedAs: 'chargedOff' });
    expect(text(linesFor(later, loanOf()))).toBe(after);
  });

  it('splits a chargeback by components and leaves out what its overpaid part paid at once', () => {
    const settledAtOnce = { ...noPortions(), principal: 25n, penalties: 5n };
    const chargeback = transaction('chargeback', 'P 90 F 10', { overpaid: 30n, amount: 100n, settledAtOnce });
    expect(text(linesFor(chargeback, loanOf()))).toBe(
      'overpayment 30 + loanPortfolio 65 + feeReceivable 10 = penaltyReceivable 5 + fundSource 100',
    );
  });

  it('lends what did not come out of an overpayment, which may settle interest and charges at once', () => {
    const settledAtOnce = { principal: 12n, interest: 6n, fees: 5n, penalties: 7n };
    const lent = transaction('disbursement', 'P 270 O 30', { settledAtOnce });
    expect(text(linesFor(lent, loanOf()))).toBe(
      'loanPortfolio 288 + overpayment 30 = ' +
        'fundSource 300 + interestReceivable 6 + feeReceivable 5 + penaltyReceivable 7',
    );
  });

  it('takes the fund source of the payment type, where it has its own', () => {
    const paid = transaction('repayment', 'P 100', { paymentType: 'CHEQUE' });
    expect(text(linesFor(paid, loanOf()))).toBe('chequesInTransit 100 = loanPortfolio 100');
  });

  it('books the loss of a fraudulent loan to the fraud expense', () => {
    const lost = transaction('chargeOff', 'P 100', { bookedAs: 'chargedOffFraud' });
    expect(text(linesFor(lost, loanOf()))).toBe('chargeOffFraudExpense 100 = loanPortfolio 100');
  });

  it('merges lines on the same account and side', () => {
    const shared = {
      ...accounts,
      interestReceivable: '1126',
      feeReceivable: '1126',
      loanPortfolio: '1',
      fundSource: '2',
    };
    const loan = loanOf();
    const terms = { ...loan.terms, accounting: { ...loan.terms.accounting, accounts: shared } };
    const paid = transaction('repayment', 'P 100 I 6 F 5');
    expect(text(linesFor(paid, { ...loan, terms }))).toBe('2 111 = 1 100 + 1126 11');
  });
});

describe('cash accounting books income when it is paid', () => {
  const cash: [TransactionType, string, string][] = [
    ['disbursement', 'P 300', 'loanPortfolio 300 = fundSource 300'],
    ['repayment', ALL, `fundSource 143 = loanPortfolio 100 + ${INCOME} + overpayment 30`],
    ['accrual', 'I 6', ' = '],
    ['waiveCharges', 'F 5', ' = '],
    ['writeOff', 'P 100 I 6', 'writeOff 100 = loanPortfolio 100'],
    ['chargeOff', 'P 100 I 6', 'chargeOffExpense 100 = loanPortfolio 100'],
  ];
  it.each(cash)('%s of %s: %s', (type, parts, lines) => {
    expect(text(linesFor(transaction(type, parts), loanOf({ method: 'CASH' })))).toBe(lines);
  });

  it('books nothing for a product without accounting', () => {
    expect(text(linesFor(transaction('repayment', ALL), loanOf({ method: 'NONE' })))).toBe(' = ');
  });
});

describe('what a change of the loan posts', () => {
  const posted = (before: LoanTransaction[], after: LoanTransaction[], state: Partial<Loan> = {}) =>
    postChanges(loanOf({ ...state, transactions: before }), loanOf({ ...state, transactions: after }));
  const paid = transaction('repayment', 'P 100');

  it('posts a new transaction once', () => {
    expect(posted([], [paid]).entries.map(text)).toEqual(['fundSource 100 = loanPortfolio 100']);
    expect(posted([paid], [paid]).entries).toEqual([]);
  });

  it('mirrors a reversed one under the same transaction and date', () => {
    const reversed = { ...paid, reversal: 'byHand', reversedOn: date('2025-04-01') } as const;
    expect(posted([paid], [reversed]).entries).toEqual([
      mirrored(linesFor(paid, loanOf() as PostingContext)),
    ]);
  });

  it('posts nothing for one that is booked and reversed in the same change', () => {
    expect(posted([], [{ ...paid, reversal: 'bySystem' }]).entries).toEqual([]);
  });

  it('mirrors the old lines and posts the new ones when a replay splits differently', () => {
    const again = transaction('repayment', 'P 88 F 12', { sequence: 7 });
    expect(posted([paid], [again]).entries.map(text)).toEqual([
      'loanPortfolio 100 = fundSource 100',
      'fundSource 100 = loanPortfolio 88 + feeReceivable 12',
    ]);
  });

  it('posts no entry without lines', () => {
    expect(posted([], [transaction('reAge', 'P 100')]).entries).toEqual([]);
  });

  it('mirrors and posts again where only the date or only an account changed', () => {
    const day = date('2025-03-02');
    const moved = posted([paid], [{ ...paid, date: day }]).entries;
    expect(moved.map((entry) => [entry.date, text(entry)])).toEqual([
      ['2025-03-01', 'loanPortfolio 100 = fundSource 100'],
      ['2025-03-02', 'fundSource 100 = loanPortfolio 100'],
    ]);
    expect(posted([paid], [transaction('repayment', 'F 100')]).entries.map(text)).toEqual([
      'loanPortfolio 100 = fundSource 100',
      'fundSource 100 = feeReceivable 100',
    ]);
  });

  it('knows a transaction by its number, where accruals before it are left out', () => {
    const accrual = transaction('accrual', 'I 6', { id: 1 });
    const second = { ...paid, id: 2, sequence: 2 };
    expect(posted([accrual, second], [second]).entries).toEqual([]);
    expect(posted([second], [accrual, second]).entries.map(text)).toEqual([
      'interestReceivable 6 = interestIncome 6',
    ]);
  });

  it('classifies one that a replay booked again, not one that was changed in place', () => {
    const state = { chargedOffOn: date('2025-02-20') };
    const inPlace = transaction('repayment', 'P 88 F 12');
    expect(posted([paid], [inPlace], state).entries.map(text)[1]).toBe(
      'fundSource 100 = loanPortfolio 88 + feeReceivable 12',
    );
    expect(posted([paid], [{ ...inPlace, sequence: 7 }], state).entries.map(text)[1]).toBe(
      'fundSource 100 = recoveryIncome 100',
    );
  });

  it('on the day of the charge-off an undone one and other transactions do not count', () => {
    const day = date('2025-03-10');
    const undone = transaction('chargeOff', 'P 50', { id: 2, date: day, reversal: 'byHand' });
    const known = [{ ...paid, id: 1 }, undone, transaction('chargeOff', 'P 50', { id: 5, date: day })];
    const fresh = transaction('repayment', 'P 10', { id: 3, sequence: 3, date: day });
    const { loan } = posted(known, [...known, fresh], { chargedOffOn: day });
    expect(loan.transactions.at(-1)?.bookedAs).toBe('performing');
  });

  it('classifies by the charge-off date, and on that day by order of booking', () => {
    const day = date('2025-03-10');
    const chargeOff = transaction('chargeOff', 'P 50', { id: 2, date: day, bookedAs: 'chargedOff' });
    const on = (id: number, paidOn: string) =>
      transaction('repayment', 'P 10', { id, sequence: id, date: date(paidOn) });
    const bookings = (fresh: LoanTransaction) => {
      const { loan } = posted([chargeOff], [chargeOff, fresh], { chargedOffOn: day });
      return loan.transactions[1]?.bookedAs;
    };
    expect(bookings(on(3, '2025-03-09'))).toBe('performing');
    expect(bookings(on(1, '2025-03-10'))).toBe('performing');
    expect(bookings(on(3, '2025-03-10'))).toBe('chargedOff');
    expect(bookings(on(3, '2025-03-11'))).toBe('chargedOff');
  });

  it('never reclassifies what is posted: an undone charge-off leaves the lines booked after it', () => {
    const late = { ...paid, bookedAs: 'chargedOff' } as const;
    const reversed = { ...late, reversal: 'byHand' } as const;
    expect(posted([late], [reversed]).entries.map(text)).toEqual(['recoveryIncome 100 = fundSource 100']);
  });
});
