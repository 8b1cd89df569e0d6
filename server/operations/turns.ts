/**
 * Calls on one loan take turns within this process, in the order in which they came: they would only push
 * each other back to the start. Between processes the loan's version decides.
 */
export interface Turns {
  take<T>(loanId: bigint, work: () => Promise<T>): Promise<T>;
}

export function openTurns(): Turns {
  const lastOf = new Map<bigint, Promise<void>>();
  return {
    take: async (loanId, work) => {
      const before = lastOf.get(loanId);
      const result = before === undefined ? work() : before.then(work);
      const settled = result.then(
        () => {},
        () => {},
      );
      lastOf.set(loanId, settled);
      try {
        return await result;
      } finally {
        if (lastOf.get(loanId) === settled) lastOf.delete(loanId);
      }
    },
  };
}
