/**
 * What calls with an idempotency key were answered. Calls on a loan are kept with the loan (same shard, same
 * transaction), all others by their key.
 */
import type { RefusalKind } from '../domain/refusal.ts';
import type { Tx } from './database.ts';

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
