/** The customers of imported loans: those that are in the book, and new ones for names it does not know. */
import { newCustomer } from '../../domain/customer.ts';
import { type CivilDate, earlier } from '../../domain/date.ts';
import { type Borrower, copyCustomers, holdBorrowers, type NewCustomer } from '../../store/bulk/borrowers.ts';
import { HEAD_OFFICE_ID } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import type { LoanLine } from './lines.ts';

export interface Borrowers {
  of(line: Pick<LoanLine, 'customer'>): Borrower | undefined;
}

/** Customers that are in the book, kept as they are until the transaction ends. */
export async function heldBorrowers(tx: Tx, lines: readonly LoanLine[]): Promise<Borrowers> {
  const externalIds = new Set<string>();
  const ids = new Set<bigint>();
  for (const { customer } of lines)
    if ('id' in customer) ids.add(customer.id);
    else externalIds.add(customer.externalId);
  return borrowersOf(await holdBorrowers(tx, { externalIds: [...externalIds], ids: [...ids] }));
}

function borrowersOf(found: readonly Borrower[]): Borrowers {
  const byId = new Map(found.map((each) => [each.id, each]));
  const byName = new Map(found.map((each) => [each.externalId, each]));
  return {
    of: ({ customer }) => ('id' in customer ? byId.get(customer.id) : byName.get(customer.externalId)),
  };
}

export interface Missing {
  readonly externalId: string;
  /** The day from which the customer is one: the first application among the lines. */
  readonly since: CivilDate;
}

/** New customers, active since their first loan. */
export async function makeBorrowers(
  tx: Tx,
  book: Book,
  { missing, businessDate }: { readonly missing: readonly Missing[]; readonly businessDate: CivilDate },
): Promise<Borrowers> {
  if (missing.length === 0) return borrowersOf([]);
  const ids = await book.identity.several(tx, 'customer', missing.length);
  const made = missing.map(({ externalId, since }, index): NewCustomer => {
    const day = earlier(since, businessDate);
    const application = { externalId, activationDate: day, submittedDate: day };
    return { id: ids[index] ?? 0n, customer: newCustomer(application, HEAD_OFFICE_ID, businessDate) };
  });
  await storeCustomers(tx, book, made);
  return borrowersOf(made.map(({ id, customer }) => ({ ...customer, id })));
}

/** Fails with a unique violation when another call made one of them; then the call is run again. */
export async function storeCustomers(tx: Tx, book: Book, made: readonly NewCustomer[]): Promise<void> {
  await copyCustomers(tx, made, book.clock.now());
  const known = new Map<string, { readonly version: 1; readonly status: string }>();
  for (const { id, customer } of made) {
    const { status } = customer;
    const after = known.get(status) ?? { version: 1, status };
    known.set(status, after);
    noteChange(tx, { kind: 'customer', id, version: 1, before: null, after });
  }
}
