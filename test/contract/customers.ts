/** The contract's section "Customers", row by row. */
import { TODAY, TOMORROW } from './states.ts';
import { NOT_A_DATE, NOT_AN_ID, REQUIRED, type Row, rowsOf, UNKNOWN } from './table.ts';

const LENGTH = { least: 'must have at least 1 character', most: 'must have at most 128 characters' };
const MINIMAL = { externalId: '$new' };

const create = rowsOf(
  'POST /v1/customers',
  {
    body: { externalId: 'CUST-7781' },
    answers: 200,
    shows: {
      externalId: 'CUST-7781',
      status: 'Active',
      active: true,
      officeId: '1',
      officeName: 'Head Office',
      firstname: 'CUST-7781',
      lastname: 'Customer',
      displayName: 'CUST-7781 Customer',
      submittedDate: TODAY,
      activationDate: TODAY,
    },
    lacks: ['middlename', 'mobileNo', 'emailAddress', 'dateOfBirth', 'closedDate'],
  },
  { body: { externalId: 'x' }, answers: 200 },
  { body: { externalId: '🌍'.repeat(128) }, answers: 200 },
  { body: { externalId: 'a/b %2F ü' }, answers: 200, shows: { displayName: 'a/b %2F ü Customer' } },
  { body: {}, answers: '400 invalid_argument', faults: { externalId: REQUIRED } },
  { answers: '400 invalid_argument', faults: { externalId: REQUIRED } },
  { body: { externalId: '' }, answers: '400 invalid_argument', faults: { externalId: LENGTH.least } },
  {
    body: { externalId: 'x'.repeat(129) },
    answers: '400 invalid_argument',
    faults: { externalId: LENGTH.most },
  },
  { body: { externalId: 7 }, answers: '400 invalid_argument', faults: { externalId: 'must be a string' } },
  { body: { externalId: null }, answers: '400 invalid_argument', faults: { externalId: 'must be a string' } },
  {
    body: { ...MINIMAL, nickname: 'Jo', dateOfBirth: '1990-02-30' },
    answers: '400 invalid_argument',
    faults: { nickname: UNKNOWN, dateOfBirth: NOT_A_DATE },
  },
  {
    given: 'an active customer',
    body: { externalId: '$customerName' },
    answers: '409 aborted',
    says: 'another customer with this externalId already exists',
  },
  {
    body: {
      ...MINIMAL,
      firstname: 'Asha',
      middlename: 'N.',
      lastname: 'Mollel',
      mobileNo: '255713000111',
      emailAddress: 'asha@example.com',
      dateOfBirth: '1990-02-28',
      submittedDate: '2025-01-02',
      activationDate: '2025-01-03',
      officeId: 1,
    },
    answers: 200,
    shows: { displayName: 'Asha N. Mollel', submittedDate: '2025-01-02', activationDate: '2025-01-03' },
  },
  {
    body: { ...MINIMAL, fullname: 'Umoja Traders' },
    answers: 200,
    shows: { displayName: 'Umoja Traders' },
    lacks: ['firstname', 'lastname'],
  },
  {
    body: { ...MINIMAL, active: false },
    answers: 200,
    shows: { status: 'Pending', active: false },
    lacks: ['activationDate'],
  },
  {
    body: { ...MINIMAL, fullname: 'A B', firstname: 'A' },
    answers: '400 invalid_argument',
    faults: { fullname: 'must not be given together with firstname, middlename or lastname' },
  },
  {
    body: { ...MINIMAL, active: false, activationDate: TODAY },
    answers: '400 invalid_argument',
    faults: { activationDate: 'must not be given for a customer that is not active' },
  },
  {
    body: { ...MINIMAL, activationDate: TOMORROW },
    answers: '403 permission_denied',
    says: 'activationDate must not be in the future',
  },
  {
    body: { ...MINIMAL, submittedDate: TOMORROW },
    answers: '403 permission_denied',
    says: 'submittedDate must not be in the future',
  },
  {
    body: { ...MINIMAL, submittedDate: '2025-01-10', activationDate: '2025-01-09' },
    answers: '403 permission_denied',
    says: 'activationDate must not be before 2025-01-10, when the customer was submitted',
  },
  { body: { ...MINIMAL, officeId: 99 }, answers: '404 not_found', says: 'office 99 does not exist' },
  { body: MINIMAL, as: 'stranger', answers: '401 unauthenticated' },
  { body: MINIMAL, as: 'operator', answers: '401 unauthenticated' },
  { body: MINIMAL, as: 'nobody', answers: '401 unauthenticated', says: 'a valid bearer token is needed' },
);

