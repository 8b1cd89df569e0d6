/**
 * What became of a transaction whose connection was lost while COMMIT was on its way: another connection
 * tries to add one of its rows of the audit trail once more. It waits while the lost one is still at work,
 * meets the row when that was committed, and does not when it was undone; then its own is undone as well.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type AuditEntry, insertAuditEntries } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { DatabaseUnavailable, isUniqueViolation } from '../../store/failure.ts';

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
  if (row === undefined) return 'unknown';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await lookFor(db, row);
    if (found !== 'unknown') return found;
    await pause(REST_MILLISECONDS);
  }
  return 'unknown';
}

const TRIES = 10;
const REST_MILLISECONDS = 500;

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
