/**
 * Sending webhooks: one process at a time does it, under a lease that another takes over when it dies. Each
 * endpoint has a lane of its own, so one that is slow or down keeps nobody else waiting; events become
 * messages beside them.
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { giveBackLease, takeLease } from '../../store/leases.ts';
import { readRunning } from '../../store/ledger/closures.ts';
import { listReceivers } from '../../store/webhooks/endpoints.ts';
import { findCursor } from '../../store/webhooks/events.ts';
import type { Delivering } from './deliver.ts';
import { dispatch } from './dispatch.ts';
import { type Lane, openLane } from './lane.ts';
import { openOutcomes } from './outcomes.ts';
import { secretOpener } from './secrets.ts';

const LEASE = 'webhooks';
const LEASE_MILLISECONDS = 30_000;
const TICK_MILLISECONDS = 500;
/** A receiver that does not answer is not to hold up a process that stops, nor keep its lease from others. */
const PATIENCE_MILLISECONDS = 5_000;

export interface Working extends Delivering {
  /** Hears of failures; the work goes on at the next tick. */
  readonly onFailure: (error: unknown) => void;
}

export interface Running {
  /** Begins nothing new and waits a little for the messages on their way; the others are sent again. */
  stop(): Promise<void>;
}

export function startWebhooks(working: Working): Running {
  const owner = randomUUID();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let isHolder = false;

  /** Whoever cannot say that it holds the lease stops sending: another may have it by now. */
  const hold = async (): Promise<boolean> => {
    isHolder = await holdLease(working, owner).catch((error: unknown) => {
      isHolder = false;
      throw error;
    });
    return isHolder && !isStopping();
  };
  const cutting = new AbortController();
  // Each message under way listens.
  setMaxListeners(0, cutting.signal);
  const lanes = openLanes({ ...working, cutShort: cutting.signal }, () => isHolder && !isStopping());

  const tell = async (): Promise<void> => {
    while ((await hold()) && (await dispatch(working)));
  };
  const serve = async (): Promise<void> => {
    if (await hold()) await lanes.look();
  };
  const repeat = async (work: () => Promise<void>): Promise<void> => {
    while (!isStopping()) {
      await work().catch(working.onFailure);
      await pause(TICK_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const ended = Promise.all([repeat(tell), repeat(serve)])
    .then(() => {
      setTimeout(() => cutting.abort(), PATIENCE_MILLISECONDS).unref();
      return lanes.ended();
    })
    .then(() => giveBackLease(working.db.read, LEASE, owner).catch(working.onFailure));
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

interface Lanes {
  /** Has every receiver served. */
  look(): Promise<void>;
  /** Waits for what is under way. */
  ended(): Promise<void>;
}

function openLanes(working: Working, mayGoOn: () => boolean): Lanes {
  const { db, config, onFailure } = working;
  const outcomes = openOutcomes(db);
  const work = { ...working, outcomes, openSecret: secretOpener(config.keySecret), mayGoOn };
  const open = new Map<bigint, { readonly lane: Lane; readonly done: Promise<void> }>();
  return {
    look: async () => {
      const receivers = new Map((await listReceivers(db.read)).map((each) => [each.id, each]));
      for (const [id, { lane }] of open) lane.look(receivers.get(id));
      for (const receiver of receivers.values()) {
        if (open.has(receiver.id) || !mayGoOn()) continue;
        const lane = openLane(work, receiver);
        const done = lane.ended.catch(onFailure).finally(() => open.delete(receiver.id));
        open.set(receiver.id, { lane, done });
      }
    },
    ended: async () => void (await Promise.all([...open.values()].map(({ done }) => done))),
  };
}

/** Everything that has happened and is due, for tests with a clock of their own: no timers, no lease. */
export async function sendWebhooksNow(delivering: Delivering): Promise<void> {
  const { db, config } = delivering;
  const { next } = await readRunning(db.read);
  while ((await dispatch(delivering)) || ((await findCursor(db.read)) ?? 0n) < next) await pause(5);
  const outcomes = openOutcomes(db);
  const work = {
    ...{ ...delivering, outcomes, openSecret: secretOpener(config.keySecret), mayGoOn: () => true },
  };
  const receivers = await listReceivers(db.read);
  await Promise.all(receivers.map((receiver) => openLane(work, receiver).ended));
}

function holdLease({ db, clock }: Delivering, owner: string): Promise<boolean> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + LEASE_MILLISECONDS);
  return takeLease(db.read, { name: LEASE, owner, now, expiresAt });
}
