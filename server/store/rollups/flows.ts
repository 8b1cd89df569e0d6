/** What moved and what falls due by day and product, added in the transaction that changes the loan. */
import type { Loan } from '../../domain/loan.ts';
import { duesOf, flowsOf } from '../../domain/report/flows.ts';
import { write } from '../batch/member.ts';
import type { Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { addTo } from './adding.ts';
import { anySlot, type Delta } from './slots.ts';

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

/** A loan before a change and after it; `before` null = it is made. */
export interface LoanMove {
  readonly productId: bigint;
  readonly before: Loan | null;
  readonly after: Loan;
}

export interface FlowDeltas {
  readonly flows: readonly Delta[];
  readonly dues: readonly Delta[];
}

export const flowDeltas = ({ productId, before, after }: LoanMove): FlowDeltas => ({
  flows: flowsOf(before, after).map(({ day, type, figure, by }) => ({
    key: [productId, day, type, figure],
    by,
  })),
  dues: duesOf(before, after).map(({ day, component, by }) => ({ key: [productId, day, component], by })),
});

export async function addFlows(
  tx: Tx,
  { slot, deltas }: { readonly slot: number; readonly deltas: readonly FlowDeltas[] },
): Promise<void> {
  await Promise.all([
    addTo(tx, FLOW_TOTAL, { slot, deltas: deltas.flatMap((each) => each.flows) }),
    addTo(tx, DUE_TOTAL, { slot, deltas: deltas.flatMap((each) => each.dues) }),
  ]);
}

const FLOWS: Write<FlowDeltas> = {
  place: 'flows',
  merged: (deltas) => deltas,
  send: (tx, deltas) => addFlows(tx, { slot: anySlot(), deltas }),
};

/** Sums up what a change of a loan moves, in the transaction of the change. */
export function sumUpFlows(tx: Tx, move: LoanMove): Promise<void> {
  const deltas = flowDeltas(move);
  return write(tx, FLOWS, deltas.flows.length + deltas.dues.length === 0 ? [] : [deltas]);
}
