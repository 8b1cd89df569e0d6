/**
 * Numbers for new customers, loans, transactions and entries made by hand: small, readable, never used twice.
 * The database hands out blocks (one `nextval` each), the process counts through its block, so that a new
 * loan costs no round trip. Numbers of a block that were not used when the process stops are lost; gaps are
 * of no meaning.
 */
import { wholeOf } from './batch/member.ts';
import type { Tx } from './database.ts';

/** Must be the increments of the sequences in db/migrations (a test compares). */
export const BLOCK_SIZES = { customer: 100, loan: 100, transaction: 1000, entry: 100 } as const;
export type Numbered = keyof typeof BLOCK_SIZES;

export interface Identity {
  /** The next number. */
  next(tx: Tx, kind: Numbered): Promise<bigint>;
  /** As many as are asked for, ascending, for one round trip. */
  several(tx: Tx, kind: Numbered, count: number): Promise<bigint[]>;
}

interface Block {
  next: bigint;
  readonly end: bigint;
}

/**
 * A block is fetched by the first transaction that needs it: waiting for a connection of its own could wait
 * for ever. Others that need one at the same time wait for that statement.
 */
export function openIdentity(): Identity {
  const blocks: Record<Numbered, Block[]> = { customer: [], loan: [], transaction: [], entry: [] };

  const take = (kind: Numbered): bigint | undefined => {
    const [block] = blocks[kind];
    if (block === undefined) return undefined;
    const taken = block.next;
    block.next += 1n;
    if (block.next === block.end) blocks[kind].shift();
    return taken;
  };

  const fetching = new Map<Numbered, Promise<void>>();

  const fetchBlock = async (tx: Tx, kind: Numbered): Promise<void> => {
    const [row] = await tx.query<{ first: bigint }>(`select nextval('${kind}_id_block') as first`);
    if (row) blocks[kind].push({ next: row.first, end: row.first + BigInt(BLOCK_SIZES[kind]) });
  };

  const next = async (tx: Tx, kind: Numbered): Promise<bigint> => {
    for (;;) {
      const taken = take(kind);
      if (taken !== undefined) return taken;
      const others = fetching.get(kind);
      if (others) {
        // Whether it succeeds or not: then it is this one's turn.
        await others.catch(() => {});
        continue;
      }
      const own = fetchBlock(wholeOf(tx), kind).finally(() => fetching.delete(kind));
      fetching.set(kind, own);
      await own;
    }
  };

  const several = async (tx: Tx, kind: Numbered, count: number): Promise<bigint[]> => {
    const size = BLOCK_SIZES[kind];
    const found = await tx.query<{ first: bigint }>(
      `select nextval('${kind}_id_block') as first from generate_series(1, $1)`,
      [Math.ceil(count / size)],
    );
    const all = found.flatMap(({ first }) => Array.from({ length: size }, (_, at) => first + BigInt(at)));
    const rest = all[count];
    const last = all.at(-1);
    if (rest !== undefined && last !== undefined) blocks[kind].push({ next: rest, end: last + 1n });
    return all.slice(0, count);
  };
  return { next, several };
}
