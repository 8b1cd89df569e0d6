/** The audit trail as rows: added, read, never changed. */
import { type Query, sendAll } from './batch/writeSet.ts';
import { type CopyLine, canCopy, cellOf, cellsOf, copyLines, sharedCells } from './bulk/copying.ts';
import type { Tx } from './database.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { rowsOfValues } from './values.ts';

export interface AuditEntry {
  /** The id of the loan or customer it is about, else 0: the row lies with it. */
  readonly place: bigint;
  readonly chain: string;
  readonly seq: bigint;
  readonly recordedAt: Date;
  readonly accountId: string | null;
  readonly operation: string;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly version: number | null;
  /** JSON text. */
  readonly facts: string;
  readonly hash: string;
}

/** The last row of a chain. */
export type ChainHead = Pick<AuditEntry, 'chain' | 'seq' | 'hash'>;

export const ANCHOR = 'anchor';

const FIELDS = {
  place: 'place',
  chain: 'chain',
  seq: 'seq',
  recordedAt: 'recorded_at',
  accountId: 'account_id',
  operation: 'operation',
  address: 'address',
  requestId: 'request_id',
  subjectKind: 'subject_kind',
  subjectId: 'subject_id',
  version: 'version',
  facts: 'facts',
  hash: 'hash',
} as const satisfies Record<keyof AuditEntry, string>;

const NAMES = Object.keys(FIELDS) as (keyof AuditEntry)[];
const TABLE = { name: 'audit_entry', columns: Object.values(FIELDS) };
const SELECTED = NAMES.map((name) => `${FIELDS[name]} as "${name}"`).join(', ');

export async function insertAuditEntries(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  await sendAll(tx, [insertion(entries)]);
}

/** The same as the last thing that a transaction does: an insert leaves with COMMIT. */
export async function insertLast(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  if (canCopy(tx)) return copyLines(tx, COPY_TABLE, copiedLines(entries));
  const { text, values } = insertion(entries);
  void tx.query(text, values);
}

function insertion(entries: readonly AuditEntry[]): Query {
  const { places, values } = rowsOfValues(entries.map((entry) => NAMES.map((name) => entry[name])));
  return { text: `insert into ${TABLE.name} (${TABLE.columns.join(', ')}) values ${places}`, values };
}

/** First what each row has of its own, then what the rows of a transaction have in common. */
const COPY_TABLE = {
  name: TABLE.name,
  columns: [
    ...['place', 'chain', 'seq', 'subject_id', 'hash', 'recorded_at', 'account_id', 'operation', 'address'],
    ...['request_id', 'subject_kind', 'version', 'facts'],
  ],
};

function* copiedLines(entries: readonly AuditEntry[]): Generator<CopyLine> {
  let before: AuditEntry | undefined;
  let shared = sharedCells('');
  for (const entry of entries) {
    if (before === undefined || !isAlike(before, entry)) shared = sharedCells(sharedText(entry));
    before = entry;
    const { place, chain, seq, subjectId, hash } = entry;
    yield { own: `${place}\t${chain}\t${seq}\t${cellOf(subjectId)}\t${hash}\t`, shared };
  }
}

const isAlike = (a: AuditEntry, b: AuditEntry): boolean =>
  a.facts === b.facts &&
  a.version === b.version &&
  a.subjectKind === b.subjectKind &&
  a.recordedAt === b.recordedAt &&
  a.requestId === b.requestId &&
  a.operation === b.operation &&
  a.accountId === b.accountId &&
  a.address === b.address;

const sharedText = (entry: AuditEntry): string =>
  cellsOf([
    ...[entry.recordedAt, entry.accountId, entry.operation, entry.address, entry.requestId],
    ...[entry.subjectKind, entry.version, entry.facts],
  ]);

export interface AuditFilter {
  readonly accountId?: string | undefined;
  readonly operation?: string | undefined;
  readonly subject?: { readonly kind: string; readonly id: string | undefined } | undefined;
  readonly requestId?: string | undefined;
  readonly from?: Date | undefined;
  /** The first instant that does not belong to it. */
  readonly until?: Date | undefined;
}

