/** The contract's section "Repayments", row by row. */
import { DEBT, INTEREST, TODAY, TOMORROW } from './states.ts';
import { NOT_A_DATE, NOT_AN_ID, REQUIRED, type Row, rowsOf, UNKNOWN } from './table.ts';

const FUTURE = `The date ${TOMORROW} is after the business date ${TODAY}`;
const EARLY = 'The date 2025-01-14 is before the disbursement (2025-01-15)';
const NOT_PAYABLE = 'Loan must be Active, Fully Paid or Overpaid';
const NOT_ACTIVE = 'Loan must be Active';
const MORE_THAN_0 = 'must be greater than 0';
const DECIMALS = 'must not have more than 2 decimals (TZS)';
const amount = (transactionAmount: number, transactionDate?: string) => ({
  transactionAmount,
  ...(transactionDate && { transactionDate }),
});
const KEYED = 'a loan with a repayment of 10,000 under the key K';
const OTHER_PAYMENT = 'idempotencyKey was used before on this loan with another amount, date or kind';

const repay = rowsOf(
  'POST /v1/loans/{loan}/repayments',
  {
    given: 'an active loan',
    body: amount(10_000, '2025-02-15'),
    answers: 200,
    shows: {
      loanId: '$loan',
      type: 'Repayment',
      date: '2025-02-15',
      amount: 10_000,
      interest: 6_000,
      principal: 4_000,
      status: 'posted',
      reversed: false,
    },
    lacks: ['fees', 'penalties', 'overpaymentPortion', 'externalId', 'note', 'receiptNumber'],
    leaves: { status: 'Active', principalPaid: 4_000, interestPaid: 6_000, totalRepayment: 10_000 },
  },
  {
    given: 'an active loan',
    body: {
      ...amount(500.25),
      idempotencyKey: 'k'.repeat(100),
      paymentTypeId: '1',
      receiptNumber: 'R-77',
      externalId: 'PAY/1',
      note: 'by phone',
    },
    answers: 200,
    shows: {
      date: TODAY,
      amount: 500.25,
      interest: 500.25,
      paymentTypeId: '1',
      receiptNumber: 'R-77',
      externalId: 'PAY/1',
      note: 'by phone',
      idempotencyKey: 'k'.repeat(100),
    },
    lacks: ['principal'],
  },
  {
    given: 'an active loan',
    body: amount(DEBT),
    answers: 200,
    shows: { principal: 300_000, interest: INTEREST },
    leaves: { status: 'Closed (obligations met)', closedDate: TODAY, totalOutstanding: 0 },
  },
  {
    given: 'an active loan',
    body: amount(312_099.95),
    answers: 200,
    shows: { overpaymentPortion: 20.75 },
    leaves: { status: 'Overpaid', totalOverpaid: 20.75, totalOutstanding: 0 },
  },
  {
    given: 'a closed loan',
    body: amount(1),
    answers: 200,
    shows: { amount: 1, overpaymentPortion: 1 },
    leaves: { status: 'Overpaid', totalOverpaid: 1 },
  },
  { given: 'a loan overpaid by 100', body: amount(1), answers: 200, leaves: { totalOverpaid: 101 } },
  { given: 'a charged-off loan', body: amount(100), answers: 200, leaves: { chargedOff: true } },
  ...(
    [
      'a pending loan',
      'an approved loan',
      'a rejected loan',
      'a withdrawn loan',
      'a written-off loan',
    ] as const
  ).map((given) => ({
    given,
    body: amount(100),
    answers: '400 failed_precondition' as const,
    says: NOT_PAYABLE,
  })),
  {
    given: KEYED,
    body: { ...amount(10_000, '2025-02-15'), idempotencyKey: 'K', externalId: 'P/1' },
    answers: 200,
    changes: 'nothing',
    shows: { id: '$repayment' },
  },
  {
    given: KEYED,
    body: { ...amount(10_000), idempotencyKey: 'K' },
    answers: 200,
    changes: 'nothing',
    shows: { id: '$repayment', date: '2025-02-15' },
  },
  {
    given: KEYED,
    body: { ...amount(10_001, '2025-02-15'), idempotencyKey: 'K' },
    answers: '409 aborted',
    says: OTHER_PAYMENT,
    isMendable: true,
  },
  {
    given: KEYED,
    body: { ...amount(10_000, '2025-02-16'), idempotencyKey: 'K' },
    answers: '409 aborted',
    says: OTHER_PAYMENT,
    isMendable: true,
  },
  {
    given: KEYED,
    body: { ...amount(5), externalId: 'P/1' },
    answers: '409 aborted',
    says: 'another transaction of this loan has this externalId',
  },
  {
    given: 'an active loan, January being closed',
    body: amount(5, '2025-01-31'),
    answers: '403 permission_denied',
    isMendable: true,
  },
  { given: 'an active loan', body: amount(100, TOMORROW), answers: '403 permission_denied', says: FUTURE },
  { given: 'an active loan', body: amount(100, '2025-01-14'), answers: '403 permission_denied', says: EARLY },
  {
    given: 'an active loan',
    body: amount(100, '2025-13-01'),
    answers: '400 invalid_argument',
    faults: { transactionDate: NOT_A_DATE },
  },
  {
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { transactionAmount: REQUIRED },
  },
  ...[0, -5].map((transactionAmount) => ({
    given: 'an active loan' as const,
    body: amount(transactionAmount),
    answers: '400 invalid_argument' as const,
    faults: { transactionAmount: MORE_THAN_0 },
  })),
  ...[0.001, 10.123].map((transactionAmount) => ({
    given: 'an active loan' as const,
    body: amount(transactionAmount),
    answers: '400 invalid_argument' as const,
    faults: { transactionAmount: DECIMALS },
  })),
  {
    given: 'an active loan',
    body: { transactionAmount: '5', color: 1, idempotencyKey: 'k'.repeat(101) },
    answers: '400 invalid_argument',
    faults: {
      transactionAmount: 'must be a number',
      color: UNKNOWN,
      idempotencyKey: 'must have at most 100 characters',
    },
  },
  {
    given: 'an active loan',
    body: { ...amount(5), paymentTypeId: 99 },
    answers: '400 invalid_argument',
    faults: { paymentTypeId: 'unknown payment type' },
  },
  { given: 'an active loan', body: amount(5), as: 'stranger', answers: '401 unauthenticated' },
);

