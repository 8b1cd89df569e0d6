/**
 * One chunk of a run: its loans that have something to do, a few at a time, each in a change of its own, so
 * that one that fails harms no other. What is done is done: whoever takes up the chunk after a crash finds
 * only what is left.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { CloseOfBusinessStep } from '../../domain/decide.ts';
import { Refusal } from '../../domain/refusal.ts';
import {
  type Chunk,
  countInChunk,
  type LoanRange,
  leaseChunk,
  settleChunk,
} from '../../store/closing/runs.ts';
import { deleteFailure, listLoansWithWork, saveFailure } from '../../store/closing/work.ts';
import { isUnavailable } from '../../store/failure.ts';
import { changeInTurn } from '../answerOnce.ts';
import { bySystem } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { accrueQuietly } from './accrueQuietly.ts';
import { closeLoan } from './closeLoan.ts';

export interface Working {
  readonly book: Book;
  readonly owner: string;
  readonly day: CivilDate;
  readonly steps: readonly CloseOfBusinessStep[];
  readonly signal: AbortSignal;
}

/** A process that says nothing for so long is taken for dead (sooner by those on its machine: holders.ts). */
const LEASE_MILLISECONDS = 60_000;

export const leasing = ({ book, owner }: Pick<Working, 'book' | 'owner'>) => {
  const now = book.clock.now();
  return { owner, now, until: new Date(now.getTime() + LEASE_MILLISECONDS) };
};

/** Answers false when it was told to stop before the end; the chunk is then free for others. */
export async function workChunk(working: Working, chunk: Chunk): Promise<boolean> {
  const { book, owner, signal } = working;
  await accrueQuietly(book, chunk, { signal, between: () => hold(working, chunk) });
  await closeRange(working, chunk, async (loans) => {
    await countInChunk(book.db.read, chunk, { loans });
    await hold(working, chunk);
  });
  const finishedAt = signal.aborted ? null : book.clock.now();
  await settleChunk(book.db.read, chunk, { owner, finishedAt });
  return finishedAt !== null;
}

async function hold(working: Working, chunk: Chunk): Promise<void> {
  if (await leaseChunk(working.book.db.read, chunk, leasing(working))) return;
  throw new Error(`chunk ${chunk.bucket} of ${chunk.day} was taken by another process`);
}

/** Changes that wait for the write path, which stores them together; few enough to let calls in between. */
const AT_A_TIME = 64;
/** So that few are left over for a round of their own. */
const BATCH = 4 * AT_A_TIME;

/** `between` hears after every batch how many loans of it were closed. */
export async function closeRange(
  working: Working,
  range: LoanRange,
  between: (closed: number) => Promise<void>,
): Promise<void> {
  const { book, day, signal } = working;
  for (let after = range.after; !signal.aborted; ) {
    const ids = await listLoansWithWork(book.db.read, { after, last: range.last, day, rows: BATCH });
    if (ids.length === 0) return;
    await between(await closeAll(working, ids));
    if (ids.length < BATCH) return;
    after = ids.at(-1) ?? after;
  }
}

async function closeAll(working: Working, ids: readonly bigint[]): Promise<number> {
  const waiting = [...ids];
  let closed = 0;
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined && !working.signal.aborted; id = waiting.shift())
      if (await closeOne(working, id)) closed += 1;
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return closed;
}

/** Answers false when the loan could not be closed: then it is noted, and tried again later. */
export async function closeOne({ book, day, steps }: Working, loanId: bigint): Promise<boolean> {
  try {
    const by = bySystem('closeOfBusiness');
    await changeInTurn(book, { loanId, by }, (tx) => closeLoan(tx, book, { loanId, day, steps }));
    return true;
  } catch (error) {
    // The database is away: that is not the loan's fault, and would be found of every one.
    if (isUnavailable(error)) throw error;
    await saveFailure(book.db.read, { loanId, day, reason: reasonOf(error), now: book.clock.now() });
    return false;
  }
}

/** A loan that failed before and was closed now is no failure any more. */
export async function retryOne(working: Working, loanId: bigint): Promise<boolean> {
  const isClosed = await closeOne(working, loanId);
  if (isClosed) await deleteFailure(working.book.db.read, loanId);
  return isClosed;
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return `${error.code}: ${error.message}`;
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
