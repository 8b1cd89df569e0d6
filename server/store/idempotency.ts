/**
 * What calls with an idempotency key were answered. Calls on a loan are kept with the loan (same shard, same
 * transaction), all others by their key.
 */
import type { RefusalKind } from '../domain/refusal.ts';
import type { Tx } from './database.ts';
import { rowsOfValues } from './values.ts';

/** A key means something only within one account and one call. */
export interface IdempotencyScope {
  /** The loan that the call is about; absent for calls that make something new. */
  readonly loanId?: bigint | undefined;
  readonly key: string;
  readonly accountId: string;
  /** Method and canonical path, whichever way the thing was addressed. */
  readonly route: string;
}

export interface StoredRefusal {
  readonly kind: RefusalKind;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

export interface StoredAnswer {
  /** Digest of the payload; the same key with another payload is a mistake of the caller. */
  readonly fingerprint: string;
  /** The body as it was sent, or the refusal. */
  readonly outcome: { readonly body: string } | { readonly refusal: StoredRefusal };
}

interface AnswerRow {
  fingerprint: string;
  body: string | null;
  refusal: StoredRefusal | null;
}

interface Place {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

export async function findAnswer(tx: Tx, scope: IdempotencyScope): Promise<StoredAnswer | undefined> {
  const { table, columns, values } = placeOf(scope);
  const matches = columns.map((column, index) => `${column} = $${index + 1}`).join(' and ');
  const sql = `select fingerprint, body, refusal from ${table} where ${matches}`;
  const [row] = await tx.query<AnswerRow>(sql, values);
  if (!row) return undefined;
  const outcome = row.refusal ? { refusal: row.refusal } : { body: row.body ?? '' };
  return { fingerprint: row.fingerprint, outcome };
}

/** Fails with a unique violation when a twin was answered first. */
export async function insertAnswer(
  tx: Tx,
  scope: IdempotencyScope,
  answer: StoredAnswer & { readonly now: Date },
): Promise<void> {
  const { table, columns, values } = placeOf(scope);
  const all = [...columns, 'fingerprint', 'body', 'refusal', 'created_at'];
  const places = all.map((_, index) => `$${index + 1}`).join(', ');
  const body = 'body' in answer.outcome ? answer.outcome.body : null;
  const refusal = 'refusal' in answer.outcome ? answer.outcome.refusal : null;
  const row = [...values, answer.fingerprint, body, refusal, answer.now];
  await tx.query(`insert into ${table} (${all.join(', ')}) values (${places})`, row);
}

function placeOf({ loanId, key, accountId, route }: IdempotencyScope): Place {
  const columns = ['key', 'account_id', 'route'];
  const values = [key, accountId, route];
  if (loanId === undefined) return { table: 'idempotency_key', columns, values };
  return { table: 'loan_idempotency_key', columns: ['loan_id', ...columns], values: [loanId, ...values] };
}

/** The primary key of a stored answer; `loanId` for calls on a loan. */
export interface AnswerPlace extends IdempotencyScope {
  readonly createdAt: Date;
}

export type AnswerTable = 'loan_idempotency_key' | 'idempotency_key';

/** Answers in the order of their keys, behind the one named; to walk through all of them. */
export function readAnswersAfter(
  tx: Tx,
  table: AnswerTable,
  { after, rows }: { readonly after: IdempotencyScope | undefined; readonly rows: number },
): Promise<AnswerPlace[]> {
  const names = keyColumns(table);
  const places = names.map((_, index) => `$${index + 1}`).join(', ');
  const behind = after === undefined ? '' : `where (${names.join(', ')}) > (${places})`;
  const loanId = table === 'loan_idempotency_key' ? 'loan_id as "loanId", ' : '';
  return tx.query<AnswerPlace>(
    `select ${loanId}key, account_id as "accountId", route, created_at as "createdAt" from ${table} ${behind}
     order by ${names.join(', ')} limit ${rows}`,
    after === undefined ? [] : placeOf(after).values,
  );
}

export async function deleteAnswers(tx: Tx, scopes: readonly IdempotencyScope[]): Promise<void> {
  const [first] = scopes;
  if (first === undefined) return;
  const { table, columns } = placeOf(first);
  const { places, values } = rowsOfValues(scopes.map((scope) => [...placeOf(scope).values]));
  await tx.query(`delete from ${table} where (${columns.join(', ')}) in (${places})`, values);
}

const keyColumns = (table: AnswerTable): readonly string[] => [
  ...(table === 'loan_idempotency_key' ? ['loan_id'] : []),
  ...['key', 'account_id', 'route'],
];
