/** The contract's section "Loans": made, previewed, found. */
import { DEBT, INTEREST, TODAY, TOMORROW } from './states.ts';
import { NOT_A_DATE, NOT_AN_ID, REQUIRED, type Row, rowsOf, UNKNOWN } from './table.ts';

/** The term product: 12 months at 2 % a month; 1 is the wallet of 30 days at 10 %. */
const ORDER = { customerId: '#customer', productId: 2, principal: 1_200_000 };
const DECIMALS = 'must not have more than 2 decimals (TZS)';
const MORE_THAN_0 = 'must be greater than 0';

const create = rowsOf(
  'POST /v1/loans',
  {
    given: 'an active customer',
    body: { ...ORDER, externalId: '$new' },
    answers: 200,
    shows: {
      externalId: '$new',
      customerId: '$customer',
      customerExternalId: '$customerName',
      loanProductId: '2',
      loanProductName: 'Term loan, 12 months',
      status: 'Active',
      principal: 1_200_000,
      approvedPrincipal: 1_200_000,
      currencyCode: 'TZS',
      termFrequency: 12,
      termFrequencyType: 'Months',
      numberOfRepayments: 12,
      repaymentEvery: 1,
      repaymentFrequencyType: 'Months',
      interestRatePerPeriod: 2,
      interestRateFrequencyType: 'Per month',
      submittedDate: TODAY,
      approvedDate: TODAY,
      disbursedDate: TODAY,
      maturityDate: '2026-03-20',
      chargedOff: false,
      principalDisbursed: 1_200_000,
      principalPaid: 0,
      principalWrittenOff: 0,
      principalOutstanding: 1_200_000,
      principalOverdue: 0,
      interestCharged: 161_658.19,
      interestPaid: 0,
      interestWaived: 0,
      interestWrittenOff: 0,
      interestOutstanding: 161_658.19,
      interestOverdue: 0,
      feesCharged: 0,
      feesPaid: 0,
      feesWaived: 0,
      feesOutstanding: 0,
      penaltiesCharged: 0,
      penaltiesPaid: 0,
      penaltiesWaived: 0,
      penaltiesOutstanding: 0,
      totalRepayment: 0,
      totalOverdue: 0,
      totalOverpaid: 0,
      totalOutstanding: 1_361_658.19,
      nextDueDate: '2025-04-20',
      nextDueAmount: 113_471.52,
      daysPastDue: 0,
      repaymentHistory: [],
    },
    lacks: ['closedDate', 'chargedOffDate'],
  },
  {
    given: 'an active customer',
    body: { ...ORDER, productId: '1', principal: 50_000.5 },
    answers: 200,
    shows: {
      numberOfRepayments: 1,
      maturityDate: '2025-04-19',
      interestCharged: 5000.05,
      totalOutstanding: 55_000.55,
      repaymentSchedule: [
        {
          period: 0,
          dueDate: TODAY,
          principalDue: 0,
          principalBalance: 50_000.5,
        },
        {
          period: 1,
          fromDate: TODAY,
          dueDate: '2025-04-19',
          days: 30,
          principalDue: 50_000.5,
          interestDue: 5000.05,
          feesDue: 0,
          penaltiesDue: 0,
          totalDue: 55_000.55,
          principalPaid: 0,
          interestPaid: 0,
          feesPaid: 0,
          penaltiesPaid: 0,
          totalPaid: 0,
          paidInAdvance: 0,
          paidLate: 0,
          totalOutstanding: 55_000.55,
          principalBalance: 0,
          complete: false,
        },
      ],
    },
    lacks: ['externalId'],
  },
  { given: 'an active customer', body: { ...ORDER, customerId: '$customer' }, answers: 200 },
  { given: 'an active customer', body: { ...ORDER, customerId: '$customerName' }, answers: 200 },
  {
    given: 'an active customer',
    body: { customerExternalId: '$customerName', productId: 2, principal: 1000 },
    answers: 200,
    shows: { customerId: '$customer' },
  },
  {
    given: 'an active customer',
    body: { ...ORDER, disburse: false, expectedDisbursementDate: '2025-04-01' },
    answers: 200,
    shows: {
      status: 'Submitted and pending approval',
      submittedDate: TODAY,
      principalDisbursed: 0,
      totalOutstanding: 0,
      maturityDate: '2026-04-01',
    },
    lacks: ['approvedDate', 'approvedPrincipal', 'disbursedDate'],
  },
  {
    given: 'an active customer',
    body: { ...ORDER, submittedOnDate: '2024-06-01', expectedDisbursementDate: '2024-06-03' },
    answers: 200,
    shows: {
      submittedDate: '2024-06-01',
      disbursedDate: '2024-06-03',
      nextDueDate: '2024-07-03',
      daysPastDue: 260,
    },
  },
  {
    given: 'an active customer',
    body: { ...ORDER, numberOfRepayments: 6, interestRatePerPeriod: 1.5, firstRepaymentDate: '2025-04-30' },
    answers: 200,
    shows: { numberOfRepayments: 6, interestRatePerPeriod: 1.5, termFrequency: 6, nextDueDate: '2025-04-30' },
  },
  {
    body: {},
    answers: '400 invalid_argument',
    faults: { customerId: REQUIRED, productId: REQUIRED, principal: REQUIRED },
  },
  {
    given: 'an active customer',
    body: { ...ORDER, colour: 'red', externalId: 'x'.repeat(129) },
    answers: '400 invalid_argument',
    faults: { colour: UNKNOWN, externalId: 'must have at most 128 characters' },
  },
  {
    given: 'an active customer',
    body: { ...ORDER, customerExternalId: '$customerName' },
    answers: '400 invalid_argument',
    faults: { customerExternalId: 'must not be given together with customerId' },
  },
  ...[0, -1].map((principal) => ({
    given: 'an active customer' as const,
    body: { ...ORDER, principal },
    answers: '400 invalid_argument' as const,
    faults: { principal: MORE_THAN_0 },
  })),
  ...['5000', null, true].map((principal) => ({
    given: 'an active customer' as const,
    body: { ...ORDER, principal },
    answers: '400 invalid_argument' as const,
    faults: { principal: 'must be a number' },
  })),
  {
    given: 'an active customer',
    body: { ...ORDER, principal: 1000.005 },
    answers: '400 invalid_argument',
    faults: { principal: DECIMALS },
  },
  {
    body: '{"customerId":1,"productId":2,"principal":1e400}',
    answers: '400 invalid_argument',
    faults: { principal: 'has more digits than can be kept exactly' },
  },
  {
    body: '{"customerId":1,"productId":2,"principal":NaN}',
    answers: '400 invalid_argument',
    faults: { body: 'is not valid JSON' },
  },
  ...[999.99, 100_000_000.01].map((principal) => ({
    given: 'an active customer' as const,
    body: { ...ORDER, principal },
    answers: '400 invalid_argument' as const,
    faults: { principal: 'must be between 1000.00 and 100000000.00 for this product' },
  })),
  {
    given: 'an active customer',
    body: { ...ORDER, numberOfRepayments: 37 },
    answers: '400 invalid_argument',
    faults: { numberOfRepayments: 'must be between 1 and 36 for this product' },
  },
  {
    given: 'an active customer',
    body: { ...ORDER, repaymentEvery: 2 },
    answers: '400 invalid_argument',
    faults: { repaymentEvery: 'is fixed by the product' },
  },
  {
    given: 'an active customer',
    body: { ...ORDER, productId: 'wallet' },
    answers: '400 invalid_argument',
    faults: { productId: NOT_AN_ID },
  },
  {
    body: { ...ORDER, customerId: 999_999 },
    answers: '404 not_found',
    says: 'customer 999999 does not exist',
  },
  {
    body: { ...ORDER, customerId: 'nobody' },
    answers: '404 not_found',
    says: 'customer nobody does not exist',
  },
  {
    given: 'an active customer',
    body: { ...ORDER, productId: 99, externalId: '$new' },
    answers: '404 not_found',
    says: 'loan product 99 does not exist',
  },
  {
    given: 'a pending loan',
    body: { ...ORDER, externalId: '$loanName' },
    answers: '409 aborted',
    says: 'another loan with this externalId already exists',
  },
  {
    given: 'a pending customer',
    body: ORDER,
    answers: '409 aborted',
    says: 'Customer is not active',
  },
  { given: 'a closed customer', body: ORDER, answers: '409 aborted', says: 'Customer is not active' },
  {
    given: 'an active customer, the wallet product being retired',
    body: { ...ORDER, productId: 1, principal: 5000 },
    answers: '409 aborted',
    says: 'Loan product is not active',
    isMendable: true,
  },
  {
    given: 'an active customer',
    body: { ...ORDER, expectedDisbursementDate: TOMORROW },
    answers: '403 permission_denied',
    says: `The date ${TOMORROW} is after the business date ${TODAY}`,
  },
  {
    given: 'an active customer',
    body: { ...ORDER, submittedOnDate: '2024-01-01', expectedDisbursementDate: '2024-01-01' },
    answers: '403 permission_denied',
    says: 'The date 2024-01-01 is before the customer became active (2024-01-02)',
  },
  { given: 'an active customer', as: 'stranger', body: ORDER, answers: '401 unauthenticated' },
);

