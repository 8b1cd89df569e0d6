/**
 * Every change of the book runs through here: in one transaction, again from the start when another writer
 * came first, and at most once for an idempotency key. The answer is stored in the transaction of the
 * effect, so a crash leaves both or neither; a twin that runs at the same time loses on the key's row,
 * starts again and finds the answer.
 */
import { Refusal } from '../domain/refusal.ts';
import { CLOSED_DAYS } from '../store/closing/closedDays.ts';
import type { Tx } from '../store/database.ts';
import {
  answerLookup,
  findAnswer,
  type IdempotencyScope,
  insertAnswer,
  type StoredAnswer,
} from '../store/idempotency.ts';
import { ABRIDGED_LOANS, LOANS } from '../store/loans/loans.ts';
import type { Author } from './audit/trail.ts';
import type { Book } from './book.ts';
import { change } from './change.ts';
import { type Command, type Reading, reading } from './writing/command.ts';

/** A call that may be repeated: where its key counts, and a digest of what it asks for. */
export interface IdempotentCall extends IdempotencyScope {
  readonly fingerprint: string;
}

export interface Answered {
  /** The body as text, equal to the byte for every repetition. */
  readonly outcome: { readonly body: string } | { readonly refusal: Refusal };
  readonly replayed: boolean;
}

/** What is asked for, by whom, and under which key. */
interface Asked {
  readonly book: Book;
  readonly call: IdempotentCall | undefined;
  readonly by: Author;
}

/** Runs `work`, whose result is the answer's body, unless the call was answered before. */
export async function answerOnce(
  asked: Asked & { readonly loan: AboutLoan },
  work: (tx: Tx) => Promise<string>,
): Promise<Answered> {
  const { book, call, by, loan } = asked;
  const run = (tx: Tx) => answer(tx, asked, work);
  const refused = (tx: Tx, refusal: Refusal) => refuse(tx, asked, refusal);
  if (loan !== 'none')
    return book.writing.submit({
      line: lineOf(loan, call),
      by,
      reads: readsOf(loan, call),
      work: run,
      refused,
    });
  try {
    return await change(book, by, run);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return change(book, by, (tx) => refused(tx, error));
  }
}

/** The loan that a call is about: one there is, one that it makes, or none. */
export type AboutLoan = LoanAsked | 'new' | 'none';

/** `isRepaid`: by one more repayment, which mostly needs no other one. */
interface LoanAsked {
  readonly id: bigint;
  readonly isRepaid?: boolean;
}

/** Calls on one loan take turns, so do twins that make one. */
const lineOf = (loan: LoanAsked | 'new', call: IdempotentCall | undefined): Command<unknown>['line'] =>
  loan === 'new' ? call && JSON.stringify([call.accountId, call.route, call.key]) : loan.id;

function readsOf(loan: LoanAsked | 'new', call: IdempotentCall | undefined): Reading[] {
  const reads = loan === 'new' ? [closedDays] : readingsOf(loan);
  if (call) reads.push(reading(answerLookup(call), call));
  return reads;
}

const closedDays = reading(CLOSED_DAYS, 'all');
const readingsOf = ({ id, isRepaid }: LoanAsked): Reading[] => [
  reading(isRepaid ? ABRIDGED_LOANS : LOANS, id),
  closedDays,
];

/** A change of a loan that is not a call with an answer: of a PUT or a job. */
export const changeInTurn = <T>(
  book: Pick<Book, 'writing'>,
  { loanId, by }: { readonly loanId: bigint; readonly by: Author },
  work: (tx: Tx) => Promise<T>,
): Promise<T> => book.writing.submit({ line: loanId, by, reads: readingsOf({ id: loanId }), work });

async function answer(tx: Tx, { book, call }: Asked, work: (tx: Tx) => Promise<string>): Promise<Answered> {
  const stored = call && (await findAnswer(tx, call));
  if (call && stored) return replay(call, stored);
  const body = await work(tx);
  const now = book.clock.now();
  if (call) await insertAnswer(tx, call, { fingerprint: call.fingerprint, outcome: { body }, now });
  return { outcome: { body }, replayed: false };
}

/** Stores the refusal, unless a twin was answered meanwhile: then its answer is the answer. */
async function refuse(tx: Tx, { book, call }: Asked, refusal: Refusal): Promise<Answered> {
  if (call === undefined || !isFinal(refusal)) throw refusal;
  const stored = await findAnswer(tx, call);
  if (stored) return replay(call, stored);
  const { kind, code, message, field } = refusal;
  const outcome = { refusal: { kind, code, message, ...(field !== undefined && { field }) } };
  await insertAnswer(tx, call, { fingerprint: call.fingerprint, outcome, now: book.clock.now() });
  return { outcome: { refusal }, replayed: false };
}

const KEY_TAKEN = 'idempotency_key_taken';

/**
 * The loan's or customer's state said no. A malformed call or an unknown id may be mended under the same
 * key; so may what the lender's settings forbid, by changing them.
 */
const isFinal = (refusal: Refusal): boolean =>
  ['aborted', 'failed_precondition', 'permission_denied'].includes(refusal.kind) &&
  !MENDABLE.has(refusal.code);

const MENDABLE: ReadonlySet<string> = new Set([
  ...[KEY_TAKEN, 'period_closed', 'product_inactive', 'product_not_offered'],
  ...['gl_account_inactive', 'gl_account_is_control'],
]);

function replay(call: IdempotentCall, { fingerprint, outcome }: StoredAnswer): Answered {
  if (fingerprint !== call.fingerprint)
    throw new Refusal('aborted', KEY_TAKEN, 'Idempotency-Key was used before with another payload');
  if ('body' in outcome) return { outcome, replayed: true };
  const { kind, code, message, field } = outcome.refusal;
  return { outcome: { refusal: new Refusal(kind, code, message, field) }, replayed: true };
}