const read: readonly Row[] = [
  {
    call: 'GET /v1/customers/{customer}',
    given: 'an active customer',
    answers: 200,
    shows: { id: '$customer' },
  },
  {
    call: 'GET /v1/customers/{customer}',
    given: 'a closed customer',
    answers: 200,
    shows: { status: 'Closed' },
  },
  {
    call: 'GET /v1/customers/999999',
    answers: '404 not_found',
    says: 'customer 999999 does not exist',
  },
  { call: 'GET /v1/customers/99999999999999999999', answers: '404 not_found' },
  {
    call: 'GET /v1/customers/external/nobody',
    answers: '404 not_found',
    says: 'no customer has this external id',
  },
  { call: 'GET /v1/customers/abc', answers: '400 invalid_argument', faults: { customer_id: NOT_AN_ID } },
  { call: 'GET /v1/customers/-1', answers: '400 invalid_argument', faults: { customer_id: NOT_AN_ID } },
  {
    call: 'GET /v1/customers/{customer}',
    given: 'an active customer',
    as: 'operator',
    answers: '401 unauthenticated',
  },
];

const list: readonly Row[] = [
  {
    call: 'GET /v1/customers?externalId={customer_name}',
    given: 'an active customer',
    answers: 200,
    shows: { items: [{ id: '$customer' }], total: 1, page: 1, rowsPerPage: 10 },
    lacks: ['nextCursor'],
  },
  {
    call: 'GET /v1/customers?externalId=nobody',
    answers: 200,
    shows: { items: [], total: 0, page: 1, rowsPerPage: 10 },
  },
  {
    call: 'GET /v1/customers?status=pending&sortOrder=DESC&rows=1',
    given: 'a pending customer',
    answers: 200,
    shows: { items: [{ id: '$customer', status: 'Pending' }], rowsPerPage: 1 },
  },
  {
    call: 'GET /v1/customers?status=Sleepy',
    answers: '400 invalid_argument',
    faults: { status: 'must be one of Pending, Active, Closed' },
  },
  {
    call: 'GET /v1/customers?orderBy=lastname',
    answers: '400 invalid_argument',
    faults: { orderBy: 'must be one of id, displayName, submittedDate, activationDate' },
  },
  ...['id', 'displayName', 'submittedDate', 'activationDate'].map(
    (order): Row => ({
      call: `GET /v1/customers?orderBy=${order}&sortOrder=DESC&rows=100`,
      given: 'an active customer',
      answers: 200,
      shows: { page: 1, rowsPerPage: 100 },
    }),
  ),
  { call: 'GET /v1/customers', as: 'operator', answers: '401 unauthenticated' },
];

const change = rowsOf(
  'PUT /v1/customers/{customer}',
  {
    given: 'an active customer',
    body: MINIMAL,
    answers: 200,
    shows: { externalId: '$new', firstname: '$new' },
  },
  {
    given: 'an active customer with a name of her own',
    body: MINIMAL,
    answers: 200,
    shows: { externalId: '$new', firstname: 'Asha', displayName: 'Asha Mollel' },
  },
  {
    given: 'two customers',
    body: { externalId: '$otherName' },
    answers: '409 aborted',
    says: 'another customer with this externalId already exists',
  },
  {
    given: 'an active customer',
    as: 'admin',
    body: { firstname: 'Neema' },
    answers: '403 permission_denied',
    says: 'the role OPERATOR is needed to change firstname',
  },
  {
    given: 'an active customer',
    body: { firstname: 'Neema', mobileNo: '255700000001', emailAddress: 'n@example.com' },
    answers: 200,
    shows: { displayName: 'Neema Customer', mobileNo: '255700000001', emailAddress: 'n@example.com' },
  },
  {
    given: 'an active customer',
    body: { status: 'Closed' },
    answers: '400 invalid_argument',
    faults: { status: UNKNOWN },
  },
  { given: 'an active customer', body: MINIMAL, as: 'operator', answers: '401 unauthenticated' },
);

