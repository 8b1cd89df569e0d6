/**
 * What calls with an idempotency key were answered. Calls on a loan are kept with the loan (same shard, same
 * transaction), all others by their key.
 */
import type { RefusalKind } from '../domain/refusal.ts';
import { find, remember, write } from './batch/member.ts';
import type { Lookup } from './batch/readings.ts';
import { inserting } from './batch/writeSet.ts';
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
  loan_id?: bigint;
  key: string;
  account_id: string;
  route: string;
  fingerprint: string;
  body: string | null;
  refusal: StoredRefusal | null;
}

/** The key comes last: it may be any text. */
const textOf = ({ loanId, key, accountId, route }: IdempotencyScope): string =>
  `${loanId ?? ''} ${accountId} ${route} ${key}`;

const SCOPE_COLUMNS = ['key', 'account_id', 'route'];
const ANSWER_COLUMNS = ['fingerprint', 'body', 'refusal', 'created_at'];

/** Answers of calls on a loan, looked up by loan and key; the rest of the scope is compared here. */
const ANSWERS_OF_LOANS: Lookup<IdempotencyScope, StoredAnswer> = {
  name: 'answers of loans',
  textOf,
  read: async (tx, scopes) =>
    answersIn(
      await tx.query(
        `select loan_id, key, account_id, route, fingerprint, body, refusal from loan_idempotency_key
         where loan_id = any($1) and key = any($2)`,
        [scopes.map(({ loanId }) => loanId), scopes.map(({ key }) => key)],
      ),
    ),
};

const OTHER_ANSWERS: Lookup<IdempotencyScope, StoredAnswer> = {
  name: 'other answers',
  textOf,
  read: async (tx, scopes) =>
    answersIn(
      await tx.query(
        `select key, account_id, route, fingerprint, body, refusal from idempotency_key where key = any($1)`,
        [scopes.map(({ key }) => key)],
      ),
    ),
};

const LOAN_ANSWERS = inserting({
  name: 'loan_idempotency_key',
  columns: ['loan_id', ...SCOPE_COLUMNS, ...ANSWER_COLUMNS],
  keyLength: 4,
  place: 'answers',
});

const NEW_ANSWERS = inserting({
  name: 'idempotency_key',
  columns: [...SCOPE_COLUMNS, ...ANSWER_COLUMNS],
  keyLength: 3,
  place: 'answers',
});

function answersIn(rows: readonly AnswerRow[]): Map<string, StoredAnswer> {
  const pairs = rows.map((row): [string, StoredAnswer] => {
    const { key, account_id: accountId, route, fingerprint, refusal } = row;
    const outcome = refusal ? { refusal } : { body: row.body ?? '' };
    return [textOf({ loanId: row.loan_id, key, accountId, route }), { fingerprint, outcome }];
  });
  return new Map(pairs);
}

/** Where the answer of a call is, for reading it together with others. */
export const answerLookup = ({ loanId }: IdempotencyScope): Lookup<IdempotencyScope, StoredAnswer> =>
  loanId === undefined ? OTHER_ANSWERS : ANSWERS_OF_LOANS;

export const findAnswer = (tx: Tx, scope: IdempotencyScope): Promise<StoredAnswer | undefined> =>
  find(tx, answerLookup(scope), scope);

/** Fails with a unique violation when a twin was answered first. */
export async function insertAnswer(
  tx: Tx,
  scope: IdempotencyScope,
  answer: StoredAnswer & { readonly now: Date },
): Promise<void> {
  const { loanId } = scope;
  const { fingerprint, outcome, now } = answer;
  const body = 'body' in outcome ? outcome.body : null;
  const refusal = 'refusal' in outcome ? JSON.stringify(outcome.refusal) : null;
  const { key, accountId, route } = scope;
  if (loanId === undefined)
    await write(tx, NEW_ANSWERS, [[key, accountId, route, fingerprint, body, refusal, now]]);
  else await write(tx, LOAN_ANSWERS, [[loanId, key, accountId, route, fingerprint, body, refusal, now]]);
  remember(tx, answerLookup(scope), { key: scope, found: { fingerprint, outcome } });
}

interface Place {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
}

function placeOf({ loanId, key, accountId, route }: IdempotencyScope): Place {
  const values = [key, accountId, route];
  if (loanId === undefined) return { table: 'idempotency_key', columns: SCOPE_COLUMNS, values };
  const columns = ['loan_id', ...SCOPE_COLUMNS];
  return { table: 'loan_idempotency_key', columns, values: [loanId, ...values] };
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
