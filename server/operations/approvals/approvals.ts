/**
 * Four eyes: a call of an operation that is named here is not carried out but kept, until a second operator
 * approves it; whoever asked for it can't. Once it is approved it runs in the name of the one who asked.
 */
import type { Config } from '../../config.ts';
import { Refusal, requireRule } from '../../domain/refusal.ts';
import {
  type Approval,
  decideApproval,
  findApproval,
  findApprovalByKey,
  insertApproval,
  listFourEyesOperations,
  nextApprovalId,
  replaceFourEyesOperations,
} from '../../store/approvals/approvals.ts';
import type { Tx } from '../../store/database.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';

export type AskedCall = Pick<
  Approval,
  'operation' | 'method' | 'path' | 'body' | 'fingerprint' | 'idempotencyKey' | 'requestedBy'
>;

/** Keeps the call; the same one under the same key is kept once. */
export async function askForApproval(tx: Tx, book: Book, call: AskedCall): Promise<Approval> {
  const { requestedBy, idempotencyKey: key } = call;
  const known = key === null ? undefined : await findApprovalByKey(tx, { requestedBy, key });
  if (known) return requireSame(known, call);
  const approval: Approval = {
    ...call,
    id: await nextApprovalId(tx),
    requestedAt: book.clock.now(),
    status: 'pending',
    ...{ decidedBy: null, decidedAt: null, note: null, answered: null, answer: null },
  };
  await insertApproval(tx, approval);
  noteChange(tx, {
    ...subjectOf(approval.id),
    before: null,
    after: { operation: call.operation, path: call.path },
  });
  return approval;
}

function requireSame(known: Approval, { fingerprint }: AskedCall): Approval {
  if (known.fingerprint !== fingerprint)
    throw new Refusal(
      'aborted',
      'idempotency_key_taken',
      'Idempotency-Key was used before with another payload',
    );
  if (known.status === 'pending' || known.status === 'approved') return known;
  throw new Refusal(
    'aborted',
    'approval_decided',
    `this call (approval ${known.id}) is ${known.status}: ask again under another Idempotency-Key`,
  );
}

export interface Decision {
  readonly id: bigint;
  readonly verdict: 'approved' | 'rejected';
  readonly by: string;
  readonly note: string | null;
}

export async function decideCall(tx: Tx, book: Book, { id, verdict, by, note }: Decision): Promise<Approval> {
  const approval = await requireApproval(tx, id);
  requireRule(approval.requestedBy !== by || verdict === 'rejected', {
    kind: 'permission_denied',
    code: 'second_person_needed',
    message: 'You asked for this call: another operator has to approve it',
  });
  const decidedAt = book.clock.now();
  requireRule(verdict === 'rejected' || approval.requestedAt >= oldestWaiting(book), {
    kind: 'aborted',
    code: 'approval_expired',
    message: `This call waited for more than ${book.config.approvalDays} days: it has to be asked for again`,
  });
  if (!(await decideApproval(tx, id, { status: verdict, decidedBy: by, decidedAt, note })))
    throw new Refusal('aborted', 'approval_decided', `This call is ${approval.status} already`);
  noteChange(tx, { ...subjectOf(id), before: { status: approval.status }, after: { status: verdict } });
  const body = verdict === 'rejected' ? null : approval.body;
  return { ...approval, status: verdict, decidedBy: by, decidedAt, note, body };
}

/** Calls asked for before are not carried out any more. */
export const oldestWaiting = ({ clock, config }: Pick<Book, 'clock'> & Waiting): Date =>
  new Date(clock.now().getTime() - config.approvalDays * DAY_MILLISECONDS);

interface Waiting {
  readonly config: Pick<Config, 'approvalDays'>;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export async function requireApproval(tx: Tx, id: bigint): Promise<Approval> {
  const approval = await findApproval(tx, id);
  if (approval) return approval;
  throw new Refusal('not_found', 'approval_unknown', `approval ${id} does not exist`);
}

export async function setFourEyes(tx: Tx, operations: readonly string[]): Promise<readonly string[]> {
  const before = await listFourEyesOperations(tx);
  const wanted = [...new Set(operations)].sort();
  await replaceFourEyesOperations(tx, wanted);
  const subject = { kind: 'fourEyes', id: 'operations' };
  noteChange(tx, { ...subject, before: { operations: before }, after: { operations: wanted } });
  return wanted;
}

export const subjectOf = (id: bigint) => ({ kind: 'approval', id: String(id) });

/** Under which an approved call is carried out; nobody else can have it. */
export const requestIdOf = (id: bigint): string => `approval-${id}`;
