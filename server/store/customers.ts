/** Customers as rows. */
import { type Customer, type CustomerStatus, searchWords } from '../domain/customer.ts';
import type { CivilDate } from '../domain/date.ts';
import { find, write } from './batch/member.ts';
import type { Lookup } from './batch/readings.ts';
import { openSharing } from './batch/sharing.ts';
import type { Write } from './batch/writeSet.ts';
import type { Tx } from './database.ts';
import { provided } from './failure.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { countCustomers, recountCustomer } from './rollups/customerCounts.ts';

/** A customer of the book, with what the database adds. */
export interface BookedCustomer extends Customer {
  readonly id: bigint;
  readonly officeName: string;
  readonly version: number;
}

export interface CustomerFilter {
  readonly id?: bigint | undefined;
  readonly status?: CustomerStatus | undefined;
  /** Beginnings of words; all must be found. */
  readonly words?: readonly string[] | undefined;
}

interface CustomerRow {
  id: bigint;
  external_id: string;
  status: CustomerStatus;
  office_id: bigint;
  office_name: string;
  firstname: string | null;
  middlename: string | null;
  lastname: string | null;
  display_name: string;
  mobile_no: string | null;
  email_address: string | null;
  date_of_birth: CivilDate | null;
  submitted_date: CivilDate;
  activation_date: CivilDate | null;
  closed_date: CivilDate | null;
  closure_reason_id: bigint | null;
  version: number;
}

const COLUMNS = 'customer.*, office.name as office_name';
const FROM = 'customer join office on office.id = customer.office_id';

const SORTS = {
  id: { sql: 'customer.id', type: 'bigint' },
  displayName: { sql: 'customer.display_name', type: 'text' },
  submittedDate: { sql: 'customer.submitted_date', type: 'date' },
  activationDate: { sql: "coalesce(customer.activation_date, 'infinity'::date)", type: 'date' },
} as const;
export type CustomerSort = keyof typeof SORTS;
export const CUSTOMER_SORTS = Object.keys(SORTS) as readonly CustomerSort[];

export async function findCustomer(tx: Tx, id: bigint): Promise<BookedCustomer | undefined> {
  const [row] = await tx.query<CustomerRow>(`select ${COLUMNS} from ${FROM} where customer.id = $1`, [id]);
  return row && toCustomer(row);
}

const SHOWN = `select ${COLUMNS} from ${FROM} where customer.id = any($1)`;
const SHOWN_BY_NAME = `select ${COLUMNS} from ${FROM} where customer.id = any(array(
  select id from external_id where external_id = any($1) and kind = 'customer'))`;

const openFinding = (tx: Tx) => ({
  byId: openSharing<bigint, CustomerRow, BookedCustomer>(tx, {
    textOf: String,
    read: async (on, ids) => byText(await on.query<CustomerRow>(SHOWN, [ids]), 'id'),
    shape: toCustomer,
  }),
  byExternalId: openSharing<string, CustomerRow, BookedCustomer>(tx, {
    textOf: String,
    read: async (on, names) => byText(await on.query<CustomerRow>(SHOWN_BY_NAME, [names]), 'external_id'),
    shape: toCustomer,
  }),
});
const findings = new WeakMap<Tx, ReturnType<typeof openFinding>>();

const byText = (rows: readonly CustomerRow[], key: 'id' | 'external_id') =>
  new Map(rows.map((row) => [String(row[key]), row]));

/** In one round trip, together with what others ask for at the same time; not within a transaction. */
export function findShownCustomer(
  tx: Tx,
  reference: { readonly id: bigint } | { readonly externalId: string },
): Promise<BookedCustomer | undefined> {
  const finding = findings.get(tx) ?? openFinding(tx);
  findings.set(tx, finding);
  return 'id' in reference ? finding.byId(reference.id) : finding.byExternalId(reference.externalId);
}

/** Keeps the customer for oneself until the transaction ends. */
export async function lockCustomer(tx: Tx, id: bigint): Promise<void> {
  await tx.query('select id from customer where id = $1 for update', [id]);
}

const BORROWERS: Lookup<bigint, BookedCustomer> = {
  name: 'borrowers',
  textOf: String,
  read: async (tx, ids) => {
    const rows = await tx.query<CustomerRow>(`select ${COLUMNS} from ${FROM} where customer.id = any($1)`, [
      ids,
    ]);
    return new Map(rows.map((row) => [String(row.id), toCustomer(row)]));
  },
};

