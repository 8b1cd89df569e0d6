/** Messages to webhook endpoints: what is due, in which order, and what became of it. */
import type { EventType } from '../../domain/webhook.ts';
import type { Tx } from '../database.ts';
import { type Page, type PageRequest, readPage } from '../page.ts';
import { columnsOfRows, rowsOfValues } from '../values.ts';
import { type Counted, countDeliveries, type DeliveryStatus, recountDeliveries } from './counts.ts';

/** Which event it is: the number within its loan; loan 0 = about no loan. */
export interface EventPlace {
  readonly loanId: bigint;
  readonly seq: bigint;
}

export interface Delivery extends EventPlace {
  readonly id: bigint;
  readonly endpointId: bigint;
  readonly type: EventType;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly firstDueAt: Date;
  readonly dueAt: Date;
  readonly triedAt: Date | null;
  readonly answered: number | null;
  readonly reason: string | null;
}

interface DeliveryRow {
  id: bigint;
  loan_id: bigint;
  event_seq: bigint;
  endpoint_id: bigint;
  event_type: EventType;
  status: DeliveryStatus;
  attempts: number;
  first_due_at: Date;
  due_at: Date;
  tried_at: Date | null;
  answered: number | null;
  reason: string | null;
}

const COLUMNS = `id, loan_id, event_seq, endpoint_id, event_type, status, attempts, first_due_at, due_at,
  tried_at, answered, reason`;

const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  loanId: row.loan_id,
  seq: row.event_seq,
  endpointId: row.endpoint_id,
  type: row.event_type,
  status: row.status,
  attempts: row.attempts,
  firstDueAt: row.first_due_at,
  dueAt: row.due_at,
  triedAt: row.tried_at,
  answered: row.answered,
  reason: row.reason,
});

export interface NewDelivery extends EventPlace {
  readonly endpointId: bigint;
  readonly type: EventType;
}

const INSERTED = 'id, loan_id, event_seq, endpoint_id, event_type, status, attempts, first_due_at, due_at';
const ROWS_AT_ONCE = 1_000;

/** Messages that exist already stay as they are. */
export async function insertDeliveries(tx: Tx, deliveries: readonly NewDelivery[], now: Date): Promise<void> {
  for (let start = 0; start < deliveries.length; start += ROWS_AT_ONCE) {
    const chunk = deliveries.slice(start, start + ROWS_AT_ONCE);
    const ids = await nextIds(tx, chunk.length);
    const rows = chunk.map((each, index) => [
      ...[ids[index], each.loanId, each.seq, each.endpointId, each.type],
      ...['pending', 0, now, now],
    ]);
    const { places, values } = rowsOfValues(rows);
    const made = await tx.query<Counted>(
      `insert into webhook_delivery (${INSERTED}) values ${places} on conflict do nothing
       returning endpoint_id as "endpointId", status`,
      values,
    );
    await recountDeliveries(tx, { to: made });
  }
}

