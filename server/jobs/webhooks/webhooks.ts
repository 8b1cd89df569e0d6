/**
 * Sending webhooks: one process at a time does it, under a lease that another takes over when it dies. Each
 * endpoint is served by itself, so one that is slow or down keeps nobody else waiting.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { giveBackLease, takeLease } from '../../store/leases.ts';
import { readRunning } from '../../store/ledger/closures.ts';
import { listReceivers } from '../../store/webhooks/endpoints.ts';
import { findCursor } from '../../store/webhooks/events.ts';
import { type Delivering, deliverRound, type Receiver } from './deliver.ts';
import { dispatch } from './dispatch.ts';

const LEASE = 'webhooks';
const LEASE_MILLISECONDS = 30_000;
const TICK_MILLISECONDS = 500;

export interface Working extends Delivering {
  /** Hears of failures; the work goes on at the next tick. */
  readonly onFailure: (error: unknown) => void;
}

export interface Running {
  /** Begins nothing new and waits for the messages on their way. */
  stop(): Promise<void>;
}

export function startWebhooks(working: Working): Running {
  const owner = randomUUID();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const busy = new Map<bigint, Promise<void>>();
  let isHolder = false;
  const mayGoOn = (): boolean => isHolder && !isStopping();

  const serve = async (receiver: Receiver): Promise<void> => {
    try {
      await deliverAll(working, receiver, mayGoOn);
    } catch (error) {
      working.onFailure(error);
    } finally {
      busy.delete(receiver.id);
    }
  };

  /** Whoever cannot say that it holds the lease stops sending: another may have it by now. */
  const hold = async (): Promise<boolean> => {
    isHolder = await holdLease(working, owner).catch((error: unknown) => {
      isHolder = false;
      throw error;
    });
    return isHolder;
  };

  const tick = async (): Promise<void> => {
    while ((await hold()) && !isStopping() && (await dispatch(working)));
    if (!mayGoOn()) return;
    const receivers = await listReceivers(working.db.read);
    for (const receiver of receivers)
      if (!isStopping() && !busy.has(receiver.id)) busy.set(receiver.id, serve(receiver));
  };

  const loop = async (): Promise<void> => {
    while (!isStopping()) {
      await tick().catch(working.onFailure);
      await pause(TICK_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await Promise.all(busy.values());
    await giveBackLease(working.db.read, LEASE, owner).catch(working.onFailure);
  };

  const ended = loop();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** Everything that has happened and is due, for tests with a clock of their own: no timers, no lease. */
export async function sendWebhooksNow(delivering: Delivering): Promise<void> {
  const { db } = delivering;
  const { next } = await readRunning(db.read);
  while ((await dispatch(delivering)) || ((await findCursor(db.read)) ?? 0n) < next) await pause(5);
  const receivers = await listReceivers(db.read);
  await Promise.all(receivers.map((receiver) => deliverAll(delivering, receiver, () => true)));
}

async function deliverAll(delivering: Delivering, receiver: Receiver, mayGoOn: () => boolean): Promise<void> {
  let standing: Receiver | undefined = receiver;
  while (standing && mayGoOn()) {
    if ((await deliverRound(delivering, standing)) === 0) return;
    // It may have been changed, disabled or put to rest meanwhile.
    const receivers: Receiver[] = await listReceivers(delivering.db.read);
    standing = receivers.find(({ id }) => id === receiver.id);
  }
}

function holdLease({ db, clock }: Delivering, owner: string): Promise<boolean> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + LEASE_MILLISECONDS);
  return takeLease(db.read, { name: LEASE, owner, now, expiresAt });
}
