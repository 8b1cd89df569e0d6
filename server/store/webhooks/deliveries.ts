/** Messages to webhook endpoints: what is due, in which order, and what became of it. */
import type { EventType } from '../../domain/webhook.ts';
import type { Tx } from '../database.ts';
import { type Page, type PageRequest, readPage } from '../page.ts';
import { rowsOfValues } from '../values.ts';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

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
    await tx.query(
      `insert into webhook_delivery (${INSERTED}) values ${places} on conflict do nothing`,
      values,
    );
  }
}

async function nextIds(tx: Tx, count: number): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select nextval('webhook_delivery_id') as id from generate_series(1, $1)`,
    [count],
  );
  return rows.map((row) => row.id);
}

/**
 * Due messages of an endpoint, the longest due first, at most one for each loan: the first that is pending.
 */
export async function listDue(
  tx: Tx,
  { endpointId, now, most }: { endpointId: bigint; now: Date; most: number },
): Promise<Delivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `select ${COLUMNS} from webhook_delivery d
     where endpoint_id = $1 and status = 'pending' and due_at <= $2 and not exists (
       select from webhook_delivery e where e.endpoint_id = d.endpoint_id and e.loan_id = d.loan_id
         and e.event_seq < d.event_seq and e.status = 'pending')
     order by due_at, loan_id, event_seq limit $3`,
    [endpointId, now, most],
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

export type Tried = Pick<Delivery, 'status' | 'attempts' | 'dueAt' | 'triedAt' | 'answered' | 'reason'>;

export async function updateTried(tx: Tx, delivery: Delivery, tried: Tried): Promise<void> {
  await tx.query(
    `update webhook_delivery set status = $4, attempts = $5, due_at = $6, tried_at = $7, answered = $8,
       reason = $9
     where loan_id = $1 and event_seq = $2 and endpoint_id = $3 and status = 'pending'`,
    [
      ...[delivery.loanId, delivery.seq, delivery.endpointId],
      ...[tried.status, tried.attempts, tried.dueAt, tried.triedAt, tried.answered, tried.reason],
    ],
  );
}

/** Nobody waits for them any more. */
export async function cancelPending(tx: Tx, endpointId: bigint): Promise<void> {
  await tx.query(
    `update webhook_delivery set status = 'cancelled' where endpoint_id = $1 and status = 'pending'`,
    [endpointId],
  );
}

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
    },
    request,
  );
  return { ...page, items: page.items.map(toDelivery) };
}

/** Sends again, as if it had just come up: a single message, or all that failed since an instant. */
export async function renewDeliveries(
  tx: Tx,
  which: { endpointId: bigint; now: Date } & ({ deliveryId: bigint } | { failedSince: Date }),
): Promise<number> {
  const [sql, values] =
    'deliveryId' in which
      ? ['id = $3', [which.deliveryId]]
      : [`status = 'failed' and first_due_at >= $3`, [which.failedSince]];
  const rows = await tx.query(
    `update webhook_delivery set status = 'pending', attempts = 0, first_due_at = $2, due_at = $2
     where endpoint_id = $1 and status <> 'pending' and ${sql} returning loan_id`,
    [which.endpointId, which.now, ...values],
  );
  return rows.length;
}