const preview = rowsOf(
  'POST /v1/loans/preview',
  {
    body: { productId: 2, principal: 1_200_000 },
    answers: 200,
    changes: 'nothing',
    shows: {
      interestCharged: 161_658.19,
      totalOutstanding: 1_361_658.19,
      nextDueDate: '2025-04-20',
      nextDueAmount: 113_471.52,
      maturityDate: '2026-03-20',
    },
    lacks: ['id', 'accountNo', 'customerId', 'externalId'],
  },
  {
    body: { productId: 2, principal: 1 },
    answers: '400 invalid_argument',
    faults: { principal: 'must be between 1000.00 and 100000000.00 for this product' },
  },
  { body: {}, answers: '400 invalid_argument', faults: { productId: REQUIRED, principal: REQUIRED } },
  {
    given: 'an active customer, the wallet product being retired',
    body: { productId: 1, principal: 5000 },
    answers: '409 aborted',
    says: 'Loan product is not active',
    isMendable: true,
  },
  {
    body: { productId: 2, principal: 5000, expectedDisbursementDate: TOMORROW },
    answers: '403 permission_denied',
    says: `The date ${TOMORROW} is after the business date ${TODAY}`,
  },
  {
    body: { productId: 99, principal: 5000 },
    answers: '404 not_found',
    says: 'loan product 99 does not exist',
  },
);

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

export const LOANS: readonly Row[] = [
  ...create,
  ...preview,
  ...list,
  ...read,
  ...payoff,
  ...transactions,
  ...explain,
];
