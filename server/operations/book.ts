import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../store/database.ts';
import { type Identity, openIdentity } from '../store/identity.ts';
import { type Limits, openWriting, type Writing } from './writing/writing.ts';

/** What the operations of the loan book work with. */
export interface Book {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly writing: Writing;
}

/**
 * One for the process: it holds the blocks of numbers handed out by the database, and the commands that wait
 * to be stored.
 */
export function openBook(
  { config, db, clock }: Pick<Book, 'config' | 'db' | 'clock'>,
  limits: Partial<Limits> = {},
): Book {
  return { config, db, clock, identity: openIdentity(), writing: openWriting({ db, clock }, limits) };
}

const books = new WeakMap<Database, Book>();

/** The book of this process over a database: calls and jobs share it. */
export function bookOver(wiring: Pick<Book, 'config' | 'db' | 'clock'>, limits: Partial<Limits> = {}): Book {
  const known = books.get(wiring.db) ?? openBook(wiring, limits);
  books.set(wiring.db, known);
  return known;
}
