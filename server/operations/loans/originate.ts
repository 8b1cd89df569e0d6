/**
 * A new loan: who borrows, on which terms, and (unless it is to wait) submitted, approved and disbursed in
 * one step.
 */
import type { WorkingCalendar } from '../../domain/calendar/workingCalendar.ts';
import { type CivilDate, earlier } from '../../domain/date.ts';
import { type Decision, type DecisionContext, decide, type LoanCommand } from '../../domain/decide.ts';
import { submitLoan } from '../../domain/life/origination.ts';
import type { Loan } from '../../domain/loan.ts';
import { parseMoney } from '../../domain/money.ts';
import {
  type ChosenTerms,
  currencyOf,
  datedChargesOf,
  firstChargesOf,
  type LoanProduct,
  requireDatedCharges,
  requireOffered,
  termsOfLoan,
} from '../../domain/product.ts';
import { Refusal } from '../../domain/refusal.ts';
import { findOfficeOf } from '../../store/configuration/calendar.ts';
import { type Charge, findCharge } from '../../store/configuration/charges.ts';
import { HEAD_OFFICE_ID } from '../../store/configuration/references.ts';
import { type BookedCustomer, holdBorrower } from '../../store/customers.ts';
import type { Tx } from '../../store/database.ts';
import { findByExternalId, takeExternalId } from '../../store/externalIds.ts';
import { findProduct } from '../../store/loanProducts.ts';
import { saveClosing } from '../../store/loans/closing.ts';
import { insertLoanEvents } from '../../store/loans/events.ts';
import { type BookedLoan, insertLoan } from '../../store/loans/loans.ts';
import { insertTransactions, NO_REMARKS } from '../../store/loans/transactions.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { plannedLoan } from '../closing/planLoan.ts';
import { closingRulesOf } from '../closing/steps.ts';
import { calendarOfLoan, readLenderCalendar, requireOpenOffice } from '../configuration/lenderCalendar.ts';
import { postEntries, requireOpenBooks } from '../ledger/closedPeriod.ts';
import { decisionContext, numbered } from './changeLoan.ts';
import { type Addition, additionOf, type RequestedCharge, requireUsable } from './requestedCharges.ts';
import { storedEventsOf } from './tellEvents.ts';

/** What a loan is asked for with, customer apart. */
export interface LoanRequest {
  readonly productId: bigint;
  /** As it came in; the product's currency says how many decimals it may have. */
  readonly principal: number;
  readonly submittedOn: CivilDate | undefined;
  readonly expectedDisbursementDate: CivilDate | undefined;
  readonly chosen: ChosenTerms;
  /** False: stays submitted. */
  readonly disburse: boolean;
  /** Besides those that every loan of the product has. */
  readonly charges?: readonly RequestedCharge[];
  /** Days on which due dates may fall; absent = every day. */
  readonly calendar?: WorkingCalendar;
}

/** A customer by our id, by the caller's, or by a text that may be either. */
export type CustomerReference =
  | { readonly id: bigint }
  | { readonly externalId: string }
  | { readonly either: string };

export interface LoanBooking extends LoanRequest {
  readonly customer: CustomerReference;
  readonly externalId: string | undefined;
}

/** The loan that a request would become; nothing is stored. */
export async function previewLoan(
  tx: Tx,
  book: Book,
  request: LoanRequest & { readonly customer?: CustomerReference },
): Promise<PreviewedLoan> {
  const context = await decisionContext(tx, book);
  const product = await requireProduct(tx, request.productId);
  const additions = await chargeAdditions(tx, request, product);
  const office = await officeOfPreview(tx, book, request.customer);
  const kept = await keptCalendar(book, { request, office, context });
  const state = lastLoan(originated(product, { ...request, ...kept, additions }, context));
  return { state, product, businessDate: context.businessDate };
}

export interface PreviewedLoan {
  readonly state: Loan;
  readonly product: LoanProduct;
  readonly businessDate: CivilDate;
}

