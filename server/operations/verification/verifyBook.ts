/**
 * Proves a book, part by part: each part is read in one snapshot, by ranges of keys, and hinders nobody who
 * writes. Parts stand for themselves (a loan with all its rows), so that together they prove the whole:
 * where every loan's control accounts hold what the loan says, their sums do.
 */
import type { Tx } from '../../store/database.ts';
import { holdSnapshot } from '../../store/ledger/verification.ts';
import type { Book } from '../book.ts';
import { decisionContext } from '../loans/changeLoan.ts';
import { joined, NOTHING, type Verified } from './finding.ts';
import { verifyLoans } from './verifyLoans.ts';
import { verifyManualEntries } from './verifyManualEntries.ts';
import { type NamePlace, verifyCustomers, verifyNames } from './verifyNames.ts';
import { verifyCounts, verifyTotals } from './verifyRollups.ts';

/** How far a verification has come: the kind of thing, and the last one looked at. */
export type Place =
  | { readonly stage: 'loans' | 'customers' | 'entries' | 'totals' | 'counts'; readonly after: bigint }
  | { readonly stage: 'names'; readonly after: NamePlace };

export interface VerificationAsked {
  readonly from: Place;
  /** Things to look at in this part. */
  readonly rows: number;
  /** The history of every n-th loan is replayed; 1 = of all, 0 = of none. */
  readonly replayEvery: number;
}

export interface VerifiedPart extends Verified {
  /** Where the next part begins; absent when the whole book has been looked at. */
  readonly next?: Place;
}

export const BEGINNING: Place = { stage: 'loans', after: 0n };

type Wiring = Pick<Book, 'db' | 'config' | 'clock'>;

export async function verifyPart(book: Wiring, asked: VerificationAsked): Promise<VerifiedPart> {
  return book.db.transaction(async (tx) => {
    await holdSnapshot(tx);
    const { verified, next } = await LOOKS[asked.from.stage](tx, { ...asked, book });
    return { ...verified, ...(next && { next }) };
  });
}

/** All parts, one after the other. */
export async function verifyBook(
  book: Wiring,
  { rows = 200, replayEvery = 1 }: { readonly rows?: number; readonly replayEvery?: number } = {},
): Promise<Verified> {
  let whole = NOTHING;
  for (let from: Place | undefined = BEGINNING; from !== undefined; ) {
    const { next, ...verified }: VerifiedPart = await verifyPart(book, { from, rows, replayEvery });
    whole = joined(whole, verified);
    from = next;
  }
  return whole;
}

type Asked = VerificationAsked & { readonly book: Wiring };
type Look = (tx: Tx, asked: Asked) => Promise<{ verified: Verified; next: Place | undefined }>;

const lastId = ({ from }: Asked): bigint => (typeof from.after === 'bigint' ? from.after : 0n);

const LOOKS: Readonly<Record<Place['stage'], Look>> = {
  loans: async (tx, asked) => {
    const { rows, replayEvery, book } = asked;
    const context = await decisionContext(tx, book);
    const range = { after: lastId(asked), rows, replayEvery, context };
    const { verified, last } = await verifyLoans(tx, range);
    const next: Place =
      last === undefined ? { stage: 'entries', after: 0n } : { stage: 'loans', after: last };
    return { verified, next };
  },
  entries: async (tx, asked) => {
    const { verified, last } = await verifyManualEntries(tx, { after: lastId(asked), rows: asked.rows });
    const next: Place =
      last === undefined ? { stage: 'totals', after: 0n } : { stage: 'entries', after: last };
    return { verified, next };
  },
  totals: async (tx, asked) => {
    const { currency } = asked.book.config;
    const { verified, last } = await verifyTotals(tx, { after: lastId(asked), rows: asked.rows, currency });
    const next: Place =
      last === undefined ? { stage: 'counts', after: 0n } : { stage: 'totals', after: last };
    return { verified, next };
  },
  counts: async (tx) => ({
    verified: await verifyCounts(tx),
    next: { stage: 'customers', after: 0n },
  }),
  customers: async (tx, asked) => {
    const { verified, last } = await verifyCustomers(tx, { after: lastId(asked), rows: asked.rows });
    const next: Place =
      last === undefined ? { stage: 'names', after: FIRST_NAME } : { stage: 'customers', after: last };
    return { verified, next };
  },
  names: async (tx, { from, rows }) => {
    const after = typeof from.after === 'bigint' ? FIRST_NAME : from.after;
    const { verified, last } = await verifyNames(tx, { after, rows });
    return { verified, next: last && { stage: 'names', after: last } };
  },
};

const FIRST_NAME: NamePlace = { externalId: '', kind: 'customer' };
