/** Which days are to be closed, each with its run: the days after the last one, in order, up to yesterday. */
import { addDays, type CivilDate, earlier } from '../../domain/date.ts';
import type { CloseOfBusinessStep } from '../../domain/decide.ts';
import { findLastRun, insertRun, type LoanRange } from '../../store/closing/runs.ts';
import { findLastLoan, replanAll } from '../../store/closing/work.ts';
import type { Tx } from '../../store/database.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { closingStepsOf } from './steps.ts';

export interface RunRequest {
  /** The account that asked; null = by itself. */
  readonly startedBy: string | null;
  /** Days after this one stay open; absent = all days that are over. */
  readonly through?: CivilDate | undefined;
}

/** Answers the days that got a run by this. The first run of a book closes yesterday only. */
export async function beginRuns(tx: Tx, book: Book, request: RunRequest): Promise<CivilDate[]> {
  const yesterday = addDays(await readBusinessDate(tx, book), -1);
  const through = request.through === undefined ? yesterday : earlier(request.through, yesterday);
  const last = await findLastRun(tx);
  const steps = closingStepsOf(book.config);
  const days: CivilDate[] = [];
  for (let day = last ? addDays(last.day, 1) : through; day <= through; day = addDays(day, 1)) {
    if (await beginRun(tx, book, { day, steps, startedBy: request.startedBy })) days.push(day);
  }
  const [first] = days;
  if (first !== undefined && last !== undefined && last.steps.join() !== steps.join())
    await replanAll(tx, first);
  return days;
}

async function beginRun(
  tx: Tx,
  book: Book,
  run: {
    readonly day: CivilDate;
    readonly steps: readonly CloseOfBusinessStep[];
    readonly startedBy: string | null;
  },
): Promise<boolean> {
  const ranges = rangesUpTo(await findLastLoan(tx));
  const begun = await insertRun(tx, { ...run, startedAt: book.clock.now(), ranges });
  if (begun)
    noteChange(tx, { kind: 'closeOfBusiness', id: run.day, before: null, after: { status: 'running' } });
  return begun;
}

/** Numbers of loans in a chunk: small enough that a lost one costs little, large enough to be few. */
const CHUNK_LOANS = 5_000n;

function rangesUpTo(lastLoan: bigint): LoanRange[] {
  const ranges: LoanRange[] = [];
  for (let after = 0n; after < lastLoan; after += CHUNK_LOANS)
    ranges.push({ after, last: after + CHUNK_LOANS });
  return ranges;
}
