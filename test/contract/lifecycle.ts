/** The contract's section "Loans": what happens to a loan between its application and its end. */
import { DEBT, TODAY, TOMORROW } from './states.ts';
import { REQUIRED, type Row, rowsOf, UNKNOWN } from './table.ts';

const NOT_PENDING = 'Loan Account is not in submitted and pending approval state';
const NOT_APPROVED = 'Loan Account is not in approved and not disbursed state';
const FUTURE = `The date ${TOMORROW} is after the business date ${TODAY}`;
const CLOSED =
  'The books are closed up to 2025-01-31, and this would post on 2025-01-15: ' +
  'use a date from 2025-02-01 on, or have an operator reopen the period';
const IN_CLOSED = 'an active loan, January being closed';
const REPAID = 'The disbursal can not be undone: repayments exist';

const change = rowsOf(
  'PUT /v1/loans/{loan}',
  {
    given: 'a pending loan',
    body: { principal: 240_000, numberOfRepayments: 6, interestRatePerPeriod: 1.5, externalId: '$new' },
    answers: 200,
    shows: {
      principal: 240_000,
      numberOfRepayments: 6,
      termFrequency: 6,
      interestRatePerPeriod: 1.5,
      externalId: '$new',
      status: 'Submitted and pending approval',
    },
  },
  { given: 'an approved loan', body: { principal: 5000 }, answers: '409 aborted', says: NOT_PENDING },
  { given: 'an active loan', body: { principal: 5000 }, answers: '409 aborted', says: NOT_PENDING },
  {
    given: 'a pending loan',
    body: { principal: 999 },
    answers: '400 invalid_argument',
    faults: { principal: 'must be between 1000.00 and 100000000.00 for this product' },
  },
  {
    given: 'a pending loan',
    body: { numberOfRepayments: 37 },
    answers: '400 invalid_argument',
    faults: { numberOfRepayments: 'must be between 1 and 36 for this product' },
  },
  {
    given: 'a pending loan',
    body: { interestRatePerPeriod: 11 },
    answers: '400 invalid_argument',
    faults: { interestRatePerPeriod: 'must be between 0 and 10 for this product' },
  },
  {
    given: 'a pending loan',
    body: { productId: 1 },
    answers: '400 invalid_argument',
    faults: { productId: UNKNOWN },
  },
  {
    given: 'two loans',
    body: { externalId: '$otherName' },
    answers: '409 aborted',
    says: 'another loan with this externalId already exists',
  },
);

const remove = rowsOf(
  'DELETE /v1/loans/{loan}',
  { given: 'a pending loan', answers: 204, removes: true },
  ...(['an approved loan', 'an active loan', 'a closed loan', 'a rejected loan'] as const).map((given) => ({
    given,
    answers: '403 permission_denied' as const,
    says: 'Only a pending loan can be deleted',
  })),
);

const approve = rowsOf(
  'POST /v1/loans/{loan}/approve',
  {
    given: 'a pending loan',
    body: { approvedOnDate: '2025-01-12', note: 'fine' },
    answers: 200,
    shows: { status: 'Approved', approvedDate: '2025-01-12', approvedPrincipal: 300_000 },
  },
  {
    given: 'a pending loan',
    body: {
      approvedOnDate: '2025-01-12',
      approvedLoanAmount: 200_000.5,
      expectedDisbursementDate: '2025-01-20',
    },
    answers: 200,
    shows: { principal: 300_000, approvedPrincipal: 200_000.5, expectedDisbursementDate: '2025-01-20' },
  },
  { given: 'a pending loan', answers: '400 invalid_argument', faults: { approvedOnDate: REQUIRED } },
  {
    given: 'a pending loan',
    body: { approvedOnDate: TODAY, approvedLoanAmount: 300_000.01 },
    answers: '400 invalid_argument',
  },
  {
    given: 'a pending loan',
    body: { approvedOnDate: '2025-01-09' },
    answers: '403 permission_denied',
    says: 'The date 2025-01-09 is before the submission (2025-01-10)',
  },
  {
    given: 'a pending loan',
    body: { approvedOnDate: TOMORROW },
    answers: '403 permission_denied',
    says: FUTURE,
  },
  {
    given: 'an approved loan',
    body: { approvedOnDate: TODAY },
    answers: '409 aborted',
    says: 'Loan is already approved',
  },
  { given: 'an active loan', body: { approvedOnDate: TODAY }, answers: '409 aborted', says: NOT_PENDING },
  { given: 'a rejected loan', body: { approvedOnDate: TODAY }, answers: '409 aborted', says: NOT_PENDING },
);

