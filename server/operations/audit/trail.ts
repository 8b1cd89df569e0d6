/**
 * What a transaction has changed so far, to be written into the audit trail before it commits. Whoever
 * changes something says so here; outside of a recorded transaction that is a defect, and nothing is stored.
 */
import { assert } from '../../domain/assert.ts';
import type { Tx } from '../../store/database.ts';

/** Who wants a change, by which call. */
export interface Author {
  /** Null: the system itself. */
  readonly accountId: string | null;
  /** As in the document: `approveLoan`. */
  readonly operation: string;
  readonly address: string | null;
  readonly requestId: string | null;
  /** What the caller sent. */
  readonly command?: unknown;
}

export const bySystem = (operation: string): Author => ({
  accountId: null,
  operation,
  address: null,
  requestId: null,
});

type Facts = Readonly<Record<string, unknown>>;

export interface Change {
  readonly kind: string;
  readonly id: bigint | string;
  /** The version that it made, where there are versions. */
  readonly version?: number;
  /** Null: it was made. */
  readonly before: Facts | null;
  /** Null: it was removed. */
  readonly after: Facts | null;
}

/** Within the transaction itself, for the same reason as in store/batch/member.ts. */
const TRAIL = Symbol('trail');

interface Trailed {
  [TRAIL]?: Change[];
}

/** Begins to listen; the list grows with each change. */
export function openTrail(tx: Tx): readonly Change[] {
  const changes: Change[] = [];
  (tx as Trailed)[TRAIL] = changes;
  return changes;
}

export function noteChange(tx: Tx, change: Change): void {
  const changes = (tx as Trailed)[TRAIL];
  assert(changes !== undefined, 'a change belongs into a recorded transaction');
  changes.push(change);
}
