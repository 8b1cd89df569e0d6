/** Calls that wait for a second person, and which operations need one. */
import type { Tx } from '../database.ts';
import { type Page, type PageRequest, readPage } from '../page.ts';

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired';

export interface Approval {
  readonly id: bigint;
  readonly operation: string;
  readonly method: string;
  /** With the query, as it was called. */
  readonly path: string;
  /** Null without one, and as soon as it is not needed any more. */
  readonly body: unknown;
  readonly fingerprint: string;
  readonly idempotencyKey: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly status: ApprovalStatus;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
  /** HTTP status and body of what the call answered. */
  readonly answered: number | null;
  readonly answer: string | null;
}

const COLUMNS = `id, operation, method, path, body, fingerprint, idempotency_key as "idempotencyKey",
  requested_by as "requestedBy", requested_at as "requestedAt", status, decided_by as "decidedBy",
  decided_at as "decidedAt", note, answered, answer`;

export async function listFourEyesOperations(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ operation: string }>(
    'select operation from four_eyes_operation order by operation',
  );
  return rows.map(({ operation }) => operation);
}

export async function replaceFourEyesOperations(tx: Tx, operations: readonly string[]): Promise<void> {
  await tx.query('delete from four_eyes_operation where operation <> all($1)', [operations]);
  for (const operation of operations)
    await tx.query('insert into four_eyes_operation (operation) values ($1) on conflict do nothing', [
      operation,
    ]);
}

export async function nextApprovalId(tx: Tx): Promise<bigint> {
  const [row] = await tx.query<{ id: bigint }>(`select nextval('approval_id') as id`);
  return row?.id ?? 0n;
}

export async function insertApproval(tx: Tx, approval: Approval): Promise<void> {
  const { id, operation, method, path, body, fingerprint, idempotencyKey } = approval;
  await tx.query(
    `insert into approval (id, operation, method, path, body, fingerprint, idempotency_key, requested_by,
       requested_at, status)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, 'pending')`,
    [
      ...[id, operation, method, path, body === undefined ? null : JSON.stringify(body), fingerprint],
      ...[idempotencyKey, approval.requestedBy, approval.requestedAt],
    ],
  );
}

export async function findApproval(tx: Tx, id: bigint): Promise<Approval | undefined> {
  const [row] = await tx.query<Approval>(`select ${COLUMNS} from approval where id = $1`, [id]);
  return row;
}

export async function findApprovalByKey(
  tx: Tx,
  { requestedBy, key }: { requestedBy: string; key: string },
): Promise<Approval | undefined> {
  const [row] = await tx.query<Approval>(
    `select ${COLUMNS} from approval where requested_by = $1 and idempotency_key = $2`,
    [requestedBy, key],
  );
  return row;
}

export async function listApprovals(
  tx: Tx,
  status: ApprovalStatus | undefined,
  request: PageRequest,
): Promise<Page<Approval>> {
  const query = {
    columns: COLUMNS,
    from: 'approval',
    conditions: status === undefined ? [] : ([['status = ?', status]] as const),
    id: 'id',
    sort: { sql: 'id', type: 'bigint' as const },
  };
  return readPage<Approval>(tx, query, request);
}

export interface Verdict {
  readonly status: 'approved' | 'rejected';
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly note: string | null;
}

/** Longer than any call may take. */
const OVER_AFTER = "interval '1 minute'";

/**
 * Answers false when somebody else was first. A call that was approved a while ago and has not ended well (no
 * answer, or a failure of the server) may be approved again.
 */
export async function decideApproval(tx: Tx, id: bigint, verdict: Verdict): Promise<boolean> {
  const { status, decidedBy, decidedAt, note } = verdict;
  const rows = await tx.query(
    `update approval set status = $2, decided_by = $3, decided_at = $4::timestamptz, note = $5,
       answered = null, answer = null, body = case when $2 = 'rejected' then null else body end
     where id = $1 and (status = 'pending'
       or (status = 'approved' and $2 = 'approved' and (answered >= 500
         or (answered is null and decided_at < $4::timestamptz - ${OVER_AFTER}))))
     returning id`,
    [id, status, decidedBy, decidedAt, note],
  );
  return rows.length === 1;
}

/** Below 500 the call is over: its body goes. */
export async function saveAnswer(
  tx: Tx,
  id: bigint,
  { status, body }: { status: number; body: string },
): Promise<void> {
  await tx.query(
    `update approval set answered = $2::int, answer = $3, body = case when $2::int < 500 then null else body end
     where id = $1 and coalesce(answered, 500) >= 500`,
    [id, status, body],
  );
}

/**
 * Calls asked for before an instant that were not carried out, the first `most`: none of them will be.
 * Answers which.
 */
export async function expireApprovals(
  tx: Tx,
  { before, most, now }: { readonly before: Date; readonly most: number; readonly now: Date },
): Promise<readonly Pick<Approval, 'id' | 'status'>[]> {
  const found = await tx.query<Pick<Approval, 'id' | 'status'>>(
    `select id, status from approval where requested_at < $1 and (status = 'pending'
       or (status = 'approved' and coalesce(answered, 500) >= 500)) order by id limit $2`,
    [before, most],
  );
  const expired = await tx.query<{ id: bigint }>(
    `update approval set status = 'expired', body = null, answer = null, decided_at = coalesce(decided_at, $2)
     where id = any($1) and (status = 'pending' or (status = 'approved' and coalesce(answered, 500) >= 500))
     returning id`,
    [found.map(({ id }) => id), now],
  );
  const ids = new Set(expired.map(({ id }) => id));
  return found.filter(({ id }) => ids.has(id));
}

/** Answers of calls that were carried out before an instant; answers how many were removed. */
export async function forgetApprovalAnswers(
  tx: Tx,
  { before, most }: { readonly before: Date; readonly most: number },
): Promise<number> {
  const rows = await tx.query(
    `update approval set answer = null where id in (
       select id from approval where decided_at < $1 and answer is not null and answered < 500 limit $2)
     returning id`,
    [before, most],
  );
  return rows.length;
}
