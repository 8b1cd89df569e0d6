/**
 * Counts and sums beside the rows that they are made of. Each is spread over slots: a transaction adds to one
 * of them, so that writers rarely wait for each other, and a reader adds the slots up. Rows are added in the
 * order of their keys, so that two writers on one slot never wait for each other in a circle.
 */

/** Writers at a time that find a slot of their own; every one more makes the tables longer. */
export const SLOTS = 64;

/** Slot 0 holds what was folded; nobody adds to it in passing. */
export const FOLDED = 0;

/** Any slot but the folded one. */
export const anySlot = (): number => 1 + Math.floor(Math.random() * (SLOTS - 1));

export interface Delta {
  /** The columns between slot and sum. */
  readonly key: readonly (bigint | string)[];
  readonly by: bigint;
}

/** One delta for each key, none that comes to nothing, in order of keys. */
export function summedDeltas(deltas: readonly Delta[]): Delta[] {
  const sums = new Map<string, Delta>();
  for (const { key, by } of deltas) {
    const name = key.join(' ');
    sums.set(name, { key, by: by + (sums.get(name)?.by ?? 0n) });
  }
  return [...sums]
    .filter(([, delta]) => delta.by !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, delta]) => delta);
}
