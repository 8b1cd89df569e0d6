/**
 * Loans by the thousand, as they come out of another system. Each line becomes what the same calls over HTTP
 * would have made of it, and all lines of a call are stored in one transaction. A line that cannot be is
 * refused by its number and leaves nothing behind; one that is in the book already is skipped, so that a
 * call, or a whole file, can be sent again.
 */
import type { CivilDate } from '../../domain/date.ts';
import { addDays } from '../../domain/date.ts';
import type { DecisionContext } from '../../domain/decide.ts';
import { parseMoney } from '../../domain/money.ts';
import { currencyOf, type LoanProduct } from '../../domain/product.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Borrower } from '../../store/bulk/borrowers.ts';
import { type CopiedLoan, copyLoans, listKnownLoans } from '../../store/bulk/loans.ts';
import { findPaymentType, type Named } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import { findClosedUntil } from '../../store/ledger/closures.ts';
import { listNamed } from '../../store/ledger/verification.ts';
import { findProduct } from '../../store/loanProducts.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { closingRulesOf } from '../closing/steps.ts';
import { decisionContext } from '../loans/changeLoan.ts';
import { requireCustomerSince } from '../loans/originate.ts';
import { type Borrowers, heldBorrowers, type Missing, makeBorrowers } from './borrowers.ts';
import { decidedLoan, orRefusal, type Setting } from './decided.ts';
import type { DecidedLoan, Imported, ImportMode, LoanLine, RefusedLine } from './lines.ts';

/** In a transaction that can copy. */
export async function importLoans(
  tx: Tx,
  book: Book,
  { lines, mode }: { readonly lines: readonly LoanLine[]; readonly mode: ImportMode },
): Promise<Imported> {
  const desk = await openDesk(tx, book, lines);
  const { wanted, refused, skipped } = judgeAll(desk, lines);
  const missing = missingOf(wanted);
  const isStored = mode === 'importable' || (mode === 'whole' && refused.length === 0);
  if (isStored && wanted.length > 0) await store(tx, book, { desk, wanted, missing });
  return {
    imported: mode === 'whole' && !isStored ? 0 : wanted.length,
    skipped,
    customersMade: mode === 'whole' && !isStored ? 0 : missing.length,
    refused,
  };
}

/** Everything that the lines are judged by, read once. */
interface Desk {
  readonly context: DecisionContext;
  readonly closedUntil: CivilDate | undefined;
  /** By product. */
  readonly settings: ReadonlyMap<bigint, Setting>;
  readonly borrowers: Borrowers;
  readonly known: Awaited<ReturnType<typeof listKnownLoans>>;
  readonly idOf: ReadonlyMap<string, bigint>;
  /** Names that lines of this call have, as they are met. */
  readonly met: Set<string>;
}

async function openDesk(tx: Tx, book: Book, lines: readonly LoanLine[]): Promise<Desk> {
  const context = await decisionContext(tx, book);
  const named = await listNamed(tx, {
    kind: 'loan',
    externalIds: lines.map(({ externalId }) => externalId),
  });
  const known = await listKnownLoans(
    tx,
    named.map(({ id }) => id),
  );
  return {
    context,
    closedUntil: await findClosedUntil(tx),
    settings: await settingsOf(tx, lines, { context, rules: closingRulesOf(book.config) }),
    borrowers: await heldBorrowers(tx, lines),
    known,
    idOf: new Map(named.map(({ externalId, id }) => [externalId, id])),
    met: new Set(),
  };
}

async function settingsOf(
  tx: Tx,
  lines: readonly LoanLine[],
  given: Pick<Setting, 'context' | 'rules'>,
): Promise<Map<bigint, Setting>> {
  const settings = new Map<bigint, Setting>();
  const { context, rules } = given;
  const paymentTypeOf = await paymentTypesOf(tx, lines);
  for (const id of new Set(lines.map(({ asked }) => asked.request.productId))) {
    const product = await findProduct(tx, id);
    if (product) settings.set(id, { product, context, paymentTypeOf, rules });
  }
  return settings;
}

async function paymentTypesOf(tx: Tx, lines: readonly LoanLine[]): Promise<Setting['paymentTypeOf']> {
  const given = lines.flatMap(({ asked }) => asked.payments.flatMap(({ paymentType }) => paymentType ?? []));
  const found = new Map<bigint | string, Named>();
  for (const each of new Set(given)) {
    const type = await findPaymentType(tx, each);
    if (type) found.set(each, type);
  }
  return (each) => {
    const type = found.get(each);
    if (type) return type;
    throw new Refusal('invalid_argument', 'payment_type_unknown', 'unknown payment type', 'paymentTypeId');
  };
}

interface Judged {
  readonly wanted: readonly WantedLoan[];
  readonly refused: readonly RefusedLine[];
  /** Lines that are in the book already. */
  readonly skipped: number;
}

interface WantedLoan {
  readonly line: LoanLine;
  readonly decided: DecidedLoan;
  /** Undefined: to be made. */
  readonly borrower: Borrower | undefined;
}

function judgeAll(desk: Desk, lines: readonly LoanLine[]): Judged {
  const wanted: WantedLoan[] = [];
  const refused: RefusedLine[] = [];
  let skipped = 0;
  for (const line of lines) {
    const outcome = orRefusal(() => wantedOf(desk, line));
    if (outcome instanceof Refusal)
      refused.push({ line: line.line, externalId: line.externalId, refusal: outcome });
    else if (outcome === undefined) skipped += 1;
    else wanted.push(outcome);
  }
  return { wanted, refused, skipped };
}

