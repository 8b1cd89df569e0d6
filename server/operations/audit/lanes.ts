/**
 * The chains that this process writes. A transaction takes a lane that nobody holds when it is about to
 * commit, extends its chain, and gives it back once it is known whether the rows are there: the next one goes
 * on from them, or from where they would have been. So nobody waits for anybody and no chain has a hole;
 * there are never more lanes than transactions at a time.
 */
import { randomUUID } from 'node:crypto';
import { ANCHOR, type AuditEntry, type ChainHead, insertLast, listRecentHeads } from '../../store/audit.ts';
import type { Database, Tx } from '../../store/database.ts';
import { hashOf, NO_HASH } from './chain.ts';

/** A row before it has its place in a chain. */
export type Draft = Omit<AuditEntry, 'chain' | 'seq' | 'hash'>;

export interface Lane {
  /**
   * Adds rows to the chain, as the last thing that the transaction does. Where an anchor is due, `heads` says
   * what it is made of: `read` reads the ends of the other chains first; `known` takes those that were read
   * meanwhile, and has them read when there are none, for the next one.
   */
  append(tx: Tx, drafts: readonly Draft[], heads: 'read' | 'known'): Promise<void>;
  /**
   * A row that the transaction stored, if it came so far: by it one can tell later whether it was committed.
   */
  appended(): AuditEntry | undefined;
  /** The transaction has ended: `unknown` when nobody can say how, then the chain is never used again. */
  release(ending: 'committed' | 'undone' | 'unknown'): void;
}

export interface Lanes {
  take(): Lane;
}

const ANCHOR_MILLISECONDS = 60_000;

const lanesByDatabase = new WeakMap<Database, Lanes>();

/** One set for a process and its database. */
export function lanesOf(db: Database): Lanes {
  const known = lanesByDatabase.get(db) ?? openLanes(db.read);
  lanesByDatabase.set(db, known);
  return known;
}

function openLanes(read: Tx): Lanes {
  const free: ChainHead[] = [];
  const background = openBackgroundReading(read);
  let anchoredAt = Number.NEGATIVE_INFINITY;

  /** A chain begins with an anchor, and every minute one chain of the process gets another. */
  const isAnchorDue = (head: ChainHead, now: Date): boolean =>
    head.seq === 0n || Math.abs(now.getTime() - anchoredAt) >= ANCHOR_MILLISECONDS;

  const take = (): Lane => {
    const start = free.pop() ?? { chain: randomUUID(), seq: 0n, hash: NO_HASH };
    let end = start;
    let stored: AuditEntry | undefined;
    const headsFor = (tx: Tx, wanted: 'read' | 'known'): Promise<ChainHead[]> | ChainHead[] | undefined => {
      const mustRead = wanted === 'read' || start.seq === 0n;
      return mustRead ? listRecentHeads(tx, start.chain) : background.take(start.chain);
    };
    const append: Lane['append'] = async (tx, drafts, wanted) => {
      const [first] = drafts;
      if (first === undefined) return;
      const heads = isAnchorDue(start, first.recordedAt) ? await headsFor(tx, wanted) : undefined;
      if (heads) anchoredAt = first.recordedAt.getTime();
      const anchors = heads ? [anchorOf(heads, first)] : [];
      const entries = chained(start, [...anchors, ...drafts]);
      stored = entries[0];
      await insertLast(tx, entries);
      end = entries.at(-1) ?? start;
    };
    const release: Lane['release'] = (ending) => {
      if (ending === 'committed') free.push({ chain: end.chain, seq: end.seq, hash: end.hash });
      if (ending === 'undone' && start.seq > 0n) free.push(start);
    };
    return { append, release, appended: () => stored };
  };
  return { take };
}

/** After a busy minute the reading takes a while, and nobody who pays in a loan has to wait for it. */
function openBackgroundReading(read: Tx): { take(own: string): ChainHead[] | undefined } {
  let heads: ChainHead[] | undefined;
  let isReading = false;
  const start = async (): Promise<void> => {
    isReading = true;
    // What fails now is tried again by the next one that an anchor is due for.
    heads = await listRecentHeads(read, NO_CHAIN).catch(() => undefined);
    isReading = false;
  };
  return {
    take: (own) => {
      const taken = heads?.filter(({ chain }) => chain !== own);
      heads = undefined;
      if (taken === undefined && !isReading) void start();
      return taken;
    },
  };
}

const NO_CHAIN = '00000000-0000-0000-0000-000000000000';

/** What the other chains ended with: whoever cuts them shorter contradicts this row. */
function anchorOf(heads: readonly ChainHead[], { recordedAt, place }: Draft): Draft {
  return {
    place,
    recordedAt,
    accountId: null,
    operation: ANCHOR,
    address: null,
    requestId: null,
    subjectKind: 'chain',
    subjectId: 'others',
    version: null,
    facts: JSON.stringify(heads.map(({ chain, seq, hash }) => ({ chain, seq: String(seq), hash }))),
  };
}

function chained(start: ChainHead, drafts: readonly Draft[]): AuditEntry[] {
  let before = start;
  return drafts.map((draft) => {
    const entry = placed(draft, start.chain, before.seq + 1n);
    entry.hash = hashOf(entry, BigInt(draft.recordedAt.getTime()) * 1000n, before.hash);
    before = entry;
    return entry;
  });
}

/** Name by name: to spread the draft takes several times as long as the digest. */
const placed = (
  draft: Draft,
  chain: string,
  seq: bigint,
): { -readonly [Field in keyof AuditEntry]: AuditEntry[Field] } => ({
  place: draft.place,
  chain,
  seq,
  recordedAt: draft.recordedAt,
  accountId: draft.accountId,
  operation: draft.operation,
  address: draft.address,
  requestId: draft.requestId,
  subjectKind: draft.subjectKind,
  subjectId: draft.subjectId,
  version: draft.version,
  facts: draft.facts,
  hash: NO_HASH,
});
