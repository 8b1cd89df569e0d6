/** Customers over HTTP (contract "Customers"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type CustomerStatus, wordsOf } from '../domain/customer.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Book } from '../operations/book.ts';
import { change } from '../operations/change.ts';
import {
  activateCustomer,
  type CustomerRequest,
  changeCustomer,
  closeCustomer,
  createCustomer,
  removeCustomer,
} from '../operations/customers.ts';
import { type BookedCustomer, CUSTOMER_SORTS, findShownCustomer, listCustomers } from '../store/customers.ts';
import { findByExternalId } from '../store/externalIds.ts';
import { EMPTY_PAGE } from '../store/page.ts';
import { type Addressing, addressingsOf, unknownTo } from './addressing.ts';
import { authorOf, callerOf, hasRole, requirePartner } from './auth.ts';
import { bookOf } from './book.ts';
import type { App, AppContext } from './context.ts';
import { permissionDenied } from './errors.ts';
import { answerPost, IdempotencyHeader } from './idempotency.ts';
import { endpoint } from './openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from './pagination.ts';
import {
  accountNoOf,
  codeOrLabel,
  DateIn,
  DateOut,
  ExternalId,
  IdIn,
  IdOut,
  noun,
  readDate,
  readId,
  withoutAbsent,
} from './values.ts';
import { addVerb, type Routes } from './verbs.ts';

const LABELS: Readonly<Record<CustomerStatus, string>> = {
  pending: 'Pending',
  active: 'Active',
  closed: 'Closed',
};
/** Codes that integrators know the statuses by. */
const CODES: Readonly<Record<CustomerStatus, string>> = { pending: '100', active: '300', closed: '600' };
const STATUSES: readonly CustomerStatus[] = ['pending', 'active', 'closed'];

const Name = Type.String({ minLength: 1, maxLength: 100, examples: ['Asha'] });
const FullName = Type.String({ minLength: 1, maxLength: 200, examples: ['Asha Mollel'] });
const MobileNo = Type.String({ minLength: 1, maxLength: 50, examples: ['255713000111'] });
const EmailAddress = Type.String({ format: 'email', maxLength: 254, examples: ['asha@example.com'] });

const CUSTOMER_EXAMPLE = {
  id: '7',
  accountNo: '000000007',
  externalId: 'CUST-7781',
  officeName: 'Head Office',
  firstname: 'CUST-7781',
  lastname: 'Customer',
  displayName: 'CUST-7781 Customer',
  mobileNo: '255713000111',
  submittedDate: '2025-01-15',
  activationDate: '2025-01-15',
  status: 'Active',
  active: true,
  officeId: '1',
};

const CustomerOut = noun(
  'Customer',
  {
    id: IdOut,
    accountNo: Type.String({ examples: ['000000042'] }),
    externalId: ExternalId,
    status: Type.Unsafe<string>({ type: 'string', enum: Object.values(LABELS), examples: ['Active'] }),
    active: Type.Boolean(),
    officeId: IdOut,
    officeName: Type.String({ examples: ['Head Office'] }),
    firstname: Type.Optional(Type.String()),
    middlename: Type.Optional(Type.String()),
    lastname: Type.Optional(Type.String()),
    displayName: Type.String({ examples: ['CUST-7781 Customer'] }),
    mobileNo: Type.Optional(Type.String()),
    emailAddress: Type.Optional(Type.String()),
    dateOfBirth: Type.Optional(DateOut),
    activationDate: Type.Optional(DateOut),
    submittedDate: DateOut,
    closedDate: Type.Optional(DateOut),
  },
  CUSTOMER_EXAMPLE,
);

const names = {
  firstname: Type.Optional(Name),
  middlename: Type.Optional(Name),
  lastname: Type.Optional(Name),
  fullname: Type.Optional(FullName),
  mobileNo: Type.Optional(MobileNo),
  emailAddress: Type.Optional(EmailAddress),
  dateOfBirth: Type.Optional(DateIn),
};

const PERSON_EXAMPLE = {
  externalId: 'CUST-7781',
  firstname: 'Asha',
  lastname: 'Mollel',
  mobileNo: '255713000111',
  emailAddress: 'asha@example.com',
  dateOfBirth: '1990-04-12',
};

