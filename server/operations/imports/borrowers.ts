/** The customers of imported loans: those that are in the book, and new ones for names it does not know. */
import { newCustomer } from '../../domain/customer.ts';
import { type CivilDate, earlier } from '../../domain/date.ts';
import {
  type Borrower,
  copyCustomers,
  holdBorrowers,
  type NewCustomer,
  takeCustomerNames,
} from '../../store/bulk/borrowers.ts';
import { HEAD_OFFICE_ID } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import { listNamed } from '../../store/ledger/verification.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import type { LoanLine } from './lines.ts';

export interface Borrowers {
  of(line: Pick<LoanLine, 'customer'>): Borrower | undefined;
}

/** Customers that are in the book, kept as they are until the transaction ends. */
export async function heldBorrowers(tx: Tx, lines: readonly LoanLine[]): Promise<Borrowers> {
  const names = [...new Set(lines.flatMap(({ customer }) => ('id' in customer ? [] : customer.externalId)))];
  const named = await listNamed(tx, { kind: 'customer', externalIds: names });
  const given = lines.flatMap(({ customer }) => ('id' in customer ? customer.id : []));
  const byId = await holdBorrowers(tx, [...named.map(({ id }) => id), ...given]);
  return borrowersOf(byId, new Map(named.map(({ externalId, id }) => [externalId, id])));
}

function borrowersOf(byId: ReadonlyMap<bigint, Borrower>, idOf: ReadonlyMap<string, bigint>): Borrowers {
  return {
    of: ({ customer }) => byId.get('id' in customer ? customer.id : (idOf.get(customer.externalId) ?? 0n)),
  };
}

export interface Missing {
  readonly externalId: string;
  /** The day from which the customer is one: the first application among the lines. */
  readonly since: CivilDate;
}

/**
 * New customers, active since their first loan; fails with `LostVersion` when another call made one of them.
 */
export async function makeBorrowers(
  tx: Tx,
  book: Book,
  { missing, businessDate }: { readonly missing: readonly Missing[]; readonly businessDate: CivilDate },
): Promise<Borrowers> {
  const ids = await book.identity.several(tx, 'customer', missing.length);
  const made = missing.map(({ externalId, since }, index): NewCustomer => {
    const day = earlier(since, businessDate);
    const application = { externalId, activationDate: day, submittedDate: day };
    return { id: ids[index] ?? 0n, customer: newCustomer(application, HEAD_OFFICE_ID, businessDate) };
  });
  await storeCustomers(tx, book, made);
  const rows = made.map(({ id, customer }): Borrower => ({ ...customer, id }));
  return borrowersOf(
    new Map(rows.map((each) => [each.id, each])),
    new Map(rows.map((each) => [each.externalId, each.id])),
  );
}

export async function storeCustomers(tx: Tx, book: Book, made: readonly NewCustomer[]): Promise<void> {
  const taken = await takeCustomerNames(tx, made);
  if (taken.size < made.length) throw new LostVersion('another call made one of these customers');
  await copyCustomers(tx, made, book.clock.now());
  for (const { id, customer } of made) {
    const after = { version: 1, status: customer.status };
    noteChange(tx, { kind: 'customer', id, version: 1, before: null, after });
  }
}
