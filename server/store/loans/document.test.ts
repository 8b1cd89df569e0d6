/** What is stored of a loan is what is read. */
import { expect, it } from 'vitest';
import { date } from '../../domain/date.ts';
import { type Installment, newInstallment } from '../../domain/installment.ts';
import type { Loan, Regeneration } from '../../domain/loan.ts';
import { exampleTerms, schedule } from '../../domain/schedule/exampleLoan.ts';
import type { LoanTransaction } from '../../domain/transaction.ts';
import { readDocument, writeDocument } from './document.ts';
import type { SharedTerms } from './terms.ts';
import { NO_REMARKS, type TransactionRow, toTransaction, transactionRows } from './transactions.ts';

const [day, later] = [date('2025-01-15'), date('2025-02-15')];
const terms = exampleTerms({ maxOutstandingBalance: 5n, firstRepaymentDate: later });

/** Those without a value are left out of the document. */
const PLAIN: Omit<Loan, 'transactions'> = {
  ...{ terms, status: 'active', submittedOn: day, approvedOn: null, approvedPrincipal: 500n },
  ...{ disbursedOn: null, closedOn: null, overpaidOn: null, chargedOffOn: null, isFraud: false },
  ...{ isNonPerforming: false, overpaid: 0n, expectedMaturity: null, actualMaturity: null, tranches: [] },
  ...{ variations: [], charges: [], installments: schedule(), accruedTill: null, delinquencyActions: [] },
  ...{ delinquencyTags: [], lastClosedBusinessDate: null },
};

const parts = (first: bigint) => ({
  ...{ principal: first, interest: first + 1n, fees: first + 2n, penalties: first + 3n },
});

/** With all fields there are: a new one has to be named here. */
const ROW: Required<Installment> = {
  ...{ number: 1, kind: 'reAged', from: day, due: later, compounded: [{ on: later, amount: 9n }] },
  ...{ charged: parts(10n), paid: parts(20n), waived: parts(30n), writtenOff: parts(40n) },
  ...{ credited: parts(50n), accrued: parts(-60n), inAdvance: 7n, late: 8n, metOn: later },
};

const REGENERATION: Required<Regeneration> = {
  ...{ by: 'payoff', on: later, kept: 1, transactions: 2, charges: 3, dropped: [1] },
  ...{ undone: [{ id: 4, place: 1 }], variations: [] },
};

const FULL: Required<Omit<Loan, 'transactions' | 'unlisted' | 'leftOut'>> = {
  ...{ terms, status: 'overpaid', submittedOn: day, approvedOn: day, approvedPrincipal: 2n ** 60n },
  ...{ disbursedOn: day, closedOn: later, overpaidOn: later, chargedOffOn: later, isFraud: true },
  ...{ isNonPerforming: true, overpaid: 12n, expectedMaturity: later, actualMaturity: later },
  tranches: [
    { expectedOn: day, disbursedOn: null, amount: 1n },
    { expectedOn: day, disbursedOn: later, amount: 0n },
  ],
  variations: [{ kind: 'dueDate', applicableFrom: day, dateValue: later, numberValue: null }],
  charges: [
    {
      ...{ id: 1, dueDate: later, submittedOn: day, sequence: 3, amount: 5n, paid: 1n, waived: 0n },
      ...{ writtenOff: 0n, overdueInstallment: null, active: true, isWaived: false },
      definition: {
        ...{ code: '#fee', name: '##', time: 'SPECIFIED_DUE_DATE', calculation: 'FLAT', minCap: 1n },
        ...{ amountOrPercentage: '5', maxCap: null, penalty: false, feeFrequency: null },
      },
    },
  ],
  installments: [ROW, newInstallment({ number: 2, kind: 'normal', from: day, due: later })],
  accruedTill: later,
  delinquencyActions: [{ action: 'PAUSE', startDate: day, endDate: null }],
  delinquencyTags: [{ rangeCode: '#1', addedOn: day, liftedOn: null }],
  installmentTags: [{ installment: 1, rangeCode: '#1', amount: 3n }],
  lastClosedBusinessDate: day,
  laidOn: later,
  regenerations: [REGENERATION],
};

const PAYMENT: LoanTransaction = {
  ...{ id: 2, sequence: 5, type: 'repayment', date: later, submittedOn: later, amount: 10n },
  ...{ portions: parts(1n), overpaid: 0n, unrecognised: 0n, chargesPaid: [], balance: 490n },
  ...{ reversal: 'none', reversedOn: null, relatedTransactionId: null, relatedChargeId: null },
  ...{ paymentType: null, reAge: null, bookedAs: 'performing' },
};