const end: readonly Row[] = [
  ...rowsOf(
    'POST /v1/loans/{loan}/reject',
    {
      given: 'a pending loan',
      body: { note: 'no' },
      answers: 200,
      shows: { status: 'Rejected', closedDate: TODAY },
    },
    { given: 'a pending loan', answers: 200, shows: { status: 'Rejected' } },
    ...(['an approved loan', 'an active loan', 'a rejected loan', 'a withdrawn loan'] as const).map(
      (given) => ({
        given,
        answers: '409 aborted' as const,
        says: 'Loan Account Reject is not allowed',
      }),
    ),
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/withdraw',
    {
      given: 'a pending loan',
      body: {},
      answers: 200,
      shows: { status: 'Withdrawn by applicant', closedDate: TODAY },
    },
    ...(['an approved loan', 'an active loan', 'a rejected loan', 'a withdrawn loan'] as const).map(
      (given) => ({
        given,
        answers: '409 aborted' as const,
        says: NOT_PENDING,
      }),
    ),
  ),
];

const disburse = rowsOf(
  'POST /v1/loans/{loan}/disburse',
  {
    given: 'an approved loan',
    body: { actualDisbursementDate: '2025-01-15', paymentTypeId: 1, note: 'by transfer' },
    answers: 200,
    shows: {
      status: 'Active',
      disbursedDate: '2025-01-15',
      principalDisbursed: 300_000,
      totalOutstanding: DEBT,
      nextDueDate: '2025-02-15',
    },
  },
  {
    given: 'an approved loan',
    body: { actualDisbursementDate: '2025-01-15', transactionAmount: 150_000 },
    answers: 200,
    shows: { principal: 300_000, approvedPrincipal: 300_000, principalDisbursed: 150_000 },
  },
  {
    given: 'an approved loan',
    answers: '400 invalid_argument',
    faults: { actualDisbursementDate: REQUIRED },
  },
  {
    given: 'an approved loan',
    body: { actualDisbursementDate: '2025-01-15', transactionAmount: 300_001 },
    answers: '400 invalid_argument',
  },
  {
    given: 'an approved loan',
    body: { actualDisbursementDate: '2025-01-15', paymentTypeId: 99 },
    answers: '400 invalid_argument',
    faults: { paymentTypeId: 'unknown payment type' },
  },
  {
    given: 'an approved loan',
    body: { actualDisbursementDate: '2025-01-11' },
    answers: '403 permission_denied',
    says: 'The date 2025-01-11 is before the approval (2025-01-12)',
  },
  {
    given: 'an approved loan',
    body: { actualDisbursementDate: TOMORROW },
    answers: '403 permission_denied',
    says: FUTURE,
  },
  {
    given: 'an approved loan, January being closed',
    body: { actualDisbursementDate: '2025-01-15' },
    answers: '403 permission_denied',
    says: CLOSED,
  },
  ...(['a pending loan', 'an active loan', 'a closed loan'] as const).map((given) => ({
    given,
    body: { actualDisbursementDate: TODAY },
    answers: '409 aborted' as const,
    says: NOT_APPROVED,
  })),
);

