/**
 * Events as webhooks see them: of loans (the outbox) and of the book as a whole (place 0), in the order of
 * the transactions that wrote them.
 */
import type { EventType } from '../../domain/webhook.ts';
import type { Tx } from '../database.ts';
import type { EventPlace } from './deliveries.ts';

export interface NoticedEvent extends EventPlace {
  readonly type: EventType;
  readonly recordedAt: Date;
}

interface NoticedRow {
  loan_id: bigint;
  seq: bigint;
  type: EventType;
  recorded_at: Date;
}

/** Events of a version are numbered from 1; a thousand are beyond any decision. */
const SEQ = 'version::bigint * 1000 + position';

/** Events of the transactions from `from` on and before `till`, all of which must have ended. */
export async function listEventsWritten(
  tx: Tx,
  { from, till }: { from: bigint; till: bigint },
): Promise<NoticedEvent[]> {
  const rows = await tx.query<NoticedRow>(
    `select loan_id, ${SEQ} as seq, type, recorded_at from loan_event where writer >= $1 and writer < $2
     union all
     select 0, seq, type, recorded_at from book_event where writer >= $1 and writer < $2`,
    [from, till],
  );
  return rows.map(({ loan_id, seq, type, recorded_at }) => ({
    loanId: loan_id,
    seq,
    type,
    recordedAt: recorded_at,
  }));
}

/** The transaction before which at most so many events lie from `from` on; undefined when fewer lie there. */
export async function findWriterAfter(
  tx: Tx,
  { from, events }: { from: bigint; events: number },
): Promise<bigint | undefined> {
  const [row] = await tx.query<{ writer: bigint }>(
    'select writer from loan_event where writer >= $1 order by writer limit 1 offset $2',
    [from, events],
  );
  return row?.writer;
}

/** Undefined before the first look. */
export async function findCursor(tx: Tx): Promise<bigint | undefined> {
  const [row] = await tx.query<{ writer: bigint }>('select writer from webhook_cursor where id = 1');
  return row?.writer;
}

export async function moveCursor(tx: Tx, writer: bigint): Promise<void> {
  await tx.query(
    `insert into webhook_cursor (id, writer) values (1, $1)
     on conflict (id) do update set writer = $1`,
    [writer],
  );
}

/** What a message says. */
export interface EventFacts {
  readonly place: EventPlace;
  readonly type: EventType;
  readonly recordedAt: Date;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface LoanEventRow {
  loan_id: bigint;
  seq: bigint;
  type: EventType;
  recorded_at: Date;
  transaction_id: bigint | null;
  business_date: string;
  facts: Record<string, unknown>;
  external_id: string | null;
  customer_id: bigint;
  customer_external_id: string;
}

export const keyOf = ({ loanId, seq }: EventPlace): string => `${loanId}_${seq}`;

/** The events at these places, by `keyOf`. */
export async function findEvents(tx: Tx, places: readonly EventPlace[]): Promise<Map<string, EventFacts>> {
  const ofLoans = places.filter(({ loanId }) => loanId !== 0n);
  const ofBook = places.filter(({ loanId }) => loanId === 0n);
  const found = [...(await findLoanEvents(tx, ofLoans)), ...(await findBookEvents(tx, ofBook))];
  return new Map(found.map((event) => [keyOf(event.place), event]));
}

async function findLoanEvents(tx: Tx, places: readonly EventPlace[]): Promise<EventFacts[]> {
  if (places.length === 0) return [];
  const wanted = new Set(places.map(keyOf));
  const rows = await tx.query<LoanEventRow>(
    `select e.loan_id, ${SEQ.replace('version', 'e.version')} as seq, e.type, e.recorded_at,
       e.transaction_id, e.business_date, e.facts, l.external_id, l.customer_id, l.customer_external_id
     from loan_event e join loan l on l.id = e.loan_id
     where e.loan_id = any($1) and e.version = any($2)`,
    [places.map(({ loanId }) => loanId), places.map(({ seq }) => Number(seq / 1000n))],
  );
  return rows
    .map((row) => ({
      place: { loanId: row.loan_id, seq: row.seq },
      type: row.type,
      recordedAt: row.recorded_at,
      facts: {
        loanId: String(row.loan_id),
        ...(row.external_id !== null && { loanExternalId: row.external_id }),
        customerId: String(row.customer_id),
        customerExternalId: row.customer_external_id,
        ...(row.transaction_id !== null && { transactionId: String(row.transaction_id) }),
        businessDate: row.business_date,
        ...row.facts,
      },
    }))
    .filter(({ place }) => wanted.has(keyOf(place)));
}

async function findBookEvents(tx: Tx, places: readonly EventPlace[]): Promise<EventFacts[]> {
  if (places.length === 0) return [];
  const rows = await tx.query<{
    seq: bigint;
    type: EventType;
    recorded_at: Date;
    facts: Record<string, unknown>;
  }>('select seq, type, recorded_at, facts from book_event where seq = any($1)', [
    places.map(({ seq }) => seq),
  ]);
  return rows.map(({ seq, type, recorded_at: recordedAt, facts }) => ({
    place: { loanId: 0n, seq },
    type,
    recordedAt,
    facts,
  }));
}

/** Something about no loan; answers its place. */
export async function insertBookEvent(
  tx: Tx,
  event: Pick<EventFacts, 'type' | 'recordedAt' | 'facts'>,
): Promise<EventPlace> {
  const [row] = await tx.query<{ seq: bigint }>(`select nextval('book_event_seq') as seq`);
  const seq = row?.seq ?? 0n;
  await tx.query('insert into book_event (seq, type, facts, recorded_at) values ($1, $2, $3::jsonb, $4)', [
    seq,
    event.type,
    JSON.stringify(event.facts),
    event.recordedAt,
  ]);
  return { loanId: 0n, seq };
}