const unknownLoans: readonly Row[] = [
  { call: 'POST /v1/loans/999999/repayments', body: amount(5), answers: '404 not_found' },
  { call: 'POST /v1/loans/external/none/repayments', body: amount(5), answers: '404 not_found' },
  {
    call: 'POST /v1/loans/x/repayments',
    body: amount(5),
    answers: '400 invalid_argument',
    faults: { loan_id: NOT_AN_ID },
  },
  { call: 'GET /v1/loans/999999/repayments', answers: '404 not_found' },
];

const read: readonly Row[] = [
  {
    call: 'GET /v1/loans/{loan}/repayments',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: { items: [{ id: '$repayment', amount: 10_000 }], total: 1, page: 1, rowsPerPage: 10 },
  },
  {
    call: 'GET /v1/loans/{loan}/repayments?rows=1&page=2',
    given: 'a loan repaid on time',
    answers: 200,
    shows: { items: [{ date: '2025-02-15' }], total: 2, page: 2, rowsPerPage: 1 },
  },
  {
    call: 'GET /v1/loans/{loan}/repayments',
    given: 'a loan with a reversed repayment',
    answers: 200,
    shows: { items: [{ id: '$repayment', status: 'reversed', reversed: true }], total: 1 },
  },
  {
    call: 'GET /v1/loans/{loan}/repayments',
    given: 'a charged-off loan',
    answers: 200,
    shows: { items: [], total: 0 },
  },
  {
    call: 'GET /v1/loans/{loan}/repayments?rows=101',
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { page: 'rows value too large, must be less than 100' },
  },
  {
    call: 'GET /v1/loans/{loan}/repayments/{repayment}',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: { id: '$repayment', loanId: '$loan', amount: 10_000 },
  },
  {
    call: 'GET /v1/loans/{loan}/repayments/999999',
    given: 'an active loan',
    answers: '404 not_found',
    says: 'repayment 999999 does not exist on this loan',
  },
  {
    call: 'GET /v1/loans/{loan}/repayments/x',
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { transaction_id: NOT_AN_ID },
  },
];

/** Rules that every payment by another name shares with a repayment. */
const shared = (path: string): readonly Row[] =>
  rowsOf(
    `POST /v1/loans/{loan}/repayments/${path}`,
    { given: 'an active loan', answers: '400 invalid_argument', faults: { transactionAmount: REQUIRED } },
    {
      given: 'an active loan',
      body: { ...amount(0), x: 1 },
      answers: '400 invalid_argument',
      faults: { transactionAmount: MORE_THAN_0, x: UNKNOWN },
    },
    {
      given: 'an active loan',
      body: amount(0.001),
      answers: '400 invalid_argument',
      faults: { transactionAmount: DECIMALS },
    },
  );