const undo: readonly Row[] = [
  ...rowsOf(
    'POST /v1/loans/{loan}/undo-disbursal',
    {
      given: 'an active loan',
      body: { note: 'wrong account' },
      answers: 200,
      shows: { status: 'Approved', principalDisbursed: 0, totalOutstanding: 0 },
      lacks: ['disbursedDate'],
    },
    { given: 'an active loan', answers: 200, shows: { status: 'Approved' } },
    { given: 'a loan with a reversed repayment', answers: 200, shows: { status: 'Approved' } },
    { given: 'a loan with a repayment of 10,000', answers: '409 aborted', says: REPAID },
    { given: 'an approved loan', answers: '409 aborted', says: 'Loan must be Active' },
    { given: 'a closed loan', answers: '409 aborted' },
    { given: IN_CLOSED, answers: '403 permission_denied', says: CLOSED },
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/undo-approval',
    {
      given: 'an approved loan',
      answers: 200,
      shows: { status: 'Submitted and pending approval' },
      lacks: ['approvedDate', 'approvedPrincipal'],
    },
    { given: 'an approved loan', body: { note: 'again' }, answers: 200 },
    { given: 'a pending loan', answers: '409 aborted', says: NOT_APPROVED },
    { given: 'an active loan', answers: '409 aborted', says: NOT_APPROVED },
  ),
  ...rowsOf(
    'POST /v1/loans/{loan}/adjust-disbursement-date',
    {
      given: 'an active loan',
      body: { actualDisbursementDate: '2025-01-20', note: 'later' },
      answers: 200,
      shows: {
        status: 'Active',
        disbursedDate: '2025-01-20',
        nextDueDate: '2025-02-20',
        principalDisbursed: 300_000,
        maturityDate: '2025-04-20',
      },
    },
    {
      given: 'an active loan of which less was paid out',
      body: { actualDisbursementDate: '2025-01-20' },
      answers: 200,
      shows: { principalDisbursed: 200_000 },
    },
    {
      given: 'an active loan',
      body: { actualDisbursementDate: TOMORROW },
      answers: '403 permission_denied',
      says: FUTURE,
    },
    {
      given: 'an active loan',
      body: { actualDisbursementDate: '2025-01-11' },
      answers: '403 permission_denied',
      says: 'The date 2025-01-11 is before the approval (2025-01-12)',
    },
    {
      given: 'a loan with a repayment of 10,000',
      body: { actualDisbursementDate: '2025-01-20' },
      answers: '409 aborted',
      says: REPAID,
    },
    {
      given: 'an approved loan',
      body: { actualDisbursementDate: '2025-01-20' },
      answers: '409 aborted',
      says: 'Loan must be Active',
    },
    {
      given: 'an active loan',
      answers: '400 invalid_argument',
      faults: { actualDisbursementDate: REQUIRED },
    },
  ),
];

const rollback = rowsOf(
  'POST /v1/loans/{loan}/rollback',
  {
    given: 'an active loan',
    answers: 200,
    shows: { loanId: '$loan', externalId: '$loanName', steps: ['undo-disbursal', 'undo-approval', 'delete'] },
    removes: true,
  },
  {
    given: 'an approved loan',
    body: { note: 'mistake' },
    answers: 200,
    shows: { steps: ['undo-approval', 'delete'] },
    removes: true,
  },
  { given: 'a pending loan', body: {}, answers: 200, shows: { steps: ['delete'] }, removes: true },
  { given: 'a loan with a repayment of 10,000', answers: '409 aborted', says: REPAID },
  { given: IN_CLOSED, answers: '403 permission_denied', says: CLOSED },
  ...(['a closed loan', 'a loan overpaid by 100', 'a written-off loan', 'a rejected loan'] as const).map(
    (given) => ({
      given,
      answers: '409 aborted' as const,
      says: 'Loan is settled, it can not be rolled back',
    }),
  ),
);

const writeOff = rowsOf(
  'POST /v1/loans/{loan}/writeoff',
  {
    given: 'an active loan',
    body: { transactionDate: TODAY, note: 'gone' },
    answers: 200,
    shows: {
      status: 'Closed (written off)',
      closedDate: TODAY,
      principalWrittenOff: 300_000,
      interestWrittenOff: 12_079.2,
      totalOutstanding: 0,
    },
  },
  {
    given: 'an active loan',
    body: { transactionDate: TOMORROW },
    answers: '403 permission_denied',
    says: FUTURE,
  },
  {
    given: 'an active loan',
    body: { transactionDate: '2025-01-14' },
    answers: '403 permission_denied',
    says: 'The date 2025-01-14 is before the disbursement (2025-01-15)',
  },
  { given: 'an active loan', answers: '400 invalid_argument', faults: { transactionDate: REQUIRED } },
  ...(['an approved loan', 'a closed loan', 'a written-off loan', 'a loan overpaid by 100'] as const).map(
    (given) => ({
      given,
      body: { transactionDate: TODAY },
      answers: '409 aborted' as const,
      says: 'Loan must be Active',
    }),
  ),
);

export const LIFECYCLE: readonly Row[] = [
  ...change,
  ...remove,
  ...approve,
  ...end,
  ...disburse,
  ...undo,
  ...rollback,
  ...writeOff,
];
