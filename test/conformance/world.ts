/**
 * The world around the engine that a vector plays in: business date, settings, loans with their ledger
 * entries and events, remembered answers of requests with a key, locks. The rules of loans live in the
 * engine; here is only what surrounds them.
 */
import type { ChargeDefinition } from '../../server/domain/charge.ts';
import { type CivilDate, parseDate } from '../../server/domain/date.ts';
import {
  type Decision,
  type DecisionContext,
  decide,
  type LoanCommand,
  type LoanEvent,
} from '../../server/domain/decide.ts';
import { delinquencyOf } from '../../server/domain/delinquency/classification.ts';
import type { JournalEntry } from '../../server/domain/ledger.ts';
import { daysToClose } from '../../server/domain/life/closingDays.ts';
import { type LoanApplication, submitLoan } from '../../server/domain/life/origination.ts';
import type { Loan } from '../../server/domain/loan.ts';
import { parseMoney } from '../../server/domain/money.ts';
import { Refusal } from '../../server/domain/refusal.ts';
import type { ConfigValue, ConformanceFolder } from './format.ts';
import { chargeDefinitionOf, engineSettingsOf } from './translation.ts';

/** An event of one loan that nobody has looked at yet. */
export interface RaisedEvent extends LoanEvent {
  readonly businessDate: CivilDate;
}

/** One loan and what was written about it. */
export interface Book {
  readonly client: string;
  loan: Loan;
  entries: readonly JournalEntry[];
  events: readonly RaisedEvent[];
  /** Delinquent date of the latest change of range. */
  delinquentDate: CivilDate | null;
  locked: boolean;
}

/** The answer to the last money request. */
export interface MoneyResponse {
  readonly loan: string;
  readonly client: string;
  readonly amount: number;
  readonly servedFromCache: boolean;
}

export interface World {
  readonly folder: ConformanceFolder;
  businessDate: CivilDate;
  config: Readonly<Record<string, ConfigValue>>;
  closingSteps: readonly string[];
  books: ReadonlyMap<string, Book>;
  clients: ReadonlySet<string>;
  /** Whether the limited user may write to a loan that is locked or behind; administrators always may. */
  userBypasses: boolean;
  /** Transactions and charges by the name a step gave them. */
  transactionRefs: ReadonlyMap<string, number>;
  chargeRefs: ReadonlyMap<string, number>;
  responses: ReadonlyMap<string, MoneyResponse>;
  lastResponse: MoneyResponse | null;
}

/** An empty book. Before a step sets the date, no loan exists that could notice it. */
export const newWorld = (folder: ConformanceFolder): World => ({
  folder,
  businessDate: parseDate('1970-01-01'),
  config: folder.settings.config,
  closingSteps: folder.settings.cobSteps,
  books: new Map(),
  clients: new Set(['client-1']),
  userBypasses: false,
  transactionRefs: new Map(),
  chargeRefs: new Map(),
  responses: new Map(),
  lastResponse: null,
});

export function contextOf(world: World): DecisionContext {
  const settings = engineSettingsOf(world.config, world.folder.settings.rounding.mathPrecision);
  return { businessDate: world.businessDate, settings };
}

export const chargeOf = (world: World, code: string): ChargeDefinition =>
  chargeDefinitionOf(world.folder, code);

export function bookOf(world: World, name: string): Book {
  const book = world.books.get(name);
  if (!book) throw new Refusal('not_found', 'loan_not_found', `There is no ${name}`);
  return book;
}

export const moneyOf = (book: Book, amount: number) => parseMoney(amount, book.loan.terms.currency);

export function openBook(
  world: World,
  name: string,
  application: LoanApplication & { client: string },
): void {
  const { client, ...submitted } = application;
  if (!world.clients.has(client))
    throw new Refusal('not_found', 'customer_not_found', `There is no ${client}`);
  const decision = submitLoan(submitted, contextOf(world));
  const empty: Omit<Book, 'loan'> = { client, entries: [], events: [], delinquentDate: null, locked: false };
  const book: Book = { ...empty, loan: decision.loan };
  record(world, book, decision);
  world.books = new Map(world.books).set(name, book);
}

export const command = (world: World, name: string, order: LoanCommand): Decision =>
  carryOut(world, bookOf(world, name), order);

function carryOut(world: World, book: Book, order: LoanCommand): Decision {
  const decision = decide(book.loan, order, contextOf(world));
  record(world, book, decision);
  return decision;
}

function record(world: World, book: Book, decision: Decision): void {
  const { businessDate } = world;
  if (decision.loan.delinquencyTags !== book.loan.delinquencyTags)
    book.delinquentDate = delinquencyOf(decision.loan, businessDate).delinquentDate;
  book.loan = decision.loan;
  book.entries = [...book.entries, ...decision.entries];
  book.events = [...book.events, ...decision.events.map((event) => ({ ...event, businessDate }))];
}

/** Close of business for one loan; a run that succeeds lifts the lock of one that failed. */
export function closeBusiness(world: World, book: Book, scope: 'loan' | 'all' | 'catch-up'): void {
  const steps = world.closingSteps as Extract<LoanCommand, { kind: 'closeBusinessDay' }>['steps'];
  const days = daysToClose(book.loan, world.businessDate, scope);
  for (const day of days) carryOut(world, book, { kind: 'closeBusinessDay', day, steps });
  if (days.length > 0) book.locked = false;
}

/**
 * What comes before an act of the limited user: without bypass rights it is refused on a loan that a failed
 * close of business has locked, and a loan that is behind is caught up first.
 */
export function admitUser(world: World, name: string): void {
  const book = bookOf(world, name);
  if (world.userBypasses) return;
  if (book.locked)
    throw new Refusal('aborted', 'loan_is_locked', 'The loan is locked until its close of business succeeds');
  if (book.loan.lastClosedBusinessDate !== null) closeBusiness(world, book, 'loan');
}

/** What a step could change, to be put back when it is refused half-way. */
export function snapshot(world: World): () => void {
  const shallow = { ...world };
  const books = [...world.books.values()].map((book) => ({ book, state: { ...book } }));
  return () => {
    Object.assign(world, shallow);
    for (const { book, state } of books) Object.assign(book, state);
  };
}
