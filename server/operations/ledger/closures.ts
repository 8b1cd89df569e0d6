/** Closing of periods: what is reported on is not changed afterwards. */
import type { CivilDate } from '../../domain/date.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../store/database.ts';
import { type Closure, deleteClosure, findClosedUntil, insertClosure } from '../../store/ledger/closures.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { requireNotFuture } from './manualEntries.ts';

export async function closePeriod(tx: Tx, book: Book, asked: Omit<Closure, 'createdAt'>): Promise<Closure> {
  requireNotFuture(asked.closingDate, await readBusinessDate(tx, book));
  const closedUntil = await findClosedUntil(tx);
  if (closedUntil !== undefined && asked.closingDate <= closedUntil)
    throw new Refusal('aborted', 'period_closed_before', `The books are closed up to ${closedUntil} already`);
  const closure = { ...asked, createdAt: book.clock.now() };
  await insertClosure(tx, closure);
  const after = { status: 'closed', madeBy: asked.madeBy };
  noteChange(tx, { kind: 'glClosure', id: asked.closingDate, before: null, after });
  return closure;
}

/** Only the latest: an earlier period lies within the closed one. */
export async function reopenPeriod(tx: Tx, closingDate: CivilDate): Promise<void> {
  const closedUntil = await findClosedUntil(tx);
  if (closedUntil !== undefined && closingDate < closedUntil)
    throw new Refusal(
      'aborted',
      'closure_not_latest',
      `Only the latest closure can be deleted, that of ${closedUntil}`,
    );
  if (!(await deleteClosure(tx, closingDate)))
    throw new Refusal('not_found', 'closure_unknown', `no period was closed on ${closingDate}`);
  noteChange(tx, { kind: 'glClosure', id: closingDate, before: { status: 'closed' }, after: null });
}