/** Stands for (seq, chain) in cursors, which hold one number. */
const NUMBER = '(seq * 65536 + (hashtext(chain::text) & 65535))';

export function listAuditEntries(
  tx: Tx,
  filter: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditEntry>> {
  const conditions: Condition[] = [['operation <> ?', ANCHOR]];
  if (filter.accountId !== undefined) conditions.push(['account_id = ?', filter.accountId]);
  if (filter.operation !== undefined) conditions.push(['operation = ?', filter.operation]);
  if (filter.subject) {
    conditions.push(['subject_kind = ?', filter.subject.kind]);
    if (filter.subject.id !== undefined)
      conditions.push(...conditionsOf(filter.subject.kind, filter.subject.id));
  }
  if (filter.requestId !== undefined) conditions.push(['request_id = ?', filter.requestId]);
  if (filter.from) conditions.push(['recorded_at >= ?', filter.from]);
  if (filter.until) conditions.push(['recorded_at < ?', filter.until]);
  const sort = { sql: 'recorded_at', type: 'timestamptz' } as const;
  return readPage(tx, { columns: SELECTED, from: 'audit_entry', conditions, id: NUMBER, sort }, request);
}

/** Loans and customers: their rows are found by the place alone. */
const PLACED = ['loan', 'customer'];

function conditionsOf(kind: string, id: string): Condition[] {
  const ofSubject: Condition = ['subject_id = ?', id];
  if (!PLACED.includes(kind)) return [ofSubject];
  return [ofSubject, ['place = ?', /^[1-9]\d{0,17}$/.test(id) ? id : '0']];
}

/** Rows in the order of their chains, after the one named; to walk through all of them. */
export function readChainsAfter(
  tx: Tx,
  after: Pick<AuditEntry, 'chain' | 'seq' | 'place'>,
  rows: number,
): Promise<(AuditEntry & { readonly micros: bigint })[]> {
  return tx.query(
    `select ${SELECTED}, (extract(epoch from recorded_at) * 1000000)::bigint as micros from audit_entry
     where (chain, seq, place) > ($1::uuid, $2::bigint, $3::bigint) order by chain, seq, place limit $4`,
    [after.chain, after.seq, after.place, rows],
  );
}

/** Heads of the other chains that grew since shortly before the latest anchor of all. */
export function listRecentHeads(tx: Tx, own: string): Promise<ChainHead[]> {
  return tx.query(
    `select distinct on (chain) chain, seq, hash from audit_entry
     where chain <> $1 and recorded_at >= coalesce(
       (select max(recorded_at) from audit_entry where operation = '${ANCHOR}') - interval '10 minutes',
       '-infinity')
     order by chain, seq desc`,
    [own],
  );
}

/** What the anchors say; each is a list of heads as JSON. */
export async function listAnchors(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ facts: string }>(
    `select facts from audit_entry where operation = '${ANCHOR}'`,
  );
  return rows.map(({ facts }) => facts);
}

export interface Versioned {
  readonly id: bigint;
  readonly version: number;
}

/** Loans or customers by their ids, with their present versions; those removed as well. */
export function readVersionsAfter(
  tx: Tx,
  { kind, after, rows }: { kind: 'loan' | 'customer'; after: bigint; rows: number },
): Promise<Versioned[]> {
  return tx.query(`select id, version from ${kind} where id > $1 order by id limit $2`, [after, rows]);
}

/** The latest version that the trail knows of each. */
export async function findAuditedVersions(
  tx: Tx,
  kind: 'loan' | 'customer',
  ids: readonly bigint[],
): Promise<Map<bigint, number>> {
  const rows = await tx.query<Versioned>(
    `select place as id, max(version) as version from audit_entry
     where place = any($1) and subject_kind = $2 group by place`,
    [ids, kind],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
