/**
 * Removes what happened long ago, was told, and waits for nobody: an event together with its messages, so
 * that an event which is still there is never taken for one that was not told yet.
 */
import type { Tx } from '../database.ts';
import { type Counted, recountDeliveries } from './counts.ts';
import type { EventPlace } from './deliveries.ts';

/** Where the last step ended; the start for the first one. */
export interface OldEvent extends EventPlace {
  readonly recordedAt: Date;
}

export const OLDEST: OldEvent = { loanId: 0n, seq: 0n, recordedAt: new Date(0) };

export interface Step {
  readonly before: Date;
  readonly after: OldEvent;
  readonly most: number;
}

const SEQ = 'version::bigint * 1000 + position';
/** Those that became messages, or were passed over because nobody listened. */
const IS_TOLD = 'writer < (select writer from webhook_cursor where id = 1)';

interface OldRow {
  loan_id: bigint;
  seq: bigint;
  recorded_at: Date;
}

const toOld = ({ loan_id: loanId, seq, recorded_at: recordedAt }: OldRow): OldEvent => ({
  loanId,
  seq,
  recordedAt,
});

/** Events of loans recorded before an instant, the oldest first. */
export async function listOldLoanEvents(tx: Tx, { before, after, most }: Step): Promise<OldEvent[]> {
  const rows = await tx.query<OldRow>(
    `select loan_id, ${SEQ} as seq, recorded_at from loan_event
     where recorded_at < $1 and (recorded_at, loan_id) >= ($2, $3) and ${IS_TOLD}
       and (recorded_at, loan_id, ${SEQ}) > ($2, $3, $4)
     order by recorded_at, loan_id, ${SEQ} limit $5`,
    [before, after.recordedAt, after.loanId, after.seq, most],
  );
  return rows.map(toOld);
}

/** The same of events about no loan. */
export async function listOldBookEvents(tx: Tx, { before, after, most }: Step): Promise<OldEvent[]> {
  const rows = await tx.query<OldRow>(
    `select 0::bigint as loan_id, seq, recorded_at from book_event
     where seq > $2 and recorded_at < $1 and ${IS_TOLD} order by seq limit $3`,
    [before, after.seq, most],
  );
  return rows.map(toOld);
}

/**
 * Removes these events with their messages; those that wait, or were tried since `before`, stay with their
 * event. Answers how many events are gone.
 */
export async function forgetEvents(
  tx: Tx,
  events: readonly OldEvent[],
  { before }: Pick<Step, 'before'>,
): Promise<number> {
  if (events.length === 0) return 0;
  const places = [events.map(({ loanId }) => loanId), events.map(({ seq }) => seq)] as const;
  const removed = await tx.query<Counted>(
    `delete from webhook_delivery d
     where loan_id = any($1) and (loan_id, event_seq) in (select * from unnest($1::bigint[], $2::bigint[]))
       and status <> 'pending' and (tried_at is null or tried_at < $3) and not exists (
         select from webhook_delivery e where e.loan_id = any($1) and e.loan_id = d.loan_id
           and e.event_seq = d.event_seq and (e.status = 'pending' or e.tried_at >= $3))
     returning endpoint_id as "endpointId", status`,
    [...places, before],
  );
  await recountDeliveries(tx, { from: removed });
  const isOfBook = events[0]?.loanId === 0n;
  const gone = await tx.query(
    isOfBook ? FORGET_BOOK_EVENTS : FORGET_LOAN_EVENTS,
    isOfBook ? [places[1]] : places,
  );
  return gone.length;
}

const FORGET_LOAN_EVENTS = `delete from loan_event e
  where loan_id = any($1) and (loan_id, ${SEQ}) in (select * from unnest($1::bigint[], $2::bigint[]))
    and not exists (select from webhook_delivery d where d.loan_id = any($1) and d.loan_id = e.loan_id
      and d.event_seq = e.version::bigint * 1000 + e.position)
  returning loan_id`;

const FORGET_BOOK_EVENTS = `delete from book_event e
  where seq = any($1)
    and not exists (select from webhook_delivery d where d.loan_id = 0 and d.event_seq = e.seq)
  returning seq`;

/** Messages that wait for an endpoint that was deleted wait for nothing; answers how many there were. */
export async function cancelOrphans(tx: Tx, most: number): Promise<number> {
  const gone = await tx.query<{ id: bigint }>('select id from webhook_endpoint where deleted_at is not null');
  let cancelled = 0;
  for (const { id: endpointId } of gone) {
    const [last] = await tx.query<{ id: bigint | null }>(
      `select max(id) as id from (
         select id from webhook_delivery where endpoint_id = $1 and status = 'pending' order by id limit $2
       ) as first`,
      [endpointId, most - cancelled],
    );
    const rows = await tx.query<Counted>(
      `update webhook_delivery set status = 'cancelled'
       where endpoint_id = $1 and status = 'pending' and id <= $2 returning endpoint_id as "endpointId", status`,
      [endpointId, last?.id ?? 0n],
    );
    const from = rows.map((): Counted => ({ endpointId, status: 'pending' }));
    await recountDeliveries(tx, { from, to: rows });
    cancelled += rows.length;
    if (cancelled >= most) break;
  }
  return cancelled;
}
