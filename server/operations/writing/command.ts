/** What somebody wants of a loan, as the write path takes it. */
import type { Refusal } from '../../domain/refusal.ts';
import type { Lookup } from '../../store/batch/readings.ts';
import type { Tx } from '../../store/database.ts';
import type { Author } from '../audit/trail.ts';

export interface Command<T> {
  /**
   * Commands of one line are decided one after the other, in the order in which they came: the number of a
   * loan, or what twins have in common. Undefined: there is nobody it could get in the way of.
   */
  readonly line: bigint | string | undefined;
  readonly by: Author;
  /** What `work` is going to ask for first, to be read at once. */
  readonly reads?: readonly Reading[];
  /** May be run more than once before it takes effect, so it touches nothing but the transaction. */
  readonly work: (tx: Tx) => Promise<T>;
  /** Takes the place of `work`, whose changes are dropped, when that refuses. */
  readonly refused?: (tx: Tx, refusal: Refusal) => Promise<T>;
}

export interface Reading {
  readonly lookup: Lookup<unknown, unknown>;
  readonly key: unknown;
}

export const reading = <Key>(lookup: Lookup<Key, unknown>, key: Key): Reading => ({
  lookup: lookup as Lookup<unknown, unknown>,
  key,
});

/** A command that somebody waits for. */
export interface Awaited {
  readonly command: Command<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}
