/**
 * What became of a transaction whose connection was lost while COMMIT was on its way. The database carries
 * out a message to its end whether or not anybody waits for the answer: so the transaction has to end first,
 * which its number tells. Then another connection tries to add one of its rows of the audit trail once more,
 * and meets the row when it was committed. The number alone would not do: a crash may have it given anew.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type AuditEntry, insertAuditEntries } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { DatabaseUnavailable, isUniqueViolation } from '../../store/failure.ts';
import { hasEnded } from '../../store/ledger/closures.ts';

export const isUnknown = (error: unknown): error is DatabaseUnavailable =>
  error instanceof DatabaseUnavailable && error.outcomeUnknown;

/** Nothing was stored: as if the connection had been cut before COMMIT, so that another may do. */
export const cutOff = (error: DatabaseUnavailable): DatabaseUnavailable =>
  new DatabaseUnavailable(error.message, { cause: error.cause });

export async function fateOf(
  db: Database,
  error: unknown,
  row: AuditEntry | undefined,
): Promise<'committed' | 'undone' | 'unknown'> {
  if (!isUnknown(error)) return 'undone';
  const { transaction } = error;
  if (row === undefined || transaction === undefined) return 'unknown';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = (await hasEnded(db.read, transaction)) ? await lookFor(db, row) : 'unknown';
    if (found !== 'unknown') return found;
    await pause(REST_MILLISECONDS);
  }
  return 'unknown';
}

const TRIES = 50;
const REST_MILLISECONDS = 100;

class NotThere extends Error {}

async function lookFor(db: Database, row: AuditEntry): Promise<'committed' | 'undone' | 'unknown'> {
  try {
    await db.transaction(async (tx) => {
      await insertAuditEntries(tx, [row]);
      throw new NotThere();
    });
  } catch (error) {
    if (error instanceof NotThere) return 'undone';
    if (isUniqueViolation(error)) return 'committed';
  }
  return 'unknown';
}
