/** Loans over HTTP: make, preview, list, get (contract "Loans"). */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { addDays } from '../../domain/date.ts';
import type { LoanStatus } from '../../domain/loan.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Book } from '../../operations/book.ts';
import {
  bookLoan,
  type CustomerReference,
  type LoanBooking,
  type LoanRequest,
  previewLoan,
} from '../../operations/loans/originate.ts';
import { readLoanAsOf } from '../../operations/loans/readAsOf.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import type { Tx } from '../../store/database.ts';
import { findByExternalId } from '../../store/externalIds.ts';
import { findProductNames } from '../../store/loanProducts.ts';
import { LOAN_SORTS, type LoanFilter, listLoans } from '../../store/loans/listing.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { findShownLoan, type LoanReference } from '../../store/loans/shown.ts';
import { EMPTY_PAGE } from '../../store/page.ts';
import { addressingsOf, unknownTo } from '../addressing.ts';
import { requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from '../pagination.ts';
import { DateIn, ExternalId, IdIn, PositiveMoneyIn, readDate, readFilterId, readId } from '../values.ts';
import type { Routes } from '../verbs.ts';
import {
  ListedLoanOut,
  LoanOut,
  listedLoanOut,
  loanOut,
  PreviewOut,
  previewOut,
  STATUS_LABELS,
} from './answers.ts';
import { RequestedCharges, readRequestedCharge } from './requestedCharges.ts';
import { chosenTermFields, readChosenTerms } from './terms.ts';

/** Codes that integrators know the statuses by. */
const STATUS_CODES: Readonly<Record<LoanStatus, string>> = {
  pending: '100',
  approved: '200',
  active: '300',
  withdrawn: '400',
  rejected: '500',
  closed: '600',
  writtenOff: '601',
  overpaid: '700',
};
const STATUSES = Object.keys(STATUS_LABELS) as LoanStatus[];

/** What a loan is asked for with, customer apart. */
export const applicationFields = {
  productId: IdIn,
  principal: PositiveMoneyIn,
  externalId: Type.Optional(ExternalId),
  disburse: Type.Optional(Type.Boolean({ default: true, description: 'false: the loan stays submitted' })),
  submittedOnDate: Type.Optional(DateIn),
  expectedDisbursementDate: Type.Optional(DateIn),
  ...chosenTermFields,
};

const ApplicationIn = Type.Object(applicationFields);

const CustomerId = Type.Unsafe<string | number>({
  ...IdIn,
  description: "A customer's id as integer; as string the id or the customer's externalId",
});

const ORDER_EXAMPLE = { productId: '2', principal: 600_000 };

const LoanIn = Type.Object(
  {
    customerId: Type.Optional(CustomerId),
    customerExternalId: Type.Optional(ExternalId),
    ...applicationFields,
    charges: RequestedCharges,
  },
  { examples: [ORDER_EXAMPLE] },
);
/** A loan needs a customer, a preview does not. */
const BookingIn = Type.Object(LoanIn.properties, {
  if: { type: 'object', required: ['customerExternalId'] },
  else: { type: 'object', required: ['customerId'] },
  examples: [{ customerId: '7', ...ORDER_EXAMPLE, externalId: 'LOAN-2025-0042' }],
});

const ListQuery = Type.Object({
  ...pageFields(LOAN_SORTS),
  customerId: Type.Optional(IdIn),
  customerExternalId: Type.Optional(ExternalId),
  status: Type.Optional(
    Type.String({ description: 'A label, in any case, or its code', examples: ['Active'] }),
  ),
  productId: Type.Optional(IdIn),
  externalId: Type.Optional(ExternalId),
  overdue: Type.Optional(Type.Boolean({ description: 'true: only loans with something due and unpaid' })),
  minDaysPastDue: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000, description: 'Only loans at least so many days past due' }),
  ),
  delinquencyRange: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Code of the range that the loan is in',
      examples: ['DAYS_1_30'],
    }),
  ),
  nonPerforming: Type.Optional(Type.Boolean()),
});

export async function loanRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addCreate(routes);
  addPreview(routes);
  addList(routes);
  addGet(routes);
}

