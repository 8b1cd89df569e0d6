/**
 * Working off the runs of close of business, oldest day first, together with every other process that does
 * so: each takes a free chunk of the day, and when none is left one of them finishes the run. A day begins
 * when the one before it is finished.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CivilDate } from '../../domain/date.ts';
import {
  findOpenRun,
  finishRun,
  freeChunks,
  leaseChunk,
  listHolders,
  listOpenChunks,
  listRuns,
} from '../../store/closing/runs.ts';
import { countFailures, listFailures } from '../../store/closing/work.ts';
import { findLeaseOwner, giveBackLease, takeLease } from '../../store/leases.ts';
import { insertBookEvent } from '../../store/webhooks/events.ts';
import type { Book } from '../book.ts';
import { forgetAnswersDaily } from '../forgetAnswers.ts';
import { keepStandings } from '../reports/closeDay.ts';
import type { Finding } from '../verification/finding.ts';
import { holderName, isGone } from './holders.ts';
import { verifyDay } from './verifyDay.ts';
import { verifyLedger } from './verifyLedger.ts';
import { closeRange, leasing, retryOne, type Working, workChunk } from './workChunk.ts';

export interface RunFigures {
  readonly date: CivilDate;
  readonly loans: number;
  readonly accruals: number;
  readonly failures: number;
  readonly findings: number;
}

export interface RunReport extends RunFigures {
  /** The first of the findings. */
  readonly found: readonly Finding[];
}

const MOST_TOLD = 20;

export interface RunsOptions {
  readonly signal: AbortSignal;
  /** Hears of every day that this process has finished. */
  readonly report?: (report: RunReport) => void;
}

/** Returns when no run is open any more, or when it is told to stop. */
export async function workRuns(book: Book, { signal, report }: RunsOptions): Promise<void> {
  const owner = holderName();
  for (let run = await findOpenRun(book.db.read); run; run = await findOpenRun(book.db.read)) {
    const finished = await workRun({ book, owner, signal, ...run });
    if (finished) report?.(finished);
    if (signal.aborted) return;
  }
}

/**
 * Answers the report when this process finished the run, undefined when another did or it was told to stop.
 */
async function workRun(working: Working): Promise<RunReport | undefined> {
  const { book, day, signal } = working;
  for (;;) {
    await freeOfTheDead(working);
    const left = await takeChunks(working);
    if (signal.aborted) return undefined;
    if (left === 0) break;
    await pause(WAIT_MILLISECONDS);
  }
  const { now, until, owner } = leasing(working);
  const finishing = { name: finishingOf(day), owner, now, expiresAt: until };
  if (!(await takeLease(book.db.read, finishing))) {
    await pause(WAIT_MILLISECONDS);
    return undefined;
  }
  return finish(working).finally(() => giveBackLease(book.db.read, finishing.name, owner));
}

const finishingOf = (day: CivilDate): string => `close of business ${day}`;

const WAIT_MILLISECONDS = 100;

/** What was held by processes of this machine that are gone. */
async function freeOfTheDead({ book: { db }, day }: Working): Promise<void> {
  const dead = (await listHolders(db.read, day)).filter(isGone);
  if (dead.length > 0) await freeChunks(db.read, day, dead);
  const finisher = await findLeaseOwner(db.read, finishingOf(day));
  if (finisher !== undefined && isGone(finisher)) await giveBackLease(db.read, finishingOf(day), finisher);
}

/** Works off every chunk that is free; answers how many are still held by others. */
async function takeChunks(working: Working): Promise<number> {
  const { book, day, signal } = working;
  let held = 0;
  for (const chunk of spread(await listOpenChunks(book.db.read, day))) {
    if (signal.aborted) return held;
    if (await leaseChunk(book.db.read, chunk, leasing(working))) await workChunk(working, chunk);
    else held += 1;
  }
  return held;
}

/** Processes begin at different chunks, so that they rarely reach for the same one. */
function spread<T>(chunks: readonly T[]): T[] {
  const from = Math.floor(Math.random() * chunks.length);
  return [...chunks.slice(from), ...chunks.slice(0, from)];
}

const EVERYTHING = { after: 0n, last: 9_223_372_036_854_775_807n };
const MOST_RETRIES = 1_000;

/**
 * What changes made meanwhile have left to do, another try for what failed, the verification, and the end.
 */
async function finish(working: Working): Promise<RunReport | undefined> {
  const { book, day } = working;
  // Whoever waited for the lease may come behind the one that had it.
  if ((await findOpenRun(book.db.read))?.day !== day) return undefined;
  await closeRange(working, EVERYTHING, async () => {});
  for (const { loanId } of await listFailures(book.db.read, MOST_RETRIES)) await retryOne(working, loanId);
  if (working.signal.aborted) return undefined;
  // Looks at the whole book that have nothing to do with each other: the cores are free by now.
  const looks = [verifyLedger(book, day), verifyDay(book, day), keepStandings(book, day).then(() => [])];
  // None goes on behind the back of whoever tries again.
  await Promise.allSettled(looks);
  const findings = (await Promise.all(looks)).flat();
  const report = await reportOf(working, findings.length);
  const isOurs = await book.db.transaction(async (tx) => {
    const recordedAt = book.clock.now();
    if (!(await finishRun(tx, day, { findings, now: recordedAt }))) return false;
    await insertBookEvent(tx, { type: 'close_of_business.finished', recordedAt, facts: { ...report } });
    return true;
  });
  if (!isOurs) return undefined;
  await forgetAnswersDaily(book);
  return { ...report, found: findings.slice(0, MOST_TOLD) };
}

async function reportOf({ book, day }: Working, findings: number): Promise<RunFigures> {
  const [run] = await listRuns(book.db.read, { day, rows: 1 });
  const failures = await countFailures(book.db.read);
  return { date: day, loans: run?.loans ?? 0, accruals: run?.accruals ?? 0, failures, findings };
}
