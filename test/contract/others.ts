/**
 * The contract's sections "Auth", "Errors", "Pagination", "Loan products", and what operators have of the
 * ledger.
 */
import { TODAY, TOMORROW } from './states.ts';
import { NOT_AN_ID, REQUIRED, type Row, rowsOf, UNKNOWN } from './table.ts';

const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString('base64')}` });

export const AUTH: readonly Row[] = [
  ...rowsOf(
    'GET /v1/auth/token',
    { as: 'nobody', headers: basic('admin@example.com:a password for tests'), answers: 200 },
    { as: 'nobody', headers: basic('admin@example.com:wrong'), answers: '401 unauthenticated' },
    { as: 'nobody', headers: basic('unknown@example.com:wrong'), answers: '401 unauthenticated' },
    { as: 'nobody', headers: { authorization: 'Basic %' }, answers: '401 unauthenticated' },
    { as: 'nobody', answers: '401 unauthenticated' },
    { as: 'partner', answers: '401 unauthenticated' },
  ),
  ...rowsOf(
    'GET /v1/auth/authenticate',
    { as: 'admin', answers: 200, shows: { claims: { roles: ['ADMIN'] } } },
    { as: 'stranger', answers: 200, shows: { claims: { roles: [] } } },
    { as: 'nobody', answers: '401 unauthenticated' },
    { as: 'nobody', headers: { authorization: 'Bearer a.b.c' }, answers: '401 unauthenticated' },
  ),
  ...(
    [
      ['any', 'stranger', true],
      ['admin', 'admin', true],
      ['admin', 'operator', false],
      ['operator', 'operator', true],
      ['operator', 'admin', false],
      ['admin', 'partner', true],
      ['any', 'nobody', false],
    ] as const
  ).map(([rule, as, isAllowed]): Row => {
    const call = 'POST /v1/auth/authorize';
    const asked = { call, as, body: { rule }, changes: 'nothing' } as const;
    return isAllowed
      ? { ...asked, answers: 200, shows: { authorized: true } }
      : { ...asked, answers: '401 unauthenticated' };
  }),
  {
    call: 'POST /v1/auth/authorize',
    as: 'admin',
    body: { rule: 'king' },
    answers: '400 invalid_argument',
    faults: { rule: 'must be one of any, admin, operator' },
  },
  {
    call: 'POST /v1/auth/authorize',
    as: 'admin',
    body: {},
    answers: '400 invalid_argument',
    faults: { rule: REQUIRED },
  },
];

const page = (query: string, error: string): Row => ({
  call: `GET /v1/customers?${query}`,
  answers: '400 invalid_argument',
  faults: { page: error },
});

export const PAGES: readonly Row[] = [
  {
    call: 'GET /v1/loans?externalId=none',
    answers: 200,
    shows: { items: [], total: 0, page: 1, rowsPerPage: 10 },
  },
  { call: 'GET /v1/loans?page=2&rows=100', answers: 200, shows: { page: 2, rowsPerPage: 100 } },
  page('rows=101', 'rows value too large, must be less than 100'),
  page('page=0', 'page value too small, must be larger than 0'),
  page('page=-1', 'page value too small, must be larger than 0'),
  page('page=x', 'page conversion: must be an integer'),
  page('page=1.5', 'page conversion: must be an integer'),
  page('rows=ten', 'rows conversion: must be an integer'),
  page('rows=0', 'rows value too small, must be larger than 0'),
  {
    call: 'GET /v1/customers?sortOrder=UP',
    answers: '400 invalid_argument',
    faults: { sortOrder: 'must be one of ASC, DESC' },
  },
  {
    call: 'GET /v1/customers?after=nonsense',
    answers: '400 invalid_argument',
    faults: { after: 'is not a cursor of this list' },
  },
  { call: 'GET /v1/customers?colour=red', answers: '400 invalid_argument', faults: { colour: UNKNOWN } },
];

export const ERRORS: readonly Row[] = [
  { call: 'GET /v1/nowhere', answers: '404 not_found', says: 'no such route' },
  { call: 'POST /v1/customers/1', body: { a: 1 }, answers: '404 not_found', says: 'no such route' },
  {
    call: 'POST /v1/customers',
    body: '{"externalId":',
    answers: '400 invalid_argument',
    faults: { body: 'is not valid JSON' },
  },
  {
    call: 'POST /v1/customers',
    body: '[]',
    answers: '400 invalid_argument',
    faults: { body: 'must be an object' },
  },
  {
    call: 'POST /v1/customers',
    body: '{"externalId":"a\\u0000b"}',
    answers: '400 invalid_argument',
    faults: { externalId: 'must not hold a NUL or broken character' },
  },
  {
    call: 'POST /v1/customers',
    body: `{"externalId":"${'x'.repeat(1024 * 1024)}"}`,
    answers: '413 invalid_argument',
    faults: { body: 'must not be larger than 1048576 bytes' },
  },
  {
    call: 'POST /v1/customers',
    body: 'externalId=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    answers: '415 invalid_argument',
    faults: { 'content-type': 'must be application/json' },
  },
  {
    call: 'GET /v1/customers/%zz',
    answers: '400 invalid_argument',
    faults: { path: 'malformed percent-encoding' },
  },
];

export const PRODUCTS: readonly Row[] = [
  {
    call: 'GET /v1/loan-products',
    answers: 200,
    shows: {
      items: [
        {
          id: '1',
          currencyCode: 'TZS',
          numberOfRepayments: 1,
          repaymentEvery: 30,
          repaymentFrequencyType: 'Days',
        },
        { id: '2', currencyCode: 'TZS', numberOfRepayments: 12, repaymentFrequencyType: 'Months' },
      ],
    },
    lacks: ['total', 'page'],
  },
  {
    call: 'GET /v1/loan-products/2',
    answers: 200,
    shows: {
      id: '2',
      name: 'Term loan, 12 months',
      shortName: 'TL12',
      currencyCode: 'TZS',
      principal: 1_200_000,
      minPrincipal: 1_000,
      maxPrincipal: 100_000_000,
      numberOfRepayments: 12,
      repaymentEvery: 1,
      repaymentFrequencyType: 'Months',
      interestRatePerPeriod: 2,
      interestRateFrequencyType: 'Per month',
      amortizationType: 'Equal installments',
      interestType: 'Declining Balance',
      interestCalculationPeriodType: 'Same as repayment period',
      status: 'active',
    },
  },
  { call: 'GET /v1/loan-products/99', answers: '404 not_found', says: 'loan product 99 does not exist' },
  { call: 'GET /v1/loan-products/x', answers: '400 invalid_argument', faults: { product_id: NOT_AN_ID } },
  { call: 'GET /v1/loan-products', as: 'operator', answers: '401 unauthenticated' },
];

const ENTRY = {
  date: '2025-01-31',
  reason: 'Share capital paid in',
  lines: [
    { glCode: '1000', debit: 1_000_000 },
    { glCode: '3000', credit: 1_000_000 },
  ],
};

export const LEDGER: readonly Row[] = [
  { call: 'GET /v1/gl-accounts', as: 'operator', answers: 200 },
  { call: 'GET /v1/gl-accounts', as: 'admin', answers: '403 permission_denied' },
  {
    call: 'GET /v1/journal-entries?loanId={loan_id}',
    given: 'an active loan',
    answers: 200,
    shows: { total: 1 },
  },
  {
    call: 'GET /v1/journal-entries?transactionId=1',
    answers: '400 invalid_argument',
    faults: { loanId: 'is required with transactionId' },
  },
  { call: 'GET /v1/journal-entries', as: 'admin', answers: '403 permission_denied' },
  { call: 'GET /v1/journal-entries/999999', answers: '404 not_found' },
  { call: 'POST /v1/journal-entries', body: ENTRY, answers: 200 },
  { call: 'POST /v1/journal-entries', as: 'admin', body: ENTRY, answers: '403 permission_denied' },
  {
    call: 'POST /v1/journal-entries',
    body: {},
    answers: '400 invalid_argument',
    faults: { date: REQUIRED, reason: REQUIRED, lines: REQUIRED },
  },
  {
    call: 'POST /v1/journal-entries',
    body: {
      ...ENTRY,
      lines: [
        { glCode: '1000', debit: 2 },
        { glCode: '3000', credit: 1 },
      ],
    },
    answers: '400 invalid_argument',
    faults: { lines: 'debits exceed credits by 1.00' },
  },
  {
    call: 'POST /v1/journal-entries',
    body: { ...ENTRY, date: TOMORROW },
    answers: '403 permission_denied',
    says: `The date ${TOMORROW} is in the future (today is ${TODAY})`,
  },
  {
    call: 'POST /v1/journal-entries',
    body: {
      ...ENTRY,
      lines: [
        { glCode: '1100', debit: 1 },
        { glCode: '3000', credit: 1 },
      ],
    },
    answers: '409 aborted',
    says: 'GL account 1100 (Loan portfolio) is moved by loans only: correct the loan instead',
    isMendable: true,
  },
  { call: 'GET /v1/trial-balance?date=2025-01-31', as: 'operator', answers: 200 },
  { call: 'GET /v1/trial-balance', as: 'admin', answers: '403 permission_denied' },
  { call: 'GET /v1/trial-balance', as: 'nobody', answers: '401 unauthenticated' },
  { call: 'GET /v1/gl-closures', answers: 200, shows: { items: [] } },
  { call: 'POST /v1/gl-closures', body: { closingDate: TOMORROW }, answers: '403 permission_denied' },
  { call: 'DELETE /v1/gl-closures/2025-01-31', answers: '404 not_found' },
  { call: 'GET /v1/audit', as: 'operator', answers: 200 },
  { call: 'GET /v1/audit', as: 'admin', answers: '403 permission_denied' },
];