export const CustomerIn = Type.Object(
  {
    externalId: ExternalId,
    ...names,
    officeId: Type.Optional(IdIn),
    active: Type.Optional(Type.Boolean({ default: true, description: 'false: the customer stays Pending' })),
    activationDate: Type.Optional(DateIn),
    submittedDate: Type.Optional(DateIn),
  },
  { examples: [PERSON_EXAMPLE] },
);
const CustomerChangeIn = Type.Object(
  { externalId: Type.Optional(ExternalId), ...names },
  { examples: [{ externalId: 'CUST-7782' }] },
);
const ActivationIn = Type.Object({ activationDate: DateIn });
const ClosureIn = Type.Object(
  { closureDate: DateIn, closureReasonId: IdIn },
  { examples: [{ closureDate: '2025-01-31', closureReasonId: '17' }] },
);
const ListQuery = Type.Object({
  ...pageFields(CUSTOMER_SORTS),
  externalId: Type.Optional(ExternalId),
  status: Type.Optional(Type.String({ description: 'Pending, Active or Closed, or its code' })),
  q: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Beginnings of name, phone or external id' }),
  ),
});

export async function customerRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addCreate(routes);
  addList(routes);
  for (const form of addressingsOf('customer')) {
    addGet(routes, form);
    addChange(routes, form);
    addDelete(routes, form);
  }
  addActivate(routes);
  addClose(routes);
}

function addCreate({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'createCustomer',
      tag: 'Customers',
      summary: 'Create a customer',
      description: 'Active at once; with `active: false` Pending until activated.',
      caller: 'partner',
      errors: ['permission_denied', 'not_found', 'aborted'],
    }),
    headers: IdempotencyHeader,
    body: CustomerIn,
    response: { 200: CustomerOut },
  };
  app.post('/v1/customers', { onRequest: requirePartner(context), schema }, async (request, reply) => {
    const asked = readCustomer(request.body);
    return answerPost(request, reply, {
      book,
      path: '/v1/customers',
      work: async (tx) => customerOut(await createCustomer(tx, book, asked)),
    });
  });
}

export function readCustomer({ officeId, ...application }: Static<typeof CustomerIn>): CustomerRequest {
  return {
    ...datesOf(application),
    officeId: officeId === undefined ? undefined : readId(officeId, 'officeId'),
  };
}

function addList({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({ id: 'listCustomers', tag: 'Customers', summary: 'List customers', caller: 'partner' }),
    querystring: ListQuery,
    response: { 200: pageSchema(CustomerOut) },
  };
  app.get('/v1/customers', { onRequest: requirePartner(context), schema }, async (request) => {
    const page = pageOf(request.query, 'id');
    const filter = await filterOf(book, request.query);
    const found = filter ? await listCustomers(book.db.read, filter, page) : EMPTY_PAGE;
    return pageAnswer(page, found, customerOut);
  });
}

/** Undefined when no customer has the external id. */
async function filterOf(book: Book, query: Static<typeof ListQuery>) {
  const { externalId, status, q } = query;
  const words = q === undefined ? undefined : wordsOf(q);
  const filter = {
    status: status === undefined ? undefined : readStatus(status),
    words: words?.length === 0 ? [q ?? ''] : words,
  };
  if (externalId === undefined) return filter;
  const id = await findByExternalId(book.db.read, { kind: 'customer', externalId });
  return id === undefined ? undefined : { ...filter, id };
}

function readStatus(text: string): CustomerStatus {
  const wanted = text.toLowerCase();
  const status = STATUSES.find((each) => LABELS[each].toLowerCase() === wanted || CODES[each] === wanted);
  if (status) return status;
  const message = `must be one of ${Object.values(LABELS).join(', ')}`;
  throw new Refusal('invalid_argument', 'status_unknown', message, 'status');
}

function addGet({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      id: `getCustomer${form.suffix}`,
      tag: 'Customers',
      summary: 'Get a customer',
      caller: 'partner',
      errors: ['not_found'],
    }),
    params: Type.Object(form.params),
    response: { 200: CustomerOut },
  };
  app.get(form.base, { onRequest: requirePartner(context), schema }, async (request) => {
    const reference = form.referenceOf(request.params);
    const customer = await findShownCustomer(book.db.readByKey, reference);
    if (!customer) throw unknownTo('customer', reference);
    return customerOut(customer);
  });
}