function addCreate({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'createLoan',
      tag: 'Loans',
      summary: 'Make a loan',
      description:
        'Submitted, approved and disbursed in one atomic step; with `disburse: false` only submitted.',
      caller: 'partner',
      errors: ['permission_denied', 'not_found', 'aborted'],
    }),
    headers: IdempotencyHeader,
    body: BookingIn,
    response: { 200: LoanOut },
  };
  app.post('/v1/loans', { onRequest: requirePartner(context), schema }, async (request, reply) => {
    const booking: LoanBooking = {
      customer: customerReference(request.body),
      externalId: request.body.externalId,
      ...readOrder(request.body),
    };
    await answerPost(request, reply, {
      book,
      path: '/v1/loans',
      makesLoan: true,
      work: async (tx) => wholeLoanOut(tx, book, await bookLoan(tx, book, booking)),
    });
  });
}

function addPreview({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'previewLoan',
      tag: 'Loans',
      summary: 'Show the loan that a request would make',
      description: 'The same numbers as the booked loan. No customer is needed and nothing is written.',
      caller: 'partner',
      errors: ['permission_denied', 'not_found', 'aborted'],
    }),
    body: LoanIn,
    response: { 200: PreviewOut },
  };
  app.post('/v1/loans/preview', { onRequest: requirePartner(context), schema }, async (request) => {
    const { customerId, customerExternalId } = request.body;
    const isForSomebody = customerId !== undefined || customerExternalId !== undefined;
    const { state, product, businessDate } = await previewLoan(book.db.read, book, {
      ...readOrder(request.body),
      ...(isForSomebody && { customer: customerReference(request.body) }),
    });
    const named = { productId: product.id, productName: product.name };
    return previewOut(state, { ...named, ...dueOn(book, businessDate) });
  });
}

export function readRequest(body: Static<typeof ApplicationIn>): LoanRequest {
  const { submittedOnDate, expectedDisbursementDate } = body;
  return {
    productId: readId(body.productId, 'productId'),
    principal: body.principal,
    submittedOn: submittedOnDate === undefined ? undefined : readDate(submittedOnDate, 'submittedOnDate'),
    expectedDisbursementDate:
      expectedDisbursementDate === undefined
        ? undefined
        : readDate(expectedDisbursementDate, 'expectedDisbursementDate'),
    chosen: readChosenTerms(body),
    disburse: body.disburse ?? true,
  };
}

const readOrder = (body: Static<typeof LoanIn>): LoanRequest => ({
  charges: (body.charges ?? []).map(readRequestedCharge),
  ...readRequest(body),
});

function customerReference({ customerId, customerExternalId }: Static<typeof LoanIn>): CustomerReference {
  if (customerId !== undefined && customerExternalId !== undefined) throw bothCustomers();
  if (customerExternalId !== undefined) return { externalId: customerExternalId };
  if (typeof customerId === 'string') return { either: customerId };
  if (customerId !== undefined) return { id: readId(customerId, 'customerId') };
  throw new Refusal('invalid_argument', 'customer_missing', 'is required', 'customerId');
}

const bothCustomers = (): Refusal =>
  new Refusal(
    'invalid_argument',
    'customer_twice',
    'must not be given together with customerId',
    'customerExternalId',
  );

function addList({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({ id: 'listLoans', tag: 'Loans', summary: 'List loans', caller: 'partner' }),
    querystring: ListQuery,
    response: { 200: pageSchema(ListedLoanOut) },
  };
  app.get('/v1/loans', { onRequest: requirePartner(context), schema }, async (request) => {
    const page = pageOf(request.query, 'id');
    const businessDate = await readBusinessDate(book.db.read, book);
    const filter = await filterOf(book, request.query);
    const overdueOn = request.query.overdue === undefined ? undefined : businessDate;
    const isOverdue = request.query.overdue ?? true;
    const lateness = latenessOf(request.query, businessDate);
    const found = filter
      ? await listLoans(book.db.read, { ...filter, ...lateness, overdueOn, isOverdue }, page)
      : EMPTY_PAGE;
    const due = dueOn(book, businessDate);
    return pageAnswer(page, found, (loan) => listedLoanOut(loan, { ...loan, ...due }));
  });
}

function latenessOf(
  { minDaysPastDue, delinquencyRange, nonPerforming }: Static<typeof ListQuery>,
  businessDate: Setting['businessDate'],
): LoanFilter {
  const unpaidSince = minDaysPastDue === undefined ? undefined : addDays(businessDate, -minDaysPastDue);
  return { unpaidSince, delinquencyRange, isNonPerforming: nonPerforming };
}

