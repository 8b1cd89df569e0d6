/**
 * Numbers for new customers, loans and transactions: small, readable, never used twice. The database hands out blocks (one
 * `nextval` each), the process counts through its block, so that a new loan costs no round trip. Numbers of a block that
 * were not used when the process stops are lost; gaps are of no meaning.
 */
import type { Database } from './database.ts';

/** Must be the increments of the sequences in db/migrations (a test compares). */
export const BLOCK_SIZES = { customer: 100, loan: 100, transaction: 1000 } as const;
export type Numbered = keyof typeof BLOCK_SIZES;

export interface Identity {
  /** The next `count` numbers, in ascending order. */
  next(kind: Numbered, count: number): Promise<bigint[]>;
}

interface Block {
  next: bigint;
  end: bigint;
}

export function openIdentity(db: Database): Identity {
  const blocks = new Map<Numbered, Block>();
  const fetching = new Map<Numbered, Promise<void>>();

  const fetchBlock = async (kind: Numbered): Promise<void> => {
    const sql = `select nextval('${kind}_id_block') as first`;
    const [row] = await db.read.query<{ first: bigint }>(sql);
    if (row) blocks.set(kind, { next: row.first, end: row.first + BigInt(BLOCK_SIZES[kind]) });
  };

  /** One fetch at a time for each kind; who comes meanwhile waits for the same one. */
  const refill = (kind: Numbered): Promise<void> => {
    const running = fetching.get(kind) ?? fetchBlock(kind).finally(() => fetching.delete(kind));
    fetching.set(kind, running);
    return running;
  };

  const next = async (kind: Numbered, count: number): Promise<bigint[]> => {
    const taken: bigint[] = [];
    while (taken.length < count) {
      const block = blocks.get(kind);
      if (block && block.next < block.end) {
        taken.push(block.next);
        block.next += 1n;
      } else await refill(kind);
    }
    return taken;
  };
  return { next };
}