function addChange({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      id: `updateCustomer${form.suffix}`,
      tag: 'Customers',
      summary: 'Change a customer',
      description: 'A partner changes the external id; name, phone, email and birth need the role OPERATOR.',
      caller: 'partner',
      errors: ['permission_denied', 'not_found', 'aborted'],
    }),
    params: Type.Object(form.params),
    body: CustomerChangeIn,
    response: { 200: CustomerOut },
  };
  app.put(form.base, { onRequest: requirePartner(context), schema }, async (request) => {
    requireOperatorFor(request);
    const id = await form.idOf(book.db.readByKey, request.params);
    const asked = { id, change: datesOf(request.body) };
    return customerOut(await change(book, authorOf(request), (tx) => changeCustomer(tx, book, asked)));
  });
}

function requireOperatorFor(request: FastifyRequest): void {
  const fields = Object.keys(request.body as object).filter((field) => field !== 'externalId');
  if (fields.length === 0 || hasRole(callerOf(request), 'OPERATOR')) return;
  throw permissionDenied(`the role OPERATOR is needed to change ${fields.join(', ')}`);
}

function addDelete({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      id: `deleteCustomer${form.suffix}`,
      tag: 'Customers',
      summary: 'Delete a pending customer without loans',
      caller: 'partner',
      errors: ['not_found', 'aborted'],
    }),
    params: Type.Object(form.params),
    response: { 200: Type.Unsafe<undefined>({ type: 'null', description: 'Deleted; the body is empty' }) },
  };
  app.delete(form.base, { onRequest: requirePartner(context), schema }, async (request, reply) => {
    const id = await form.idOf(book.db.readByKey, request.params);
    await change(book, authorOf(request), (tx) => removeCustomer(tx, id));
    await reply.code(200).send(undefined);
  });
}

function addActivate(routes: Routes): void {
  addVerb(routes, {
    kind: 'customer',
    describe: {
      id: 'activateCustomer',
      tag: 'Customers',
      summary: 'Activate a pending customer',
      errors: ['permission_denied', 'not_found', 'aborted'],
    },
    path: '/activate',
    body: ActivationIn,
    answer: CustomerOut,
    work: async (tx, { id }, body) => {
      const on = readDate(body.activationDate, 'activationDate');
      return customerOut(await activateCustomer(tx, routes.book, { id, on }));
    },
  });
}

function addClose(routes: Routes): void {
  addVerb(routes, {
    kind: 'customer',
    describe: {
      id: 'closeCustomer',
      tag: 'Customers',
      summary: 'Close a customer for good',
      errors: ['permission_denied', 'not_found', 'aborted'],
    },
    path: '/close',
    body: ClosureIn,
    answer: CustomerOut,
    work: async (tx, { id }, body) => {
      const on = readDate(body.closureDate, 'closureDate');
      const reason = codeOrLabel(body.closureReasonId, 'closureReasonId');
      return customerOut(await closeCustomer(tx, routes.book, { id, on, reason }));
    },
  });
}

type Dated = {
  readonly dateOfBirth?: string;
  readonly activationDate?: string;
  readonly submittedDate?: string;
};

function datesOf<Given extends Dated>(given: Given) {
  const { dateOfBirth, activationDate, submittedDate, ...rest } = given;
  const read = (text: string | undefined, field: string) =>
    text === undefined ? undefined : readDate(text, field);
  return {
    ...rest,
    dateOfBirth: read(dateOfBirth, 'dateOfBirth'),
    activationDate: read(activationDate, 'activationDate'),
    submittedDate: read(submittedDate, 'submittedDate'),
  };
}

function customerOut(customer: BookedCustomer): Static<typeof CustomerOut> {
  const { id, officeId, status, version: _version, closureReasonId: _reason, ...rest } = customer;
  return withoutAbsent({
    id: id.toString(),
    accountNo: accountNoOf(id),
    ...rest,
    status: LABELS[status],
    active: status === 'active',
    officeId: officeId.toString(),
  });
}
