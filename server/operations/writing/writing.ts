/**
 * The write path: every command on a loan goes through here. Commands that arrive while others are being
 * committed are committed together by the next transaction; one that finds nobody before it starts at once,
 * unless others who were answered just now are about to ask again as well.
 */
import type { Clock } from '../../clock.ts';
import type { Database } from '../../store/database.ts';
import { TemporarilyUnavailable } from '../accounts/unavailable.ts';
import type { Awaited, Command } from './command.ts';
import { openQueue } from './queue.ts';
import { openReturning } from './returning.ts';
import { openRoom } from './room.ts';
import { type Desk, type Ending, store } from './storing.ts';

export interface Writing {
  /** Resolves once the effect is stored for good. */
  submit<T>(command: Command<T>): Promise<T>;
  /** How many commands wait for their turn. */
  waiting(): number;
  /** Hears of every transaction that ended. */
  listen(listener: (ending: Ending) => void): void;
}

/** Measured: docs/decisions/0019-write-path.md. */
export const LIMITS = {
  /** Transactions at a time. */
  batches: 2,
  commandsPerBatch: 64,
  /** When a transaction is begun beside another: so many wait, and that one has taken so long by then. */
  beside: [
    { waiting: 64, milliseconds: 0 },
    { waiting: 8, milliseconds: 10 },
    { waiting: 1, milliseconds: 50 },
  ],
  /** When those who were answered together are waited for. */
  returning: { share: 0.75, ofStoring: 0.5, mostMilliseconds: 10, silenceMilliseconds: 1.5 },
  /** Commands that may wait; more are turned away. */
  waiting: 2_000,
  /** Transactions besides, of commands that fit into no batch. */
  apart: 4,
  attempts: 20,
  lockTimeoutMilliseconds: 1_000,
};
export type Limits = typeof LIMITS;

export function openWriting(
  setting: { readonly db: Database; readonly clock: Clock },
  chosen: Partial<Limits> = {},
): Writing {
  const limits = { ...LIMITS, ...chosen };
  const queue = openQueue();
  const listeners: ((ending: Ending) => void)[] = [];
  /** The transactions that are under way, the oldest first. */
  const running = new Set<{ readonly since: number }>();
  const returning = openReturning(limits.returning);
  let isDue = false;

  /** When another one is worth it (`performance.now()`): fewer are better stored with those to come. */
  const worthItAt = (): number => {
    const [oldest] = running;
    const waiting = queue.size();
    if (oldest === undefined) return waiting < limits.commandsPerBatch ? returning.patientUntil() : 0;
    const rule = limits.beside.find(({ waiting: least }) => waiting >= least);
    return rule === undefined ? 0 : oldest.since + rule.milliseconds;
  };
  const startLater = openAlarm(() => startSoon());
  const start = (): void => {
    isDue = false;
    while (running.size < limits.batches && queue.size() > 0) {
      const at = worthItAt();
      if (at > performance.now()) return void startLater(at);
      const taken = queue.take(limits.commandsPerBatch);
      if (taken.length === 0) return;
      const batch = { since: performance.now() };
      running.add(batch);
      void store(desk, taken, { lockTimeoutMilliseconds: limits.lockTimeoutMilliseconds }).finally(() => {
        running.delete(batch);
        startSoon();
      });
    }
  };
  /** Behind everything that has arrived by now, before anything else is waited for. */
  const startSoon = (): void => {
    if (!isDue) setImmediate(start);
    isDue = true;
  };
  const apart = openRoom(limits.apart);
  const waiting = (): number => queue.size() + apart.outside();
  const desk: Desk = {
    setting,
    attempts: limits.attempts,
    apart,
    release: (line, putOff) => {
      queue.release(line, putOff);
      startSoon();
    },
    // Told before anybody is answered: who asks again at once has to be counted.
    tell: (ending) => {
      if (ending.kind === 'committed' && !ending.isApart)
        returning.answered(ending.commands, ending.seconds * 1000);
      for (const listener of listeners) listener(ending);
    },
  };
  return {
    waiting,
    listen: (listener) => void listeners.push(listener),
    submit: <T>(command: Command<T>) =>
      new Promise<T>((resolve, reject) => {
        if (waiting() >= limits.waiting) throw new TemporarilyUnavailable('too many changes are waiting');
        queue.add({ command, resolve: resolve as Awaited['resolve'], reject });
        returning.came();
        startSoon();
      }),
  };
}

/** Rings once, at the earliest of the times that were asked for, as `performance.now()` counts. */
function openAlarm(ring: () => void): (at: number) => void {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  return (at) => {
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(
      () => {
        due = Number.POSITIVE_INFINITY;
        ring();
      },
      Math.max(1, Math.ceil(at - performance.now())),
    );
  };
}
