/** A change in a transaction of its own, again from the start when another writer came first. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Tx } from '../store/database.ts';
import { DatabaseUnavailable, isLostVersion, isUniqueViolation } from '../store/failure.ts';
import { type Recording, recorded } from './audit/recorded.ts';
import type { Author } from './audit/trail.ts';

const ATTEMPTS = 20;

/** Runs `work` in a recorded transaction until no other writer gets in its way. */
export async function change<T>(book: Recording, by: Author, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await recorded(book, by, work);
    } catch (error) {
      if (!isLostVersion(error) && !isUniqueViolation(error)) throw error;
      if (attempt === ATTEMPTS)
        throw new DatabaseUnavailable('too many writers at the same place', { cause: error });
      await pause(Math.random() * Math.min(100, 2 ** attempt));
    }
  }
}
