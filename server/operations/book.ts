import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../store/database.ts';
import { type Identity, openIdentity } from '../store/identity.ts';

/** What the operations of the loan book work with. */
export interface Book {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly identity: Identity;
}

/** One for the process: it holds the blocks of numbers handed out by the database. */
export function openBook(parts: Omit<Book, 'identity'>): Book {
  return { config: parts.config, db: parts.db, clock: parts.clock, identity: openIdentity(parts.db) };
}
