/** What a book holds of its loans, read from their rows in few statements: a year of accruals is a lot. */
import type { Database } from '../../server/store/database.ts';

/** Money that a report counts, as it was booked. */
export interface Movement {
  readonly type: 'repayment' | 'downPayment' | 'disbursement' | 'writeOff' | 'chargeOff';
  readonly date: string;
  readonly amount: number;
  readonly principal: number;
}

const MOVEMENTS: readonly Movement['type'][] = [
  ...(['repayment', 'downPayment', 'disbursement'] as const),
  ...(['writeOff', 'chargeOff'] as const),
];

export interface RowsOfLoan {
  readonly name: string;
  /** By part of the loan: a digest of its rows, without global numbers and the instants of this machine. */
  readonly digests: Readonly<Record<'document' | 'transactions' | 'journal' | 'events', string>>;
  readonly transactions: number;
  /** Those that were not reversed. */
  readonly movements: readonly Movement[];
}

const LOANS_TOGETHER = 500;

export async function* readRows(db: Database): AsyncGenerator<RowsOfLoan> {
  for (let after = 0n; ; ) {
    const loans = await db.read.query<{ id: bigint }>(
      'select id from loan where id > $1 and deleted_at is null order by id limit $2',
      [after, LOANS_TOGETHER],
    );
    yield* await readTogether(
      db,
      loans.map(({ id }) => id),
    );
    const last = loans.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

interface DigestRow {
  id: bigint;
  name: string;
  transactions: bigint;
  document: string;
  history: string;
  journal: string;
  events: string;
}

const digestOf = (columns: string, order: string): string =>
  `md5(string_agg(concat_ws(' ', ${columns}), '|' order by ${order}))`;

const DIGESTS = `
  select id, external_id as name, md5(state::text) as document, count as transactions,
    history.digest as history, journal.digest as journal, events.digest as events
  from loan
    join lateral (
      select count(*), ${digestOf(
        `seq, type, transaction_date, submitted_on, amount, principal, interest, fees, penalties, overpaid,
         reversal, details, idempotency_key, quiet`,
        'seq',
      )} as digest
      from loan_transaction where loan_id = loan.id
    ) as history on true
    join lateral (
      select ${digestOf(
        'entry_seq, line, transaction_seq, debit_account, credit_account, amount, entry_date',
        'entry_seq, line',
      )} as digest
      from journal_entry where loan_id = loan.id
    ) as journal on true
    join lateral (
      select ${digestOf('version, position, type, business_date', 'version, position')} as digest
      from loan_event where loan_id = loan.id
    ) as events on true
  where id = any($1) order by id`;

async function readTogether({ read }: Database, ids: readonly bigint[]): Promise<RowsOfLoan[]> {
  const digests = await read.query<DigestRow>(DIGESTS, [ids]);
  const rows = await read.query<
    Record<'type' | 'date', string> & Record<'id' | 'amount' | 'principal', bigint>
  >(
    `select loan_id as id, type, transaction_date as date, amount, principal from loan_transaction
     where loan_id = any($1) and type = any($2) and reversal = 'none' order by loan_id, seq`,
    [ids, MOVEMENTS],
  );
  const movements = new Map<bigint, Movement[]>(ids.map((id) => [id, []]));
  for (const { id, type, date, amount, principal } of rows)
    movements.get(id)?.push({
      type: type as Movement['type'],
      date,
      amount: Number(amount) / 100,
      principal: Number(principal) / 100,
    });
  return digests.map(({ id, name, transactions, document, history, journal, events }) => ({
    name,
    digests: { document, transactions: history, journal, events },
    transactions: Number(transactions),
    movements: movements.get(id) ?? [],
  }));
}

/** By account: what all entries of all loans come to, in cents, debit less credit. */
export async function readBalances({ read }: Database): Promise<Map<string, number>> {
  const rows = await read.query<{ account: string; amount: bigint }>(
    `select account, sum(amount)::bigint as amount from (
       select debit_account as account, amount from journal_entry
       union all select credit_account, -amount from journal_entry
     ) as moved group by account`,
  );
  return new Map(rows.map(({ account, amount }) => [account, Number(amount)]));
}
