/**
 * The delivery log and the events behind it do not have to be kept for ever. In small steps, each a short
 * transaction with a rest behind it, so that nobody is held up; may be stopped anywhere and run again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../store/database.ts';
import {
  cancelOrphans,
  forgetEvents,
  listOldBookEvents,
  listOldLoanEvents,
  OLDEST,
} from '../../store/webhooks/forgetting.ts';
import { oldestKept } from './messages.ts';

export interface ForgettingMessages {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'webhookLogDays'>;
  /** Asked before each step. */
  readonly mayGoOn: () => Promise<boolean>;
}

const MOST_AT_ONCE = 500;
const REST_MILLISECONDS = 20;

/** Removes what the settings do not want to be kept any more; answers how many events are gone. */
export async function forgetMessages(forgetting: ForgettingMessages): Promise<number> {
  const { db, mayGoOn } = forgetting;
  while ((await mayGoOn()) && (await db.transaction((tx) => cancelOrphans(tx, MOST_AT_ONCE))) > 0)
    await pause(REST_MILLISECONDS);
  const before = oldestKept(forgetting);
  if (before === null) return 0;
  const ofLoans = await forgetOld(forgetting, before, listOldLoanEvents);
  return ofLoans + (await forgetOld(forgetting, before, listOldBookEvents));
}

async function forgetOld(
  { db, mayGoOn }: ForgettingMessages,
  before: Date,
  list: typeof listOldLoanEvents,
): Promise<number> {
  let gone = 0;
  let after = OLDEST;
  while (await mayGoOn()) {
    const events = await list(db.read, { before, after, most: MOST_AT_ONCE });
    gone += await db.transaction((tx) => forgetEvents(tx, events, { before }));
    after = events.at(-1) ?? after;
    if (events.length < MOST_AT_ONCE) break;
    await pause(REST_MILLISECONDS);
  }
  return gone;
}
