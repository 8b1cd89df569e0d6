/**
 * The write path: every command on a loan goes through here. Commands that arrive while others are being
 * committed are committed together by the next transaction; one that finds nobody before it starts at once.
 */
import type { Clock } from '../../clock.ts';
import type { Database } from '../../store/database.ts';
import { TemporarilyUnavailable } from '../accounts/unavailable.ts';
import type { Awaited, Command } from './command.ts';
import { openQueue } from './queue.ts';
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
  /** A transaction beside another is for so many, or for those that this one keeps waiting for so long. */
  worthBeside: 64,
  patienceMilliseconds: 50,
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
  let running = 0;
  let isDue = false;
  let startedAt = 0;

  /** Fewer are better stored together with those that come meanwhile. */
  const isWorthIt = (): boolean =>
    running === 0 ||
    queue.size() >= limits.worthBeside ||
    performance.now() - startedAt >= limits.patienceMilliseconds;
  const startLater = openAlarm(limits.patienceMilliseconds, () => start());
  const start = (): void => {
    isDue = false;
    while (running < limits.batches) {
      if (!isWorthIt()) {
        if (queue.size() > 0) startLater();
        return;
      }
      const taken = queue.take(limits.commandsPerBatch);
      if (taken.length === 0) return;
      running += 1;
      startedAt = performance.now();
      void store(desk, taken, { lockTimeoutMilliseconds: limits.lockTimeoutMilliseconds }).finally(() => {
        running -= 1;
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
    tell: (ending) => {
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
        startSoon();
      }),
  };
}

/** Rings once, so long after it was set, however often it is set meanwhile. */
function openAlarm(milliseconds: number, ring: () => void): () => void {
  let isSet = false;
  return () => {
    if (isSet) return;
    isSet = true;
    setTimeout(() => {
      isSet = false;
      ring();
    }, milliseconds);
  };
}
