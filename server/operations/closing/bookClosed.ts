/**
 * Up to which day the whole book is closed, as this process knows it: asked of the database every other
 * second at most, and told by the run that finishes a day here. An older answer only has loans looked at
 * too early.
 */
import type { CivilDate } from '../../domain/date.ts';
import { findBookClosedTill } from '../../store/closing/runs.ts';
import type { Database } from '../../store/database.ts';
import type { Book } from '../book.ts';

const KNOWN_MILLISECONDS = 2_000;

interface Known {
  readonly day: CivilDate | null;
  readonly at: number;
}

const knownOf = new WeakMap<Database, Known>();

export async function readBookClosedTill({ db }: Pick<Book, 'db'>): Promise<CivilDate | null> {
  const known = knownOf.get(db);
  if (known !== undefined && Date.now() - known.at < KNOWN_MILLISECONDS) return known.day;
  const day = await findBookClosedTill(db.read);
  knownOf.set(db, { day, at: Date.now() });
  return day;
}

export function noteBookClosed({ db }: Pick<Book, 'db'>, day: CivilDate | null): void {
  knownOf.set(db, { day, at: Date.now() });
}
