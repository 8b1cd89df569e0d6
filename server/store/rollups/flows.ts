/** What moved and what falls due by day and product, added in the transaction that changes the loan. */
import type { Loan } from '../../domain/loan.ts';
import { duesOf, flowsOf } from '../../domain/report/flows.ts';
import { write } from '../batch/member.ts';
import { type Query, sendAll, type Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { additionsTo } from './adding.ts';
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

const statementsOf = (deltas: readonly FlowDeltas[]): Query[] => {
  const slot = anySlot();
  return [
    ...additionsTo(FLOW_TOTAL, { slot, deltas: deltas.flatMap((each) => each.flows) }),
    ...additionsTo(DUE_TOTAL, { slot, deltas: deltas.flatMap((each) => each.dues) }),
  ];
};

export const addFlows = (tx: Tx, deltas: readonly FlowDeltas[]): Promise<void> =>
  sendAll(tx, statementsOf(deltas));

const FLOWS: Write<FlowDeltas> = {
  place: 'flows',
  merged: (deltas) => deltas,
  statements: statementsOf,
};

/** Sums up what a change of a loan moves, in the transaction of the change. */
export function sumUpFlows(tx: Tx, move: LoanMove): Promise<void> {
  const deltas = flowDeltas(move);
  return write(tx, FLOWS, deltas.flows.length + deltas.dues.length === 0 ? [] : [deltas]);
}