const remove = rowsOf(
  'DELETE /v1/customers/{customer}',
  { given: 'a pending customer', answers: 200, removes: true },
  {
    given: 'an active customer',
    answers: '409 aborted',
    says: 'Only a pending customer can be deleted',
  },
  { given: 'a closed customer', answers: '409 aborted', says: 'Only a pending customer can be deleted' },
  { given: 'a pending customer', as: 'stranger', answers: '401 unauthenticated' },
);

const activate = rowsOf(
  'POST /v1/customers/{customer}/activate',
  {
    given: 'a pending customer',
    body: { activationDate: '2025-01-10' },
    answers: 200,
    shows: { status: 'Active', active: true, activationDate: '2025-01-10' },
  },
  {
    given: 'an active customer',
    body: { activationDate: TODAY },
    answers: '409 aborted',
    says: 'Customer is not pending, it cannot be activated',
  },
  {
    given: 'a closed customer',
    body: { activationDate: TODAY },
    answers: '409 aborted',
    says: 'Customer is not pending, it cannot be activated',
  },
  {
    given: 'a pending customer',
    body: { activationDate: TOMORROW },
    answers: '403 permission_denied',
    says: 'activationDate must not be in the future',
  },
  {
    given: 'a pending customer',
    body: { activationDate: '2023-12-31' },
    answers: '403 permission_denied',
    says: 'activationDate must not be before 2024-01-01, when the customer was submitted',
  },
  {
    given: 'a pending customer',
    answers: '400 invalid_argument',
    faults: { activationDate: REQUIRED },
  },
  {
    given: 'a pending customer',
    body: { activationDate: '2025-1-1', note: 'x' },
    answers: '400 invalid_argument',
    faults: { activationDate: NOT_A_DATE, note: UNKNOWN },
  },
);

const CLOSURE = { closureDate: TODAY, closureReasonId: 17 };

const close = rowsOf(
  'POST /v1/customers/{customer}/close',
  {
    given: 'an active customer',
    body: CLOSURE,
    answers: 200,
    shows: { status: 'Closed', active: false, closedDate: TODAY },
  },
  { given: 'an active customer', body: { ...CLOSURE, closureReasonId: '17' }, answers: 200 },
  { given: 'an active customer', body: { ...CLOSURE, closureReasonId: 'Other' }, answers: 200 },
  { given: 'a pending customer', body: CLOSURE, answers: 200, shows: { status: 'Closed' } },
  { given: 'a customer whose loan is paid', body: CLOSURE, answers: 200, shows: { status: 'Closed' } },
  {
    given: 'a customer with an open loan',
    body: CLOSURE,
    answers: '409 aborted',
    says: 'Customer has open loans, close those first',
  },
  {
    given: 'a customer with a loan applied for',
    body: CLOSURE,
    answers: '409 aborted',
    says: 'Customer has open loans, close those first',
  },
  {
    given: 'a closed customer',
    body: CLOSURE,
    answers: '409 aborted',
    says: 'Customer is already closed',
  },
  {
    given: 'an active customer',
    body: { ...CLOSURE, closureReasonId: 99 },
    answers: '400 invalid_argument',
    faults: { closureReasonId: 'unknown reason' },
  },
  {
    given: 'an active customer',
    body: {},
    answers: '400 invalid_argument',
    faults: { closureDate: REQUIRED, closureReasonId: REQUIRED },
  },
  {
    given: 'an active customer',
    body: { ...CLOSURE, closureDate: TOMORROW },
    answers: '403 permission_denied',
    says: 'closureDate must not be in the future',
  },
  {
    given: 'an active customer',
    body: { ...CLOSURE, closureDate: '2024-01-01' },
    answers: '403 permission_denied',
    says: 'closureDate must not be before 2024-01-02, when the customer became active',
  },
);

export const CUSTOMERS: readonly Row[] = [
  ...create,
  ...read,
  ...list,
  ...change,
  ...remove,
  ...activate,
  ...close,
];