type Setting = Parameters<typeof loanOut>[1];

const settingOf = (loan: BookedLoan, names: ReadonlyMap<bigint, string>, due: Due): Setting => ({
  productId: loan.productId,
  productName: names.get(loan.productId) ?? '',
  ...due,
});

type Due = Pick<Setting, 'businessDate' | 'nextDue'>;

export const dueOn = ({ config }: Pick<Book, 'config'>, businessDate: Setting['businessDate']): Due => ({
  businessDate,
  nextDue: config.engineSettings.nextPaymentDueDate,
});

/** Undefined when nothing can be found: no such customer, no such external id. */
async function filterOf(book: Book, query: Static<typeof ListQuery>): Promise<LoanFilter | undefined> {
  const { customerId, customerExternalId, productId, status, externalId } = query;
  if (customerId !== undefined && customerExternalId !== undefined) throw bothCustomers();
  const filter = {
    status: status === undefined ? undefined : readStatus(status),
    productId: productId === undefined ? undefined : readFilterId(productId, 'productId'),
    customerId: customerId === undefined ? undefined : readFilterId(customerId, 'customerId'),
  };
  const [customer, loan] = await Promise.all([
    lookUp(book.db.read, 'customer', customerExternalId),
    lookUp(book.db.read, 'loan', externalId),
  ]);
  if (customer === null || loan === null) return undefined;
  return { ...filter, customerId: customer ?? filter.customerId, id: loan };
}

/** Undefined when nothing was asked, null when nothing was found. */
async function lookUp(tx: Tx, kind: 'customer' | 'loan', externalId: string | undefined) {
  if (externalId === undefined) return undefined;
  return (await findByExternalId(tx, { kind, externalId })) ?? null;
}

function readStatus(text: string): LoanStatus {
  const wanted = text.toLowerCase();
  const status = STATUSES.find(
    (each) => STATUS_LABELS[each].toLowerCase() === wanted || STATUS_CODES[each] === wanted,
  );
  if (status) return status;
  const message = `must be one of ${Object.values(STATUS_LABELS).join(', ')}`;
  throw new Refusal('invalid_argument', 'status_unknown', message, 'status');
}

function addGet({ app, context, book }: Routes): void {
  for (const form of addressingsOf('loan')) {
    const schema = {
      ...endpoint({
        id: `getLoan${form.suffix}`,
        tag: 'Loans',
        summary: 'Get a loan with its schedule and repayments',
        description:
          'With `asOf` as it stood at the end of that day, by value dates: what is dated later is left out, what ' +
          'was reversed since never counted. Not before the submission, not in the future.',
        caller: 'partner',
        errors: ['not_found'],
      }),
      params: Type.Object(form.params),
      querystring: Type.Object({ asOf: Type.Optional(DateIn) }),
      response: { 200: LoanOut },
    };
    app.get(form.base, { onRequest: requirePartner(context), schema }, async (request) => {
      const { asOf } = request.query;
      if (asOf === undefined) return shownLoanOut(book, form.referenceOf(request.params));
      const id = await form.idOf(book.db.read, request.params);
      const day = readDate(asOf, 'asOf');
      const loan = await readLoanAsOf(book.db.read, book, { id, day });
      const names = await findProductNames(book.db.read, [loan.productId]);
      return loanOut(loan, settingOf(loan, names, dueOn(book, day)));
    });
  }
}

/** In one round trip. */
async function shownLoanOut(book: Book, reference: LoanReference): Promise<Static<typeof LoanOut>> {
  const { read, readByKey } = book.db;
  const [loan, businessDate] = await Promise.all([
    findShownLoan(readByKey, reference),
    readBusinessDate(read, book),
  ]);
  if (!loan) throw unknownTo('loan', reference);
  const { productId, productName } = loan;
  return loanOut(loan, { productId, productName, ...dueOn(book, businessDate) });
}

/** A loan with everything around it, as single loans go out. */
export async function wholeLoanOut(tx: Tx, book: Book, loan: BookedLoan): Promise<Static<typeof LoanOut>> {
  const [names, businessDate] = await Promise.all([
    findProductNames(tx, [loan.productId]),
    readBusinessDate(tx, book),
  ]);
  return loanOut(loan, settingOf(loan, names, dueOn(book, businessDate)));
}