async function nextIds(tx: Tx, count: number): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select nextval('webhook_delivery_id') as id from generate_series(1, $1)`,
    [count],
  );
  return rows.map((row) => row.id);
}

export interface Wanted {
  readonly endpointId: bigint;
  readonly now: Date;
  readonly most: number;
  /** Loans of which a message is on its way. */
  readonly besides: readonly bigint[];
}

/**
 * Due messages of an endpoint, the longest due first, at most one for each loan: the first that is pending.
 */
export async function listDue(tx: Tx, { endpointId, now, most, besides }: Wanted): Promise<Delivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `select ${COLUMNS} from webhook_delivery d
     where endpoint_id = $1 and status = 'pending' and due_at <= $2 and loan_id <> all($4) and not exists (
       select from webhook_delivery e where e.endpoint_id = d.endpoint_id and e.loan_id = d.loan_id
         and e.event_seq < d.event_seq and e.status = 'pending')
     order by due_at, loan_id, event_seq limit $3`,
    [endpointId, now, most, besides],
  );
  return rows.map(toDelivery);
}

/** By its number in the log, or by its event. */
export async function findDelivery(
  tx: Tx,
  which: { endpointId: bigint } & (EventPlace | { deliveryId: bigint }),
): Promise<Delivery | undefined> {
  const [sql, values] =
    'deliveryId' in which
      ? ['id = $2', [which.deliveryId]]
      : ['loan_id = $2 and event_seq = $3', [which.loanId, which.seq]];
  const [row] = await tx.query<DeliveryRow>(
    `select ${COLUMNS} from webhook_delivery where endpoint_id = $1 and ${sql}`,
    [which.endpointId, ...values],
  );
  return row && toDelivery(row);
}

/** What became of a message at a try. */
export type Tried = EventPlace &
  Pick<Delivery, 'endpointId' | 'status' | 'attempts' | 'dueAt' | 'triedAt' | 'answered' | 'reason'>;

const TRIED = ['bigint', 'bigint', 'bigint', 'text', 'int', 'timestamptz', 'timestamptz', 'smallint', 'text'];

/** Of messages to any endpoints. One that does not wait any more stays as it is. */
export async function updateTried(tx: Tx, tries: readonly Tried[]): Promise<void> {
  if (tries.length === 0) return;
  const rows = tries.map((each) => [
    ...[each.loanId, each.seq, each.endpointId, each.status, each.attempts, each.dueAt, each.triedAt],
    ...[each.answered, each.reason],
  ]);
  const { sources, values } = columnsOfRows(rows, TRIED);
  const ended = await tx.query<Counted>(
    `update webhook_delivery d set status = t.status, attempts = t.attempts, due_at = t.due_at,
       tried_at = t.tried_at, answered = t.answered, reason = t.reason
     from unnest(${sources})
       as t(loan_id, event_seq, endpoint_id, status, attempts, due_at, tried_at, answered, reason)
     where d.loan_id = t.loan_id and d.event_seq = t.event_seq and d.endpoint_id = t.endpoint_id
       and d.loan_id = any($1) and d.status = 'pending'
     returning d.endpoint_id as "endpointId", d.status`,
    values,
  );
  await recountDeliveries(tx, { from: ended.map(asPending), to: ended });
}

const asPending = ({ endpointId }: Counted): Counted => ({ endpointId, status: 'pending' });

export interface DeliveryFilter {
  readonly endpointId: bigint;
  readonly status?: DeliveryStatus | undefined;
  readonly loanId?: bigint | undefined;
}

/** The delivery log, in the order in which messages came up. */
export async function listDeliveries(
  tx: Tx,
  filter: DeliveryFilter,
  request: PageRequest,
): Promise<Page<Delivery>> {
  const page = await readPage<DeliveryRow>(
    tx,
    {
      columns: COLUMNS,
      from: 'webhook_delivery',
      conditions: [
        ['endpoint_id = ?', filter.endpointId],
        ...(filter.status === undefined ? [] : ([['status = ?', filter.status]] as const)),
        ...(filter.loanId === undefined ? [] : ([['loan_id = ?', filter.loanId]] as const)),
      ],
      id: 'id',
      sort: { sql: 'id', type: 'bigint' },
      // A loan has few messages; an endpoint may have millions.
      ...(filter.loanId === undefined && { count: () => countDeliveries(tx, filter) }),
    },
    request,
  );
  return { ...page, items: page.items.map(toDelivery) };
}

const RENEWED = `set status = 'pending', attempts = 0, first_due_at = $2, due_at = $2`;

/** Sends a message again as if it had just come up; answers false when it is no longer as it was found. */
export async function renewDelivery(tx: Tx, delivery: Delivery, now: Date): Promise<boolean> {
  const { endpointId, loanId, seq, status } = delivery;
  const renewed = await tx.query<Counted>(
    `update webhook_delivery ${RENEWED}
     where loan_id = $3 and event_seq = $4 and endpoint_id = $1 and status = $5
     returning endpoint_id as "endpointId", status`,
    [endpointId, now, loanId, seq, status],
  );
  await recountDeliveries(tx, { from: renewed.map(() => ({ endpointId, status })), to: renewed });
  return renewed.length === 1;
}

/** The same with those that came up since an instant and were given up, the first `most` of them. */
export async function renewFailed(
  tx: Tx,
  which: { endpointId: bigint; since: Date; most: number; now: Date },
): Promise<number> {
  const { endpointId, since, most, now } = which;
  const [last] = await tx.query<{ id: bigint | null }>(
    `select max(id) as id from (
       select id from webhook_delivery where endpoint_id = $1 and status = 'failed' and first_due_at >= $2
       order by id limit $3) as first`,
    [endpointId, since, most],
  );
  const renewed = await tx.query<Counted>(
    `update webhook_delivery ${RENEWED}
     where endpoint_id = $1 and status = 'failed' and first_due_at >= $3 and id <= $4
     returning endpoint_id as "endpointId", status`,
    [endpointId, now, since, last?.id ?? 0n],
  );
  await recountDeliveries(tx, { from: renewed.map(asFailed), to: renewed });
  return renewed.length;
}

const asFailed = ({ endpointId }: Counted): Counted => ({ endpointId, status: 'failed' });