/** One customer at a time: a cluster locks rows of several shards in no other way. */
const HELD_BORROWERS: Write<BookedCustomer> = {
  place: 'borrowers',
  merged: (customers) =>
    [...new Map(customers.map((each) => [each.id, each])).values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  statements: (customers) => customers.map(({ id, version }) => ({ text: HOLD, values: [id, version] })),
};

const HOLD = `select ${provided('held.many = 1', '1', "'customers found: ' || held.many::text")} as held
  from (select count(*) as many
        from (select from customer where id = $1 and version = $2 for share) as found) as held`;

/**
 * A customer who stays as answered until the transaction ends. Many may hold one at once, so that many loans
 * can be booked for one customer; who changes the customer has to wait for them.
 */
export async function holdBorrower(tx: Tx, id: bigint): Promise<BookedCustomer | undefined> {
  const customer = await find(tx, BORROWERS, id);
  if (customer) await write(tx, HELD_BORROWERS, [customer]);
  return customer;
}

export async function listCustomers(
  tx: Tx,
  filter: CustomerFilter,
  request: PageRequest & { readonly orderBy: CustomerSort },
): Promise<Page<BookedCustomer>> {
  const conditions: Condition[] = [];
  if (filter.id !== undefined) conditions.push(['customer.id = ?', filter.id]);
  if (filter.status !== undefined) conditions.push(['customer.status = ?', filter.status]);
  if (filter.words !== undefined) conditions.push(['customer.search @@ ?::tsquery', prefixes(filter.words)]);
  const isCounted = filter.id === undefined && filter.words === undefined;
  const query = {
    ...{ columns: COLUMNS, from: FROM, conditions, id: 'customer.id', sort: SORTS[request.orderBy] },
    ...(isCounted && { count: () => countCustomers(tx, filter.status) }),
  };
  const page = await readPage<CustomerRow>(tx, query, request);
  return { ...page, items: page.items.map(toCustomer) };
}

export async function insertCustomer(
  tx: Tx,
  row: { readonly id: bigint; readonly customer: Customer; readonly now: Date },
): Promise<void> {
  const inserted = tx.query(
    `insert into customer (id, external_id, status, office_id, firstname, middlename, lastname,
       display_name, mobile_no, email_address, date_of_birth, submitted_date, activation_date, closed_date,
       closure_reason_id, search, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, array_to_tsvector($16), 1,
       $17, $17)`,
    [row.id, ...customerValues(row.customer), row.now],
  );
  await Promise.all([inserted, recountCustomer(tx, null, row.customer.status)]);
}

/** Answers false when somebody else changed the customer since it was read. */
export async function updateCustomer(
  tx: Tx,
  row: { readonly before: BookedCustomer; readonly after: Customer; readonly now: Date },
): Promise<boolean> {
  const updated = tx.query(
    `update customer set (external_id, status, office_id, firstname, middlename, lastname, display_name,
       mobile_no, email_address, date_of_birth, submitted_date, activation_date, closed_date,
       closure_reason_id, search, updated_at, version)
     = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, array_to_tsvector($16), $17,
       version + 1)
     where id = $1 and version = $18 returning id`,
    [row.before.id, ...customerValues(row.after), row.now, row.before.version],
  );
  const [rows] = await Promise.all([updated, recountCustomer(tx, row.before.status, row.after.status)]);
  return rows.length === 1;
}

export async function deleteCustomer(
  tx: Tx,
  { id, status }: Pick<BookedCustomer, 'id' | 'status'>,
): Promise<void> {
  await Promise.all([
    tx.query('delete from customer where id = $1', [id]),
    recountCustomer(tx, status, null),
  ]);
}

/** The values of the columns from `external_id` on; the last are the words that a search finds. */
export function customerValues(customer: Customer): unknown[] {
  return [
    customer.externalId,
    customer.status,
    customer.officeId,
    customer.firstname,
    customer.middlename,
    customer.lastname,
    customer.displayName,
    customer.mobileNo,
    customer.emailAddress,
    customer.dateOfBirth,
    customer.submittedDate,
    customer.activationDate,
    customer.closedDate,
    customer.closureReasonId,
    searchWords(customer),
  ];
}

/** `'jo':* & 'doe':*` in the text form of a tsquery. */
function prefixes(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`);
  return quoted.join(' & ');
}

function toCustomer(row: CustomerRow): BookedCustomer {
  return {
    id: row.id,
    externalId: row.external_id,
    status: row.status,
    officeId: row.office_id,
    officeName: row.office_name,
    firstname: row.firstname,
    middlename: row.middlename,
    lastname: row.lastname,
    displayName: row.display_name,
    mobileNo: row.mobile_no,
    emailAddress: row.email_address,
    dateOfBirth: row.date_of_birth,
    submittedDate: row.submitted_date,
    activationDate: row.activation_date,
    closedDate: row.closed_date,
    closureReasonId: row.closure_reason_id,
    version: row.version,
  };
}
