/** The outbox: what is told of loans, written with the change that it tells of. */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanEventType, ToldEvent } from '../../domain/loanEvent.ts';
import { write } from '../batch/member.ts';
import { inserting } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';

const EVENTS = inserting({
  name: 'loan_event',
  columns: [
    ...['loan_id', 'version', 'position', 'type', 'transaction_id', 'business_date', 'facts', 'recorded_at'],
  ],
  keyLength: 3,
  place: 'beside the loan',
});

export interface StoredEvent {
  readonly loanId: bigint;
  /** The version of the loan that the change made. */
  readonly version: number;
  /** 1, 2, 3 ... within the version. */
  readonly position: number;
  readonly type: LoanEventType;
  readonly transactionId: bigint | null;
  readonly businessDate: CivilDate;
  readonly facts: ToldEvent['facts'];
  readonly recordedAt: Date;
}

/** Of any number of loans. */
export function insertLoanEvents(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
  const rows = events.map((event) => [
    event.loanId,
    event.version,
    event.position,
    event.type,
    event.transactionId,
    event.businessDate,
    JSON.stringify(event.facts),
    event.recordedAt,
  ]);
  return write(tx, EVENTS, rows);
}

interface EventRow {
  loan_id: bigint;
  version: number;
  position: number;
  type: LoanEventType;
  transaction_id: bigint | null;
  business_date: CivilDate;
  facts: ToldEvent['facts'];
  recorded_at: Date;
}

/** What was told of a loan, oldest first. */
export async function listLoanEvents(tx: Tx, loanId: bigint): Promise<StoredEvent[]> {
  const rows = await tx.query<EventRow>(
    'select * from loan_event where loan_id = $1 order by version, position',
    [loanId],
  );
  return rows.map((row) => ({
    loanId: row.loan_id,
    version: row.version,
    position: row.position,
    type: row.type,
    transactionId: row.transaction_id,
    businessDate: row.business_date,
    facts: row.facts,
    recordedAt: row.recorded_at,
  }));
}
