/**
 * Stored answers of calls with an idempotency key do not have to be kept for ever. Those about money are,
 * unless the lender says otherwise: a repayment that is sent again years later must still not count twice.
 * Part of the close of business; may be stopped anywhere and run again.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../store/database.ts';
import {
  type AnswerPlace,
  type AnswerTable,
  deleteAnswers,
  type IdempotencyScope,
  readAnswersAfter,
} from '../store/idempotency.ts';
import { giveBackLease, takeLease } from '../store/leases.ts';

export interface Forgetting {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'idempotencyDays' | 'moneyIdempotencyDays'>;
}

/** Calls that are not on a loan, and yet about money. */
const MONEY_ROUTE = /^POST \/v1\/(loans|journal-entries)(\/|$)/;
const ROWS = 1000;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

const LEASE = 'forgetAnswers';
/** Less than a day: it must not come later and later. */
const REST_MILLISECONDS = 20 * 60 * 60 * 1000;

/** Answers grow old by the calendar: a year of a sandbox that is closed in a minute looks at them once. */
export async function forgetAnswersDaily(book: Forgetting): Promise<void> {
  const owner = randomUUID();
  const now = book.clock.now();
  const expiresAt = new Date(now.getTime() + REST_MILLISECONDS);
  if (!(await takeLease(book.db.read, { name: LEASE, owner, now, expiresAt }))) return;
  try {
    await forgetAnswers(book);
  } catch (error) {
    await giveBackLease(book.db.read, LEASE, owner);
    throw error;
  }
}

/** Removes the answers that are older than the settings want them; answers how many. */
export async function forgetAnswers(book: Forgetting): Promise<number> {
  const { idempotencyDays, moneyIdempotencyDays } = book.config;
  const limits = { money: limitOf(book, moneyIdempotencyDays), other: limitOf(book, idempotencyDays) };
  // Every call on a loan is about money, or about what becomes of it.
  const ofLoans = limits.money && (await forgetOld(book, 'loan_idempotency_key', () => limits.money));
  const limitOfRoute = ({ route }: AnswerPlace) => (MONEY_ROUTE.test(route) ? limits.money : limits.other);
  const others = (limits.money ?? limits.other) && (await forgetOld(book, 'idempotency_key', limitOfRoute));
  return (ofLoans ?? 0) + (others ?? 0);
}

/** The instant before which answers are forgotten; undefined: never. */
const limitOf = ({ clock }: Forgetting, days: number): Date | undefined =>
  days === 0 ? undefined : new Date(clock.now().getTime() - days * DAY_MILLISECONDS);

/** A walk along the primary key in short steps: no index is kept for it, nobody is held up by it. */
async function forgetOld(
  { db }: Forgetting,
  table: AnswerTable,
  limitOfAnswer: (answer: AnswerPlace) => Date | undefined,
): Promise<number> {
  let forgotten = 0;
  let after: IdempotencyScope | undefined;
  for (;;) {
    const page = await readAnswersAfter(db.read, table, { after, rows: ROWS });
    const old = page.filter((answer) => answer.createdAt < (limitOfAnswer(answer) ?? 0));
    await deleteAnswers(db.read, old);
    forgotten += old.length;
    after = page.at(-1);
    if (page.length < ROWS) return forgotten;
  }
}
