/** How many customers there are by status. */
import type { CustomerStatus } from '../../domain/customer.ts';
import type { Tx } from '../database.ts';
import { addTo } from './adding.ts';
import { anySlot } from './slots.ts';

export const CUSTOMER_COUNT = { name: 'customer_count', key: ['status'], sum: 'customers' } as const;

/** `before` null = the customer is made, `after` null = deleted. In the transaction of the change. */
export async function addCustomerCount(
  tx: Tx,
  before: CustomerStatus | null,
  after: CustomerStatus | null,
): Promise<void> {
  const deltas = [
    ...(before === null ? [] : [{ key: [before], by: -1n }]),
    ...(after === null ? [] : [{ key: [after], by: 1n }]),
  ];
  await addTo(tx, CUSTOMER_COUNT, { slot: anySlot(), deltas });
}

export async function countCustomers(tx: Tx, status: CustomerStatus | undefined): Promise<number> {
  const [row] = await tx.query<{ total: bigint }>(
    `select coalesce(sum(customers), 0)::bigint as total from customer_count
     where $1::text is null or status = $1`,
    [status ?? null],
  );
  return Number(row?.total ?? 0);
}