const kin: readonly Row[] = [
  ...rowsOf(
    'POST /v1/loans/{loan}/repayments/waive-interest',
    {
      given: 'an active loan',
      body: { ...amount(2_000), note: 'goodwill' },
      answers: 200,
      shows: { type: 'Waive Interest', amount: 2_000, interest: 2_000, note: 'goodwill' },
      leaves: { interestWaived: 2_000, totalRepayment: 0, totalOutstanding: 310_079.2 },
    },
    { given: 'an active loan', body: amount(INTEREST), answers: 200, leaves: { interestOutstanding: 0 } },
    { given: 'an active loan', body: amount(12_079.21), answers: '409 aborted' },
    { given: 'a closed loan', body: amount(1), answers: '409 aborted', says: NOT_ACTIVE },
    { given: 'a pending loan', body: amount(1), answers: '409 aborted', says: NOT_ACTIVE },
    { given: 'an active loan', body: amount(1, TOMORROW), answers: '403 permission_denied', says: FUTURE },
    { given: 'an active loan', body: amount(1, '2025-01-14'), answers: '403 permission_denied', says: EARLY },
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/repayments/recover',
    {
      given: 'a written-off loan',
      body: amount(100),
      answers: 200,
      shows: { type: 'Recovery Repayment', amount: 100 },
      leaves: { status: 'Closed (written off)', totalOutstanding: 0 },
    },
    { given: 'an active loan', body: amount(100), answers: '409 aborted' },
    { given: 'a closed loan', body: amount(100), answers: '409 aborted' },
    {
      given: 'a written-off loan',
      body: amount(1, TOMORROW),
      answers: '403 permission_denied',
      says: FUTURE,
    },
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/repayments/refund',
    {
      given: 'a loan paid ahead',
      body: amount(500),
      answers: 200,
      shows: { type: 'Refund', amount: 500 },
      leaves: { status: 'Active' },
    },
    {
      given: 'a loan overpaid by 100',
      body: amount(100),
      answers: 200,
      shows: { type: 'Refund', amount: 100 },
    },
    { given: 'a loan paid ahead', body: amount(200_000), answers: '409 aborted' },
    { given: 'an active loan', body: amount(1), answers: '409 aborted' },
    { given: 'a loan paid ahead', body: amount(1, TOMORROW), answers: '403 permission_denied', says: FUTURE },
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/repayments/credit-balance-refund',
    {
      given: 'a loan overpaid by 100',
      body: amount(40),
      answers: 200,
      shows: { type: 'Credit Balance Refund', amount: 40 },
      leaves: { status: 'Overpaid', totalOverpaid: 60 },
    },
    {
      given: 'a loan overpaid by 100',
      body: amount(100),
      answers: 200,
      leaves: { status: 'Closed (obligations met)', totalOverpaid: 0 },
    },
    { given: 'a loan overpaid by 100', body: amount(100.01), answers: '409 aborted' },
    { given: 'an active loan', body: amount(1), answers: '409 aborted' },
    { given: 'a closed loan', body: amount(1), answers: '409 aborted' },
    {
      given: 'a loan overpaid by 100',
      body: amount(1, TOMORROW),
      answers: '403 permission_denied',
      says: FUTURE,
    },
  ),
  ...(
    [
      ['merchant-issued-refund', 'Merchant Issued Refund'],
      ['payout-refund', 'Payout Refund'],
      ['goodwill-credit', 'Goodwill Credit'],
    ] as const
  ).flatMap(([path, type]) =>
    rowsOf(
      `POST /v1/loans/{loan}/repayments/${path}`,
      {
        given: 'an active loan',
        body: amount(1_000),
        answers: 200,
        shows: { type, amount: 1_000, interest: 1_000 },
        leaves: { status: 'Active', totalOutstanding: 311_079.2 },
      },
      { given: 'an active loan', body: amount(1, TOMORROW), answers: '403 permission_denied', says: FUTURE },
      { given: 'a pending loan', body: amount(1), answers: '409 aborted' },
    ),
  ),
  ...[
    'waive-interest',
    'recover',
    'refund',
    'credit-balance-refund',
    'merchant-issued-refund',
    'payout-refund',
    'goodwill-credit',
  ].flatMap(shared),
];

export const REPAYMENTS: readonly Row[] = [...repay, ...unknownLoans, ...read, ...kin];
