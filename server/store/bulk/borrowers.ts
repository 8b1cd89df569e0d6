/** Customers by the thousand: those that are there, kept as they are, and new ones. */
import type { Customer, CustomerStatus } from '../../domain/customer.ts';
import type { CivilDate } from '../../domain/date.ts';
import { customerValues } from '../customers.ts';
import type { Tx } from '../database.ts';
import { listNamed } from '../ledger/verification.ts';
import { countNewCustomers } from '../rollups/customerCounts.ts';
import { type CopyLine, cellOf, cellsOf, copyLines, NAME_TABLE, NOTHING_SHARED } from './copying.ts';

/** What a loan needs to know of its customer. */
export interface Borrower {
  readonly id: bigint;
  readonly externalId: string;
  readonly displayName: string;
  readonly status: CustomerStatus;
  readonly activationDate: CivilDate | null;
}

const COLUMNS = `id, external_id as "externalId", display_name as "displayName", status,
  activation_date as "activationDate"`;

/** Customers by callers' names for them and by number. */
export interface Sought {
  readonly externalIds: readonly string[];
  readonly ids: readonly bigint[];
}

/** The customers, who stay as they are until the transaction ends; others may hold them as well. */
export async function holdBorrowers(tx: Tx, sought: Sought): Promise<Borrower[]> {
  if (sought.externalIds.length === 0 && sought.ids.length === 0) return [];
  return (await isCluster(tx)) ? holdOnCluster(tx, sought) : holdTogether(tx, sought);
}

const holdTogether = (tx: Tx, { externalIds, ids }: Sought): Promise<Borrower[]> =>
  tx.query<Borrower>(
    `select ${COLUMNS} from customer
     where id = any(array(select id from external_id where external_id = any($1) and kind = 'customer')
       || $2::bigint[])
     order by id for share`,
    [externalIds, ids],
  );

async function holdOnCluster(tx: Tx, { externalIds, ids }: Sought): Promise<Borrower[]> {
  const named = await listNamed(tx, { kind: 'customer', externalIds });
  const all = new Set([...named.map(({ id }) => id), ...ids]);
  return holdEach(
    tx,
    [...all].sort((a, b) => (a < b ? -1 : 1)),
  );
}

/** A cluster locks rows of several shards in no other way (scaling.md section 4). */
export async function holdEach(tx: Tx, ids: readonly bigint[]): Promise<Borrower[]> {
  const sql = `select ${COLUMNS} from customer where id = $1 for share`;
  const held = await Promise.all(ids.map((id) => tx.query<Borrower>(sql, [id])));
  return held.flat();
}

async function isCluster(tx: Tx): Promise<boolean> {
  const rows = await tx.query("select from pg_extension where extname = 'citus'");
  return rows.length > 0;
}

export interface NewCustomer {
  readonly id: bigint;
  readonly customer: Customer;
}

const CUSTOMER_TABLE = {
  name: 'customer',
  columns: [
    ...['id', 'version', 'created_at', 'updated_at', 'external_id', 'status', 'office_id', 'firstname'],
    ...['middlename', 'lastname', 'display_name', 'mobile_no', 'email_address', 'date_of_birth'],
    ...['submitted_date', 'activation_date', 'closed_date', 'closure_reason_id', 'search'],
  ],
};

/** Fails with a unique violation when a name is taken. */
export async function copyCustomers(tx: Tx, made: readonly NewCustomer[], now: Date): Promise<void> {
  await copyLines(tx, NAME_TABLE, nameLines(made));
  await copyLines(tx, CUSTOMER_TABLE, customerLines(made, cellOf(now)));
  await countNewCustomers(
    tx,
    made.map(({ customer }) => customer.status),
  );
}

/** In the same order for everybody, so that two imports never wait for each other in a ring. */
function* nameLines(made: readonly NewCustomer[]): Generator<CopyLine> {
  const sorted = [...made].sort((a, b) => (a.customer.externalId < b.customer.externalId ? -1 : 1));
  for (const { id, customer } of sorted)
    yield { own: `${cellOf(customer.externalId)}\tcustomer\t${id}`, shared: NOTHING_SHARED };
}

function* customerLines(made: readonly NewCustomer[], at: string): Generator<CopyLine> {
  for (const { id, customer } of made) {
    const values = customerValues(customer);
    values.push(searchText(values.pop() as readonly string[]));
    yield { own: `${id}\t1\t${at}\t${at}\t${cellsOf(values)}`, shared: NOTHING_SHARED };
  }
}

/** Words as the text of a tsvector: `'asha' 'o''neil'`. */
const searchText = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`).join(' ');
