/**
 * The `Idempotency-Key` header, honoured by every POST: the key counts within one account and one call, the
 * stored answer comes back with `Idempotent-Replayed: true`, another payload under the same key is a
 * conflict.
 */
import { hash } from 'node:crypto';
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOnce, type IdempotentCall } from '../operations/answerOnce.ts';
import type { Book } from '../operations/book.ts';
import type { Tx } from '../store/database.ts';
import { findAnswer } from '../store/idempotency.ts';
import { authorOf, callerOf } from './auth.ts';
import { invalidArgument } from './errors.ts';

const LONGEST_KEY = 255;

/** For the document; any other header may come along. */
export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      maxLength: LONGEST_KEY,
      description:
        'Makes the call take effect once: the same key and payload are answered with the first answer and ' +
        '`Idempotent-Replayed: true`, another payload under it with 409.',
    }),
  ),
});

/** A POST: what it is, by the canonical path (the same for both addressings), and what it does. */
export interface Posting {
  readonly book: Book;
  readonly path: string;
  /** The loan it is about, if there is one already. */
  readonly loanId?: bigint | undefined;
  /** It does nothing but repay the loan. */
  readonly isRepayment?: boolean | undefined;
  readonly makesLoan?: true;
  /** Answers what goes into the body. */
  readonly work: (tx: Tx) => Promise<object>;
  /**
   * Fields that the first answer has besides and that are never stored, such as a password that was made up.
   */
  readonly shownOnce?: () => object;
  /**
   * What has to be over before the answer goes out, once the effect is stored; hears what is answered. Runs
   * for every repetition too, since a crash may have come between: it must bear being done again.
   */
  readonly afterwards?: (body: string) => Promise<void>;
  /** Fields as they then are: looked up for every answer, the first and a repeated one, and never stored. */
  readonly lookedUp?: () => Promise<object>;
  /** Stands for a long body: in the audit trail, and where a repetition is compared with the first call. */
  readonly brief?: object;
}

/** Whether the call was answered before, under the key that it carries. */
export async function wasAnswered(
  request: FastifyRequest,
  { book, path, loanId }: Pick<Posting, 'book' | 'path' | 'loanId'>,
): Promise<boolean> {
  const call = idempotentCall(request, { path, loanId });
  return call !== undefined && (await findAnswer(book.db.read, call)) !== undefined;
}

export async function answerPost(
  request: FastifyRequest,
  reply: FastifyReply,
  posting: Posting,
): Promise<void> {
  const { book, path, loanId, isRepayment = false, makesLoan, work, afterwards, brief } = posting;
  const call = idempotentCall(request, { path, loanId, brief });
  const author = authorOf(request);
  const by = brief ? { ...author, command: brief } : author;
  const loan = loanId === undefined ? (makesLoan ? 'new' : 'none') : { id: loanId, isRepaid: isRepayment };
  const asked = { book, call, loan, by } as const;
  const { outcome, replayed } = await answerOnce(asked, async (tx) => JSON.stringify(await work(tx)));
  if (replayed) reply.header('idempotent-replayed', 'true');
  if ('refusal' in outcome) throw outcome.refusal;
  if (afterwards) {
    // Nothing is sent meanwhile, however long it takes: that is no reason to hang up.
    request.raw.socket.setTimeout(0);
    await afterwards(outcome.body);
  }
  const isWhole = !posting.lookedUp && !posting.shownOnce;
  const body = isWhole ? outcome.body : await shown(outcome.body, { ...posting, replayed });
  await reply.type('application/json; charset=utf-8').serializer(asIs).send(body);
}

async function shown(
  body: string,
  { replayed, shownOnce, lookedUp }: Pick<Posting, 'shownOnce' | 'lookedUp'> & { replayed: boolean },
): Promise<string> {
  if (lookedUp) return withFields(body, await lookedUp());
  return replayed || !shownOnce ? body : withFields(body, shownOnce());
}

const withFields = (body: string, fields: object): string =>
  JSON.stringify({ ...(JSON.parse(body) as object), ...fields });

const asIs = (payload: unknown): string => String(payload);

function idempotentCall(
  request: FastifyRequest,
  { path, loanId, brief }: { [Part in 'path' | 'loanId' | 'brief']?: Posting[Part] | undefined },
): IdempotentCall | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY)
    throw invalidArgument({ field: 'idempotency-key', error: `must have 1 to ${LONGEST_KEY} characters` });
  const { accountId } = callerOf(request);
  return { key, accountId, route: `POST ${path}`, loanId, fingerprint: fingerprintOf(brief ?? request.body) };
}

/**
 * Independent of the order of fields. Of a password it holds only that there was one: a quick digest in the
 * database would let whoever reads it try passwords at a rate that argon2id forbids.
 */
export function fingerprintOf(payload: unknown): string {
  const text = JSON.stringify(ordered(payload ?? null));
  return hash('sha256', text, 'base64url');
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const fields = value as Record<string, unknown>;
  // Without a prototype: on others `__proto__` is no field, and would be missing.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(fields).sort())
    sorted[name] = /password/i.test(name) ? true : ordered(fields[name]);
  return sorted;
}