/** With all fields there are. */
const ODD: Required<LoanTransaction> = {
  ...{ id: 3, sequence: 7, laidAs: 6, type: 'chargeback', date: later, submittedOn: later, amount: 10n },
  ...{ portions: parts(1n), overpaid: 2n, unrecognised: 3n, balance: -4n, reversal: 'byHand' },
  ...{ chargesPaid: [{ chargeId: 1, amount: 2n }], reversedOn: later, relatedTransactionId: 2 },
  ...{ relatedChargeId: 1, paymentType: '#cash', place: 1, bookedAs: 'chargedOff' },
  reAge: { startDate: later, frequencyNumber: 1, frequencyUnit: 'MONTHS', numberOfInstallments: 2 },
  ...{ settledAtOnce: parts(1n), lifted: { sequence: 4, place: 1 } },
};

const shared: SharedTerms = {
  ...terms,
  ...{ principal: null, expectedDisbursementDate: null, firstRepaymentDate: null },
  ...{ interestChargedFrom: null, maxOutstandingBalance: null, fixedInstallmentAmount: null },
};

it.each([
  ['with nothing but its schedule', PLAIN],
  ['with something in every field', FULL],
])('reads a loan %s as it was written', (_, loan) => {
  const transactions = [PAYMENT, ODD];
  const read = readDocument(JSON.parse(writeDocument({ ...loan, transactions })), {
    terms: shared,
    transactions,
  });
  expect(read.loan).toStrictEqual({ ...loan, transactions });
  expect(read.repaid).toStrictEqual({ lastOn: later, amount: 10n, principal: 1n });
});

/** As most loans are: each field follows from the others, or there is nothing to say. */
const planned = terms.expectedDisbursementDate;
const USUAL: Omit<Loan, 'transactions'> = {
  ...PLAIN,
  ...{ submittedOn: planned, approvedOn: planned, disbursedOn: planned, approvedPrincipal: terms.principal },
  ...{ expectedMaturity: later, actualMaturity: later },
  tranches: [{ expectedOn: planned, disbursedOn: planned, amount: terms.principal }],
  installments: [newInstallment({ number: 1, kind: 'normal', from: planned, due: later })],
};

it('says nothing of what a loan has nothing of, or what follows from the rest', () => {
  const loan = { ...USUAL, transactions: [] };
  const written = writeDocument(loan);
  const own = { principal: `#${terms.principal}`, expectedDisbursementDate: planned };
  const others = { firstRepaymentDate: later, maxOutstandingBalance: '#5' };
  expect(JSON.parse(written)).toEqual({ ownTerms: { ...own, ...others }, installments: [{ due: later }] });
  const read = readDocument(JSON.parse(written), { terms: shared, transactions: [] });
  expect(read.loan).toStrictEqual(loan);
  expect(read.repaid).toStrictEqual({ lastOn: null, amount: 0n, principal: 0n });
});

it.each<[string, Partial<Loan>]>([
  ['applied for earlier', { submittedOn: day }],
  ['not approved yet', { approvedOn: null }],
  ['not paid out yet', { disbursedOn: null }],
  ['approved of less', { approvedPrincipal: terms.principal - 1n }],
  ['closed', { status: 'closed' }],
  ['paid out of less', { tranches: [{ expectedOn: planned, disbursedOn: planned, amount: 1n }] }],
  ['paid out in part', { tranches: [{ expectedOn: planned, disbursedOn: null, amount: terms.principal }] }],
  ['without tranches', { tranches: [] }],
  ['in two tranches', { tranches: [...USUAL.tranches, ...USUAL.tranches] }],
  ['without installments', { installments: [] }],
  ['of no known end', { expectedMaturity: null, actualMaturity: null }],
  ['that ended earlier', { actualMaturity: day }],
  [
    'whose installments have a gap, and numbers too',
    {
      installments: [
        newInstallment({ number: 2, kind: 'normal', from: later, due: later }),
        newInstallment({ number: 4, kind: 'normal', from: day, due: later }),
        newInstallment({ number: 5, kind: 'normal', from: later, due: later }),
      ],
    },
  ],
])('reads a loan as it was written that is %s', (_, unusual) => {
  const loan = { ...USUAL, ...unusual, transactions: [] };
  const read = readDocument(JSON.parse(writeDocument(loan)), { terms: shared, transactions: [] });
  expect(read.loan).toStrictEqual(loan);
});

it.each([
  ['plain', PAYMENT],
  ['with something in every field', ODD],
])('reads a transaction %s as it was written', (_, transaction) => {
  const now = new Date('2025-02-15T10:00:00Z');
  const booked = { ...NO_REMARKS, id: 77n, transaction };
  const [row] = transactionRows(1n, { transactions: [booked], now });
  expect(toTransaction(storedRow(row ?? []))).toStrictEqual(booked);
});

/** As the database gives it back. */
function storedRow(values: readonly unknown[]): TransactionRow {
  const names = [
    ...[
      'loan_id',
      'seq',
      'id',
      'type',
      'transaction_date',
      'submitted_on',
      'amount',
      'principal',
      'interest',
    ],
    ...['fees', 'penalties', 'overpaid', 'reversal', 'details', 'external_id', 'idempotency_key'],
    ...['payment_type_id', 'receipt_number', 'note', 'recorded_at'],
  ];
  const row = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  return { ...row, details: JSON.parse(String(row.details)) } as unknown as TransactionRow;
}