export async function bookLoan(tx: Tx, book: Book, booking: LoanBooking): Promise<BookedLoan> {
  const context = await decisionContext(tx, book);
  const customer = await requireBorrower(tx, booking.customer);
  const product = await requireProduct(tx, booking.productId);
  const additions = await chargeAdditions(tx, booking, product);
  const kept = await keptCalendar(book, { request: booking, office: customer.officeId, context });
  const decisions = originated(product, { additions, ...booking, ...kept }, context);
  const entries = decisions.flatMap((decision) => decision.entries);
  const { businessDate } = context;
  const { state, closing } = plannedLoan(lastLoan(decisions), {
    known: null,
    bookClosedTill: null,
    businessDate,
    rules: closingRulesOf(book.config),
    lastEntry: entries.length,
  });
  requireCustomerSince(customer, state.submittedOn);
  const id = await book.identity.next(tx, 'loan');
  await nameLoan(tx, id, booking.externalId);
  const transactions = await numbered(tx, book, { added: state.transactions, remarks: NO_REMARKS });
  const now = book.clock.now();
  const loan: BookedLoan = {
    id,
    externalId: booking.externalId ?? null,
    customerId: customer.id,
    customerExternalId: customer.externalId,
    customerName: customer.displayName,
    productId: product.id,
    version: 1,
    lastJournalEntry: entries.length,
    state,
    closing,
    transactions,
  };
  await requireOpenBooks(tx, entries);
  const told = { loanId: id, version: 1, before: null, decisions, transactions, businessDate, now };
  await Promise.all([
    insertLoan(tx, loan, now),
    // What its transactions refer to.
    saveClosing(tx, { loanId: id, read: null, ...closing }),
    insertTransactions(tx, id, { transactions, now }),
    postEntries(tx, { loanId: id, after: 0, entries, now }),
    insertLoanEvents(tx, storedEventsOf(told)),
  ]);
  noteChange(tx, { kind: 'loan', id, version: 1, before: null, after: { version: 1, status: state.status } });
  return loan;
}

/** The office's calendar; a loan that is paid out at once is paid out on a day on which the office works. */
async function keptCalendar(
  book: Book,
  asked: { readonly request: LoanRequest; readonly office: bigint; readonly context: DecisionContext },
): Promise<Pick<LoanRequest, 'calendar'>> {
  const { request, office, context } = asked;
  const on = request.expectedDisbursementDate ?? context.businessDate;
  if (request.disburse) await requireOpenOffice(book, on, office);
  return calendarOfLoan(book, { office, since: earlier(on, request.submittedOn ?? on) });
}

/** Submission, approval and disbursement follow each other on the expected day. */
export function originated(
  product: LoanProduct,
  request: LoanRequest & { readonly additions?: readonly Addition[] },
  context: DecisionContext,
): Decision[] {
  const { businessDate } = context;
  if (product.status !== 'active')
    throw new Refusal('aborted', 'product_inactive', 'Loan product is not active');
  const on = request.expectedDisbursementDate ?? businessDate;
  const submittedOn = request.submittedOn ?? earlier(on, businessDate);
  const principal = parseMoney(request.principal, currencyOf(product), 'principal');
  const { chosen, calendar } = request;
  const applied = termsOfLoan(product, { principal, expectedDisbursementDate: on, chosen });
  const terms = calendar === undefined ? applied : { calendar, ...applied };
  requireOffered(product, submittedOn);
  const { additions = [] } = request;
  requireDatedCharges(
    product,
    additions.map(({ definition }) => definition.code),
  );
  const charges = firstChargesOf(product);
  const decisions = [submitLoan({ terms, submittedOn, charges }, context)];
  const further: readonly LoanCommand[] = request.disburse
    ? [
        { kind: 'approve', on },
        { kind: 'disburse', on },
      ]
    : [];
  for (const command of [...additions, ...further])
    decisions.push(decide(lastLoan(decisions), command, context));
  return decisions;
}

