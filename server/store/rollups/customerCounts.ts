/** How many customers there are by status. */
import type { CustomerStatus } from '../../domain/customer.ts';
import { write } from '../batch/member.ts';
import type { Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { additionsTo } from './adding.ts';
import { anySlot, type Delta } from './slots.ts';

export const CUSTOMER_COUNT = { name: 'customer_count', key: ['status'], sum: 'customers' } as const;

const COUNTS: Write<Delta> = {
  place: 'customer counts',
  merged: (deltas) => deltas,
  statements: (deltas) => additionsTo(CUSTOMER_COUNT, { slot: anySlot(), deltas }),
};

/** `before` null = the customer is made, `after` null = deleted. In the transaction of the change. */
export async function recountCustomer(
  tx: Tx,
  before: CustomerStatus | null,
  after: CustomerStatus | null,
): Promise<void> {
  const deltas = [
    ...(before === null ? [] : [{ key: [before], by: -1n }]),
    ...(after === null ? [] : [{ key: [after], by: 1n }]),
  ];
  await write(tx, COUNTS, before === after ? [] : deltas);
}

/** Many at once, in the transaction that makes them. */
export const countNewCustomers = (tx: Tx, statuses: readonly CustomerStatus[]): Promise<void> =>
  write(
    tx,
    COUNTS,
    statuses.map((status) => ({ key: [status], by: 1n })),
  );

export async function countCustomers(tx: Tx, status: CustomerStatus | undefined): Promise<number> {
  const [row] = await tx.query<{ total: bigint }>(
    `select coalesce(sum(customers), 0)::bigint as total from customer_count
     where $1::text is null or status = $1`,
    [status ?? null],
  );
  return Number(row?.total ?? 0);
}