/** Undefined when the loan is in the book already. */
function wantedOf(desk: Desk, line: LoanLine): WantedLoan | undefined {
  const { externalId, asked } = line;
  if (desk.met.has(externalId)) throw taken('another line of this call has this externalId');
  desk.met.add(externalId);
  const setting = desk.settings.get(asked.request.productId);
  if (!setting) throw new Refusal('not_found', 'product_unknown', 'no such loan product', 'productId');
  const borrower = desk.borrowers.of(line);
  if (isInBook(desk, line, { borrower, product: setting.product })) return undefined;
  const decided = decidedLoan(asked, setting);
  if (decided instanceof Refusal) throw decided;
  requireOpen(decided, desk.closedUntil);
  requireBorrower(borrower, line, decided);
  return { line, decided, borrower };
}

interface Found {
  readonly borrower: Borrower | undefined;
  readonly product: LoanProduct;
}

function isInBook(desk: Desk, line: LoanLine, { borrower, product }: Found): boolean {
  const id = desk.idOf.get(line.externalId);
  if (id === undefined) return false;
  const { request } = line.asked;
  const known = desk.known.get(id);
  const isSame =
    known !== undefined &&
    known.productId === product.id &&
    known.customerId === borrower?.id &&
    known.principal === parseMoney(request.principal, currencyOf(product), 'principal');
  if (isSame) return true;
  throw taken('another loan, of another customer, product or principal, has this externalId');
}

const taken = (message: string): Refusal =>
  new Refusal('aborted', 'external_id_taken', message, 'externalId');

function requireOpen({ earliestEntry }: DecidedLoan, closedUntil: CivilDate | undefined): void {
  if (earliestEntry === undefined || closedUntil === undefined || earliestEntry > closedUntil) return;
  throw new Refusal(
    'permission_denied',
    'period_closed',
    `The books are closed up to ${closedUntil}, and this would post on ${earliestEntry}: use a date from ` +
      `${addDays(closedUntil, 1)} on, or have an operator reopen the period`,
  );
}

/** A customer that is named and not there will be made. */
function requireBorrower(borrower: Borrower | undefined, line: LoanLine, { state }: DecidedLoan): void {
  if (borrower === undefined && !('id' in line.customer)) return;
  if (borrower === undefined)
    throw new Refusal('not_found', 'customer_unknown', 'no such customer', 'customerId');
  if (borrower.status !== 'active')
    throw new Refusal('aborted', 'customer_must_be_active', 'Customer is not active');
  requireCustomerSince(borrower, state.submittedOn);
}

function missingOf(wanted: readonly WantedLoan[]): Missing[] {
  const sinceOf = new Map<string, CivilDate>();
  for (const { line, decided, borrower } of wanted) {
    if ('id' in line.customer || borrower) continue;
    const { externalId } = line.customer;
    const known = sinceOf.get(externalId);
    const { submittedOn } = decided.state;
    if (known === undefined || submittedOn < known) sinceOf.set(externalId, submittedOn);
  }
  return [...sinceOf].map(([externalId, since]) => ({ externalId, since }));
}

interface Storing {
  readonly desk: Desk;
  readonly wanted: readonly WantedLoan[];
  readonly missing: readonly Missing[];
}

async function store(tx: Tx, book: Book, { desk, wanted, missing }: Storing): Promise<void> {
  const { businessDate } = desk.context;
  const made = await makeBorrowers(tx, book, { missing, businessDate });
  const loanIds = await book.identity.several(tx, 'loan', wanted.length);
  const count = wanted.reduce((sum, { decided }) => sum + decided.state.transactions.length, 0);
  const transactionIds = await book.identity.several(tx, 'transaction', count);
  let used = 0;
  const loans = wanted.map(({ line, decided, borrower: known }, index): CopiedLoan => {
    const borrower = known ?? made.of(line);
    if (borrower === undefined) throw new Error(`line ${line.line} has no customer`);
    const first = used;
    used += decided.state.transactions.length;
    return {
      id: loanIds[index] ?? 0n,
      externalId: line.externalId,
      customerId: borrower.id,
      customerExternalId: borrower.externalId,
      customerName: borrower.displayName,
      alike: decided,
      transactionIds: transactionIds.slice(first, used),
    };
  });
  await copyLoans(tx, loans, book.clock.now());
  await requireStillOpen(tx, wanted);
  noteLoans(tx, loans);
}

/** Loans in the same version and status share one object, so that it is written once for all of them. */
function noteLoans(tx: Tx, loans: readonly CopiedLoan[]): void {
  const known = new Map<string, { readonly version: number; readonly status: string }>();
  for (const { id, alike } of loans) {
    const { version } = alike;
    const { status } = alike.state;
    const name = `${version} ${status}`;
    const after = known.get(name) ?? { version, status };
    known.set(name, after);
    noteChange(tx, { kind: 'loan', id, version, before: null, after });
  }
}

/** Behind the writes, for the reason that closedPeriod.ts gives. */
async function requireStillOpen(tx: Tx, wanted: readonly WantedLoan[]): Promise<void> {
  const closedUntil = await findClosedUntil(tx);
  if (closedUntil === undefined) return;
  const isClosed = wanted.some(({ decided }) => orRefusal(() => requireOpen(decided, closedUntil)));
  if (isClosed) throw new LostVersion('the period was closed meanwhile');
}
