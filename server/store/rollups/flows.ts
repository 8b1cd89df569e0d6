/** What moved and what falls due by day and product, added in the transaction that moves it. */
import type { Due, Flow } from '../../domain/report/flows.ts';
import type { Tx } from '../database.ts';
import { addTo } from './adding.ts';
import type { Delta } from './slots.ts';

export const FLOW_TOTAL = {
  name: 'flow_total',
  key: ['product_id', 'day', 'type', 'figure'],
  sum: 'amount',
} as const;

export const DUE_TOTAL = {
  name: 'due_total',
  key: ['product_id', 'day', 'component'],
  sum: 'amount',
} as const;

export const flowDeltas = (productId: bigint, flows: readonly Flow[]): Delta[] =>
  flows.map(({ day, type, figure, by }) => ({ key: [productId, day, type, figure], by }));

export const dueDeltas = (productId: bigint, dues: readonly Due[]): Delta[] =>
  dues.map(({ day, component, by }) => ({ key: [productId, day, component], by }));

export interface FlowDeltas {
  readonly slot: number;
  readonly flows: readonly Delta[];
  readonly dues: readonly Delta[];
}

export async function addFlows(tx: Tx, { slot, flows, dues }: FlowDeltas): Promise<void> {
  await Promise.all([
    addTo(tx, FLOW_TOTAL, { slot, deltas: flows }),
    addTo(tx, DUE_TOTAL, { slot, deltas: dues }),
  ]);
}
