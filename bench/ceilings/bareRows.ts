/**
 * The rows that one repayment writes, as they stand in the database after a real one, to be written again for
 * other loans by bare SQL: the same tables, the same sizes, nothing decided.
 */
import type { Client } from 'pg';

export interface RowTemplate {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface RepaymentRows {
  readonly inserts: readonly RowTemplate[];
  /** Columns of the loan that a repayment changes, and their values. */
  readonly update: { readonly columns: readonly string[]; readonly values: readonly (string | null)[] };
}

/** Which rows of each table belong to the last change of a loan, `$1`. */
const LAST_ROWS: Readonly<Record<string, string>> = {
  loan_transaction: 'loan_id = $1 and seq = (select max(seq) from loan_transaction where loan_id = $1)',
  journal_entry:
    'loan_id = $1 and transaction_seq = (select max(seq) from loan_transaction where loan_id = $1)',
  loan_event: 'loan_id = $1 and version = (select version from loan where id = $1)',
  loan_idempotency_key:
    'loan_id = $1 and key = (select key from loan_idempotency_key where loan_id = $1 order by created_at desc limit 1)',
  audit_entry: "place = $1 and subject_kind = 'loan' and version = (select version from loan where id = $1)",
};

/** Those that a repayment moves; the terms stay. */
const LOAN_COLUMNS = /^(document|last_journal_entry|updated_at|oldest_unpaid_due_date|\w+_outstanding)$/;

/** Of a loan whose last change was a repayment under a key. */
export async function readRepaymentRows(client: Client, loanId: string): Promise<RepaymentRows> {
  const inserts: RowTemplate[] = [];
  for (const [table, condition] of Object.entries(LAST_ROWS)) {
    const columns = await columnsOf(client, table);
    const rows = await textsOf(client, { table, columns, condition }, loanId);
    if (rows.length > 0) inserts.push({ table, columns, rows });
  }
  const columns = (await columnsOf(client, 'loan')).filter((name) => LOAN_COLUMNS.test(name));
  const [values = []] = await textsOf(client, { table: 'loan', columns, condition: 'id = $1' }, loanId);
  return { inserts, update: { columns, values } };
}

async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'
     order by ordinal_position`,
    [table],
  );
  return rows.map(({ name }) => name);
}

interface Selection {
  readonly table: string;
  readonly columns: readonly string[];
  readonly condition: string;
}

async function textsOf(
  client: Client,
  { table, columns, condition }: Selection,
  loanId: string,
): Promise<(string | null)[][]> {
  if (columns.length === 0) return [];
  const texts = columns.map((name) => `${name}::text`).join(', ');
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${texts} from ${table} where ${condition}`,
    values: [loanId],
    rowMode: 'array',
  });
  return rows;
}

/** Far above what real changes of the bench reach, so that no key is met twice. */
const FIRST_NUMBER = 10_000_000;

/** A template's rows for another loan; `change` is a number that nothing else has. */
export function rowsFor(template: RowTemplate, loanId: string, change: number): (string | null)[][] {
  const number = String(FIRST_NUMBER + change);
  const own: Readonly<Record<string, string>> = {
    loan_id: loanId,
    place: loanId,
    seq: number,
    transaction_seq: number,
    entry_seq: number,
    version: number,
    ...(template.table === 'loan_transaction' && { id: number }),
    key: `bare-${number}`,
    external_id: `bare-${number}`,
    idempotency_key: `bare-${number}`,
  };
  return template.rows.map((row) =>
    row.map((value, index) => {
      const name = template.columns[index] ?? '';
      return value === null ? null : (own[name] ?? value);
    }),
  );
}
