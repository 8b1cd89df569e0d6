/**
 * Several commands in one transaction: their loans are read together, each is decided in memory, what
 * all of them write goes out in a few statements, and nobody hears of anything before COMMIT. A command that
 * refuses or fails leaves nothing behind and harms nobody.
 */
import type { Clock } from '../../clock.ts';
import { Refusal } from '../../domain/refusal.ts';
import { type Line, NeedsOwnTransaction, openMember } from '../../store/batch/member.ts';
import { openReadings } from '../../store/batch/readings.ts';
import { openWriteSet } from '../../store/batch/writeSet.ts';
import type { Database, Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import { holdLoans } from '../../store/loans/loans.ts';
import type { Draft } from '../audit/lanes.ts';
import { type Append, audited, draftsOf } from '../audit/recorded.ts';
import { openTrail } from '../audit/trail.ts';
import type { Awaited, Command } from './command.ts';
import type { Taken } from './queue.ts';

/** What has become of a command; `alone`: only a transaction of its own can take it. */
export type Outcome = { readonly result: unknown } | { readonly error: unknown } | 'alone' | 'put off';

/** The outcomes of one line, in the order of its commands. */
export interface Ended {
  readonly taken: Taken;
  readonly outcomes: readonly (readonly [Awaited, Outcome])[];
}

export interface Setting {
  readonly db: Database;
  readonly clock: Clock;
}

export interface LockLimit {
  /** How long a statement may wait for a lock; absent: as long as any statement may take. */
  readonly lockTimeoutMilliseconds?: number;
}

/**
 * Fails as a whole, with nothing stored, when the database or another writer is in the way of any of them.
 */
export function runTogether(
  { db, clock }: Setting,
  taken: readonly Taken[],
  { lockTimeoutMilliseconds }: LockLimit,
): Promise<Ended[]> {
  const work = async (tx: Tx, append: Append): Promise<Ended[]> => {
    // Not waited for: what follows comes behind it on the same connection.
    const held = holdLoans(tx, loansIn(taken));
    const readings = openReadings(tx);
    // Whoever needs what could not be read hears of it when it asks.
    for (const { lookup, key } of taken.flatMap(readsOf)) readings.find(lookup, key).catch(() => {});
    const lines = taken.map((each) => openLine(each, { whole: tx, readings, writes: openWriteSet() }));
    const [ended] = await Promise.all([Promise.all(lines.map((line) => runLine(line, clock))), held]);
    const writes = openWriteSet();
    for (const line of lines) writes.addAll(line.writes);
    // None of it is waited for: COMMIT leaves with it.
    writes.send(tx);
    await append(lines.flatMap((line) => line.drafts));
    return ended;
  };
  return audited(db, work, {
    heads: 'known',
    conflicts: 'thrown',
    plans: 'once',
    ...(lockTimeoutMilliseconds !== undefined && { lockTimeoutMilliseconds }),
  });
}

/** Loans that are there already: their lines go by their numbers. */
const loansIn = (taken: readonly Taken[]): bigint[] =>
  taken.flatMap(({ line }) => (typeof line === 'bigint' ? [line] : []));

const readsOf = ({ commands }: Taken) => commands.flatMap(({ command }) => command.reads ?? []);

interface RunningLine extends Line {
  readonly taken: Taken;
  readonly drafts: Draft[];
}

const openLine = (taken: Taken, { whole, readings, writes }: Line): RunningLine => ({
  whole,
  readings,
  writes,
  taken,
  drafts: [],
});

async function runLine(line: RunningLine, clock: Clock): Promise<Ended> {
  const outcomes: [Awaited, Outcome][] = [];
  for (const awaited of line.taken.commands) {
    const isHeldUp = outcomes.some(([, outcome]) => outcome === 'alone');
    outcomes.push([awaited, isHeldUp ? 'put off' : await outcomeOf(line, awaited.command, clock)]);
  }
  return { taken: line.taken, outcomes };
}

async function outcomeOf(line: RunningLine, command: Command<unknown>, clock: Clock): Promise<Outcome> {
  const { work, refused } = command;
  const first = await outcomeOfWork(line, { command, work, clock });
  if (refused === undefined || typeof first === 'string' || !('error' in first)) return first;
  const { error } = first;
  if (!(error instanceof Refusal)) return first;
  return outcomeOfWork(line, { command, work: (tx) => refused(tx, error), clock });
}

interface Attempt {
  readonly command: Command<unknown>;
  readonly work: Command<unknown>['work'];
  readonly clock: Clock;
}

async function outcomeOfWork(line: RunningLine, { command, work, clock }: Attempt): Promise<Outcome> {
  const member = openMember(line);
  const changes = openTrail(member.tx);
  try {
    const result = await work(member.tx);
    member.keep();
    if (changes.length > 0) line.drafts.push(...draftsOf(changes, command.by, clock.now()));
    return { result };
  } catch (error) {
    const isForItself = error instanceof NeedsOwnTransaction || error instanceof LostVersion;
    return isForItself ? 'alone' : { error };
  }
}
