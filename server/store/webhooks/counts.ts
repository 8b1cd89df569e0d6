/** How many messages each endpoint has by status: what totals of the delivery log are answered from. */
import type { Tx } from '../database.ts';
import { addTo } from '../rollups/adding.ts';
import { anySlot } from '../rollups/slots.ts';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

export const DELIVERY_COUNT = {
  name: 'webhook_delivery_count',
  key: ['endpoint_id', 'status'],
  sum: 'deliveries',
} as const;

export interface Counted {
  readonly endpointId: bigint;
  readonly status: DeliveryStatus;
}

/** `from` absent: the messages are new; `to` absent: they are removed. In the transaction of the change. */
export async function recountDeliveries(
  tx: Tx,
  { from, to }: { readonly from?: readonly Counted[]; readonly to?: readonly Counted[] },
): Promise<void> {
  const deltas = [
    ...(from ?? []).map(({ endpointId, status }) => ({ key: [endpointId, status], by: -1n })),
    ...(to ?? []).map(({ endpointId, status }) => ({ key: [endpointId, status], by: 1n })),
  ];
  await addTo(tx, DELIVERY_COUNT, { slot: anySlot(), deltas });
}

/** Of all statuses when none is named. */
export async function countDeliveries(
  tx: Tx,
  { endpointId, status }: { readonly endpointId: bigint; readonly status?: DeliveryStatus | undefined },
): Promise<number> {
  const [row] = await tx.query<{ total: bigint }>(
    `select coalesce(sum(deliveries), 0)::bigint as total from webhook_delivery_count
     where endpoint_id = $1 and ($2::text is null or status = $2)`,
    [endpointId, status ?? null],
  );
  return Number(row?.total ?? 0);
}