/** The charges that the request names, as commands on the loan that was submitted. */
async function chargeAdditions(
  tx: Tx,
  { charges = [] }: LoanRequest,
  product: LoanProduct,
): Promise<Addition[]> {
  const additions: Addition[] = [];
  for (const asked of charges)
    additions.push(additionOf(await requireChargeFor(tx, product, asked.charge), asked));
  return additions;
}

/** One of the product's own is as the product has it. */
async function requireChargeFor(tx: Tx, product: LoanProduct, given: bigint | string): Promise<Charge> {
  const charge = await findCharge(tx, given);
  const own = datedChargesOf(product).find(({ code }) => code === charge?.definition.code);
  return charge && own ? { ...charge, definition: own } : requireUsable(tx, given, currencyOf(product).code);
}

export function lastLoan(decisions: readonly Decision[]): Loan {
  const last = decisions.at(-1);
  if (last === undefined) throw new Error('a loan was not decided');
  return last.loan;
}

async function requireProduct(tx: Tx, id: bigint): Promise<LoanProduct> {
  const product = await findProduct(tx, id);
  if (product) return product;
  throw new Refusal('not_found', 'product_unknown', `loan product ${id} does not exist`);
}

/** The customer, who cannot be closed or deleted until the loan is in the book. */
async function requireBorrower(tx: Tx, reference: CustomerReference): Promise<BookedCustomer> {
  const id = await idOfCustomer(tx, reference);
  const customer = await holdBorrower(tx, id);
  if (!customer) throw new Refusal('not_found', 'customer_unknown', `customer ${id} does not exist`);
  if (customer.status === 'active') return customer;
  throw new Refusal('aborted', 'customer_must_be_active', 'Customer is not active');
}

/** Whoever is not known yet would come to the head office. */
async function officeOfPreview(tx: Tx, book: Book, reference?: CustomerReference): Promise<bigint> {
  if (reference === undefined || (await readLenderCalendar(book)) === null) return HEAD_OFFICE_ID;
  return (await findOfficeOf(tx, await idOfCustomer(tx, reference))) ?? HEAD_OFFICE_ID;
}

type Since = Pick<BookedCustomer, 'activationDate'>;

export function requireCustomerSince({ activationDate }: Since, submittedOn: CivilDate): void {
  if (activationDate === null || submittedOn >= activationDate) return;
  const message = `The date ${submittedOn} is before the customer became active (${activationDate})`;
  throw new Refusal('permission_denied', 'date_before_activation', message);
}

async function idOfCustomer(tx: Tx, reference: CustomerReference): Promise<bigint> {
  if ('id' in reference) return reference.id;
  const text = 'either' in reference ? reference.either : reference.externalId;
  const named = await findByExternalId(tx, { kind: 'customer', externalId: text });
  const counted = 'either' in reference ? await countedCustomer(tx, text) : undefined;
  if (named !== undefined && counted !== undefined && named !== counted)
    throw new Refusal(
      'invalid_argument',
      'customer_ambiguous',
      'is the id of one customer and the externalId of another: use customerExternalId or an integer',
      'customerId',
    );
  const id = named ?? counted;
  if (id !== undefined) return id;
  throw new Refusal('not_found', 'customer_unknown', `customer ${text.slice(0, 128)} does not exist`);
}

async function countedCustomer(tx: Tx, text: string): Promise<bigint | undefined> {
  if (!/^\d{1,18}$/.test(text)) return undefined;
  return (await holdBorrower(tx, BigInt(text)))?.id;
}

/** Loans may have a name of the caller's own, which no other loan has. */
export async function nameLoan(tx: Tx, id: bigint, externalId: string | undefined): Promise<void> {
  if (externalId === undefined || (await takeExternalId(tx, { kind: 'loan', externalId }, id))) return;
  throw new Refusal(
    'aborted',
    'external_id_taken',
    'another loan with this externalId already exists',
    'externalId',
  );
}
