/**
 * From events to messages: each event becomes one message for every endpoint that hears of it. Events are
 * read in the order of the transactions that wrote them, up to the oldest one that still runs, so none is
 * passed over; done again after a crash the same messages come out, which exist already.
 */
import { hears } from '../../domain/webhook.ts';
import type { Book } from '../../operations/book.ts';
import { readRunning } from '../../store/ledger/closures.ts';
import { insertDeliveries, type NewDelivery } from '../../store/webhooks/deliveries.ts';
import { listReceivers, type WebhookEndpoint } from '../../store/webhooks/endpoints.ts';
import {
  findCursor,
  findWriterAfter,
  listEventsWritten,
  moveCursor,
  type NoticedEvent,
} from '../../store/webhooks/events.ts';

const MOST_AT_ONCE = 2_000;

/** One step; answers whether there may be more to do. */
export async function dispatch({ db, clock }: Pick<Book, 'db' | 'clock'>): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { oldest, next } = await readRunning(tx);
    const cursor = await findCursor(tx);
    const receivers = await listReceivers(tx);
    // Nobody listens, or nobody did so far: what was is not told afterwards.
    if (cursor === undefined || receivers.length === 0) {
      if (cursor !== oldest) await moveCursor(tx, oldest);
      return false;
    }
    const from = startOf(cursor, next);
    if (from >= oldest) return false;
    const stop = await findWriterAfter(tx, { from, events: MOST_AT_ONCE });
    const till = stop === undefined || stop >= oldest ? oldest : beyond(stop, from);
    const events = await listEventsWritten(tx, { from, till });
    await insertDeliveries(tx, messagesOf(events, receivers), clock.now());
    await moveCursor(tx, till);
    return till < oldest;
  });
}

/** A book restored into another cluster counts its transactions anew: then everything is looked at again. */
const startOf = (cursor: bigint, next: bigint): bigint => (cursor > next ? 0n : cursor);

/** One transaction may have written more than a step's worth of events. */
const beyond = (stop: bigint, from: bigint): bigint => (stop > from ? stop : stop + 1n);

/** What happened before an endpoint was made is not told to it. */
const messagesOf = (events: readonly NoticedEvent[], receivers: readonly WebhookEndpoint[]): NewDelivery[] =>
  receivers.flatMap(({ id: endpointId, eventTypes, createdAt }) =>
    events
      .filter(({ type, recordedAt }) => hears(eventTypes, type) && recordedAt >= createdAt)
      .map(({ loanId, seq, type }) => ({ loanId, seq, type, endpointId })),
  );
