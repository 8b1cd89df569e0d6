/**
 * Storing what was taken out of the queue, until everybody who waits has heard how it ended.
 *
 * What cannot be stored together is taken apart: a batch that meets another writer, or in which a command
 * breaks a rule of the database, is undone, halved and run again, until the one in question is alone with it.
 * Commands that would have to wait for a lock are run apart, so that the others need not wait with them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import {
  DatabaseUnavailable,
  isCutOff,
  isLockTimeout,
  isOvertaken,
  isUnavailable,
} from '../../store/failure.ts';
import { holdLoans } from '../../store/loans/loans.ts';
import { change } from '../change.ts';
import type { Awaited } from './command.ts';
import type { Taken } from './queue.ts';
import type { Room } from './room.ts';
import { type Ended, type LockLimit, runTogether, type Setting } from './together.ts';

/** What storing works with. */
export interface Desk {
  readonly setting: Setting;
  /** How often a line is run that meets other writers every time. */
  readonly attempts: number;
  readonly apart: Room;
  /** A line is done with; what was put off goes back into it. */
  release(line: unknown, putOff: readonly Awaited[]): void;
  tell(ending: Ending): void;
}

/** How a transaction ended. */
export interface Ending {
  readonly kind: 'committed' | 'undone';
  /** Those that are answered now; of one that was undone, all that were in it. */
  readonly commands: number;
  readonly seconds: number;
  /** It waited for locks, beside the batches. */
  readonly isApart: boolean;
}

/** Never fails: who waits hears of everything. */
export async function store(
  desk: Desk,
  taken: readonly Taken[],
  limit: LockLimit & { readonly attempt?: number },
): Promise<void> {
  const since = performance.now();
  const isApart = limit.lockTimeoutMilliseconds === undefined;
  const tell = (kind: Ending['kind'], commands: number): void =>
    desk.tell({ kind, commands, seconds: (performance.now() - since) / 1000, isApart });
  try {
    const ended = await runTogether(desk.setting, taken, limit);
    tell('committed', ended.flatMap(({ outcomes }) => outcomes).filter(isAnswer).length);
    for (const line of ended) settle(desk, line);
  } catch (error) {
    tell('undone', taken.flatMap(({ commands }) => commands).length);
    await recover(desk, taken, { error, limit });
  }
}

const isAnswer = ([, outcome]: Ended['outcomes'][number]): boolean =>
  outcome !== 'alone' && outcome !== 'put off';

function settle(desk: Desk, { taken, outcomes }: Ended): void {
  const { line, rest = [] } = taken;
  const putOff: Awaited[] = [];
  let alone: Awaited | undefined;
  for (const [awaited, outcome] of outcomes) {
    if (outcome === 'alone') alone = awaited;
    else if (outcome === 'put off') putOff.push(awaited);
    else if ('error' in outcome) awaited.reject(outcome.error);
    else awaited.resolve(outcome.result);
  }
  const release = (): void => desk.release(line, [...putOff, ...rest]);
  const last = alone;
  if (last === undefined) release();
  else void desk.apart.enter(() => storeAlone(desk.setting, last)).then(release);
}

async function storeAlone(setting: Setting, { command, resolve, reject }: Awaited): Promise<void> {
  const { by, line, refused } = command;
  const work = async (tx: Tx): Promise<unknown> => {
    if (typeof line === 'bigint') await holdLoans(tx, [line]);
    return command.work(tx);
  };
  const run = async (): Promise<unknown> => {
    try {
      return await change(setting, by, work);
    } catch (error) {
      if (!(error instanceof Refusal) || refused === undefined) throw error;
      return change(setting, by, (tx) => refused(tx, error));
    }
  };
  await run().then(resolve, reject);
}

/** How often a batch whose connection was cut is run on another one. */
const FRESH_CONNECTIONS = 2;

interface Failure {
  readonly error: unknown;
  readonly limit: LockLimit & { readonly attempt?: number };
}

async function recover(desk: Desk, taken: readonly Taken[], { error, limit }: Failure): Promise<void> {
  const { attempt = 1 } = limit;
  if (isCutOff(error) && attempt <= FRESH_CONNECTIONS)
    return store(desk, taken, { ...limit, attempt: attempt + 1 });
  if (isUnavailable(error)) return refuseAll(desk, taken, error);
  if (isLockTimeout(error)) return waitApart(desk, taken);
  if (taken.length === 1 && isOvertaken(error)) return runAgain(desk, taken, { error, limit });
  const [first, second] = halvesOf(taken);
  if (first === undefined) return refuseAll(desk, taken, error);
  const { attempt: _, ...again } = limit;
  await store(desk, first, again);
  if (second) await store(desk, second, again);
}

/** One line that another process was quicker on: what that did is read, and the line decided anew. */
async function runAgain(desk: Desk, taken: readonly Taken[], { error, limit }: Failure): Promise<void> {
  const { attempt = 1, ...again } = limit;
  if (attempt === desk.attempts) {
    const [front] = halvesOf(taken);
    if (front) return store(desk, front, again);
    return refuseAll(desk, taken, new DatabaseUnavailable('too many writers', { cause: error }));
  }
  await pause(Math.random() * Math.min(100, 2 ** attempt));
  return store(desk, taken, { ...limit, attempt: attempt + 1 });
}

/** Half of the lines and the other half; of a single line the front, and the rest behind it. */
function halvesOf(taken: readonly Taken[]): (readonly Taken[])[] {
  const middle = taken.length >> 1;
  if (middle > 0) return [taken.slice(0, middle), taken.slice(middle)];
  return taken.flatMap(({ line, commands, rest = [] }) => {
    const half = commands.length >> 1;
    if (half === 0) return [];
    return [[{ line, commands: commands.slice(0, half), rest: [...commands.slice(half), ...rest] }]];
  });
}

/** Each line by itself, and as long as the database lets it wait. */
function waitApart(desk: Desk, taken: readonly Taken[]): void {
  for (const line of taken) void desk.apart.enter(() => store(desk, [line], {}));
}

function refuseAll(desk: Desk, taken: readonly Taken[], error: unknown): void {
  for (const { line, commands, rest = [] } of taken) {
    for (const { reject } of commands) reject(error);
    desk.release(line, rest);
  }
}
