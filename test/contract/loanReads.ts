/** The contract's section "Loans": found, read, explained. */
import { DEBT, INTEREST, TODAY, TOMORROW } from './states.ts';
import { NOT_A_DATE, NOT_AN_ID, type Row, UNKNOWN } from './table.ts';

const list: readonly Row[] = [
  {
    call: 'GET /v1/loans?customerId={customer_id}',
    given: 'an active loan',
    answers: 200,
    shows: { items: [{ id: '$loan', totalOutstanding: DEBT }], total: 1, page: 1, rowsPerPage: 10 },
  },
  {
    call: 'GET /v1/loans?customerExternalId={customer_name}&status=aCTIVE&productId=2&overdue=true',
    given: 'an active loan',
    answers: 200,
    shows: { items: [{ id: '$loan', daysPastDue: 33 }], total: 1 },
  },
  {
    call: 'GET /v1/loans?customerId={customer_id}&status=closed%20%28obligations%20met%29',
    given: 'an active loan',
    answers: 200,
    shows: { items: [], total: 0 },
  },
  {
    call: 'GET /v1/loans?externalId={loan_name}',
    given: 'a pending loan',
    answers: 200,
    shows: { items: [{ id: '$loan' }], total: 1 },
  },
  {
    call: 'GET /v1/loans?customerId={customer_id}&customerExternalId={customer_name}',
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { customerExternalId: 'must not be given together with customerId' },
  },
  {
    call: 'GET /v1/loans?status=Activ',
    answers: '400 invalid_argument',
    faults: {
      status:
        'must be one of Submitted and pending approval, Approved, Active, Closed (obligations met), ' +
        'Closed (written off), Overpaid, Rejected, Withdrawn by applicant',
    },
  },
  {
    call: 'GET /v1/loans?orderBy=status',
    answers: '400 invalid_argument',
    faults: { orderBy: 'must be one of id, principal, expectedDisbursementDate' },
  },
  { call: 'GET /v1/loans', as: 'operator', answers: '401 unauthenticated' },
];

const read: readonly Row[] = [
  {
    call: 'GET /v1/loans/{loan}',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: {
      id: '$loan',
      customerId: '$customer',
      totalRepayment: 10_000,
      repaymentHistory: [{ id: '$repayment', type: 'Repayment', amount: 10_000 }],
    },
  },
  {
    call: 'GET /v1/loans/{loan}?asOf=2025-02-14',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: { status: 'Active', totalRepayment: 0, totalOutstanding: DEBT, repaymentHistory: [] },
  },
  {
    call: 'GET /v1/loans/{loan}?asOf=2025-01-11',
    given: 'an active loan',
    answers: 200,
    shows: { status: 'Submitted and pending approval', totalOutstanding: 0 },
  },
  {
    call: `GET /v1/loans/{loan}?asOf=${TOMORROW}`,
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { asOf: 'must not be in the future' },
  },
  {
    call: 'GET /v1/loans/{loan}?asOf=2025-01-09',
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { asOf: 'is before the submission' },
  },
  {
    call: 'GET /v1/loans/{loan}?asOf=soon',
    given: 'an active loan',
    answers: '400 invalid_argument',
    faults: { asOf: NOT_A_DATE },
  },
  { call: 'GET /v1/loans/999999', answers: '404 not_found', says: 'loan 999999 does not exist' },
  { call: 'GET /v1/loans/external/none', answers: '404 not_found', says: 'no loan has this external id' },
  { call: 'GET /v1/loans/one', answers: '400 invalid_argument', faults: { loan_id: NOT_AN_ID } },
  {
    call: 'GET /v1/loans/{loan}?depth=2',
    given: 'a pending loan',
    answers: '400 invalid_argument',
    faults: { depth: UNKNOWN },
  },
  { call: 'GET /v1/loans/{loan}', given: 'a pending loan', as: 'nobody', answers: '401 unauthenticated' },
];

const payoff: readonly Row[] = [
  {
    call: `GET /v1/loans/{loan}/payoff?date=${TODAY}`,
    given: 'an active loan',
    answers: 200,
    shows: {
      loanId: '$loan',
      date: TODAY,
      principal: 300_000,
      interest: INTEREST,
      fees: 0,
      penalties: 0,
      total: DEBT,
    },
  },
  {
    call: 'GET /v1/loans/{loan}/payoff',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: { date: TODAY, principal: 296_000 },
  },
  {
    call: 'GET /v1/loans/{loan}/payoff?date=2025-01-14',
    given: 'an active loan',
    answers: '403 permission_denied',
    says: 'date is before the disbursement',
  },
  {
    call: 'GET /v1/loans/{loan}/payoff',
    given: 'a closed loan',
    answers: '409 aborted',
    says: 'Loan must be Active',
  },
  {
    call: 'GET /v1/loans/{loan}/payoff',
    given: 'a pending loan',
    answers: '409 aborted',
    says: 'Loan must be Active',
  },
  { call: 'GET /v1/loans/999999/payoff', answers: '404 not_found' },
];

const transactions: readonly Row[] = [
  {
    call: 'GET /v1/loans/{loan}/transactions',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: {
      items: [
        {
          type: 'Disbursement',
          date: '2025-01-15',
          amount: 300_000,
          principalBalance: 300_000,
          journal: [
            {
              date: '2025-01-15',
              lines: [
                { glCode: '1100', debit: 300_000 },
                { glCode: '1000', credit: 300_000 },
              ],
            },
          ],
        },
        {
          id: '$repayment',
          type: 'Repayment',
          date: '2025-02-15',
          submittedDate: TODAY,
          principal: 4_000,
          interest: 6_000,
          principalBalance: 296_000,
        },
      ],
      total: 2,
    },
  },
  {
    call: 'GET /v1/loans/{loan}/transactions',
    given: 'a pending loan',
    answers: 200,
    shows: { items: [], total: 0 },
  },
  { call: 'GET /v1/loans/999999/transactions', answers: '404 not_found' },
];

const explain: readonly Row[] = [
  {
    call: 'GET /v1/loans/{loan}/explain?installment=1&component=interest',
    given: 'a loan with a repayment of 10,000',
    answers: 200,
    shows: { charged: 6_000, outstanding: 0, settledBy: [{ transactionId: '$repayment', paid: 6_000 }] },
  },
  {
    call: 'GET /v1/loans/{loan}/explain?installment=9&component=interest',
    given: 'an active loan',
    answers: '404 not_found',
    says: 'Installment 9 does not exist',
  },
  { call: 'GET /v1/loans/{loan}/explain', given: 'an active loan', answers: '400 invalid_argument' },
];

export const LOAN_READS: readonly Row[] = [...list, ...read, ...payoff, ...transactions, ...explain];
