/**
 * Invariants: what must hold whatever a caller sends. A broken one is a defect of ours, never bad input (that
 * is a `Refusal`): the write is rolled back, the caller gets a 500 and the log says loudly what was found.
 */

/** Thrown when an invariant of the loan book does not hold. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Stops with `BrokenInvariant` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}

/** The value, which must be there. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new BrokenInvariant(`${what} is missing`);
  return value;
}
