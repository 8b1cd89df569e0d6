/**
 * A command's place in a batch. To the command it is its transaction, but what it writes is only noted down,
 * so that it can be dropped without a trace, and its readings are made together with those of the others.
 *
 * A statement that does not fit into that (a write by hand, a lock, a reading that would miss what was noted
 * down) ends it with `NeedsOwnTransaction`: the command is then run by itself.
 */
import type { Tx } from '../database.ts';
import type { Lookup, Readings } from './readings.ts';
import { sendAll, type Write, type WriteSet } from './writeSet.ts';

export class NeedsOwnTransaction extends Error {
  override readonly name = 'NeedsOwnTransaction';
}

/** What was read is no longer so, and what it is now is not known before it is stored. */
const OUTDATED = Symbol('outdated');

interface Member {
  /** The transaction of the whole batch. */
  readonly whole: Tx;
  find<Key, Found>(lookup: Lookup<Key, Found>, key: Key): Promise<Found | undefined>;
  remember<Key, Found>(lookup: Lookup<Key, Found>, key: Key, found: Found | undefined): void;
  note<Row>(kind: Write<Row>, rows: readonly Row[]): void;
}

/**
 * Within the transaction itself: a WeakMap keeps what it has for a new key until all of the memory is looked
 * through, and with it everything that a batch has read and decided.
 */
const MEMBER = Symbol('member');

interface MemberTx extends Tx {
  readonly [MEMBER]: Member;
}

const memberOf = (tx: Tx): Member | undefined => (tx as Partial<MemberTx>)[MEMBER];

/** What the members that follow each other on one loan work with. */
export interface Line {
  readonly whole: Tx;
  readonly readings: Readings;
  /** What those before it have noted down. */
  readonly writes: WriteSet;
}

/** The transaction as one command sees it; `keep` adds what it noted down to its line, else it never was. */
export function openMember({ whole, readings, writes }: Line): { readonly tx: Tx; keep(): void } {
  const noted: (() => void)[] = [];
  const mine = new Map<string, unknown>();
  const member: Member = {
    whole,
    find: (lookup, key) => {
      const name = mine.size > 0 ? nameOf(lookup, key) : '';
      const found = mine.has(name) ? Promise.resolve(mine.get(name) as never) : readings.find(lookup, key);
      return found.then(notOutdated);
    },
    remember: (lookup, key, found) => {
      mine.set(nameOf(lookup, key), found);
      noted.push(() => readings.know(lookup, key, found));
    },
    note: (kind, rows) => {
      if (rows.length > 0) noted.push(() => writes.add(kind, rows));
    },
  };
  const query: Tx['query'] = (text, values) => {
    const isSeen = noted.length === 0 && writes.isEmpty();
    if (isSeen && isPlainReading(text)) return whole.query(text, values);
    return Promise.reject(new NeedsOwnTransaction('a statement that a batch cannot take'));
  };
  const tx: MemberTx = { query, [MEMBER]: member };
  return { tx, keep: () => noted.splice(0).forEach((each) => void each()) };
}

function notOutdated<Found>(found: Found): Found {
  if (found === OUTDATED) throw new NeedsOwnTransaction('a reading that would miss what was noted down');
  return found;
}

const nameOf = <Key>(lookup: Lookup<Key, unknown>, key: Key): string =>
  `${lookup.name} ${lookup.textOf(key)}`;

const isPlainReading = (text: string): boolean =>
  /^\s*select\b/i.test(text) && !/\bfor\s+(no\s+key\s+)?(key\s+)?(update|share)\b/i.test(text);

/** What is there under the key. In a batch it is read together with what the others want. */
export async function find<Key, Found>(
  tx: Tx,
  lookup: Lookup<Key, Found>,
  key: Key,
): Promise<Found | undefined> {
  const member = memberOf(tx);
  if (member) return member.find(lookup, key);
  return (await lookup.read(tx, [key])).get(lookup.textOf(key));
}

/** The same for several keys, by their texts. */
export async function findAll<Key, Found>(
  tx: Tx,
  lookup: Lookup<Key, Found>,
  keys: readonly Key[],
): Promise<ReadonlyMap<string, Found>> {
  const member = memberOf(tx);
  if (!member) return lookup.read(tx, keys);
  const found = await Promise.all(keys.map(async (key) => [key, await member.find(lookup, key)] as const));
  return new Map(found.flatMap(([key, each]) => (each === undefined ? [] : [[lookup.textOf(key), each]])));
}

/**
 * Says what `find` is to answer from now on, because the transaction has written it. Outside of a batch the
 * database itself says so.
 */
export function remember<Key, Found>(
  tx: Tx,
  lookup: Lookup<Key, Found>,
  known: { readonly key: Key; readonly found: Found | undefined },
): void {
  memberOf(tx)?.remember(lookup, known.key, known.found);
}

/**
 * The same where the transaction does not know: a command that asks for it needs a transaction of its own.
 */
export function outdate<Key>(tx: Tx, lookup: Lookup<Key, unknown>, key: Key): void {
  memberOf(tx)?.remember(lookup, key, OUTDATED);
}

/** Of writes that were noted down, and of none: there is nothing to wait for. */
const NOTED = Promise.resolve();

/** Writes rows: at once, or in a batch with those of the others. */
export function write<Row>(tx: Tx, kind: Write<Row>, rows: readonly Row[]): Promise<void> {
  const member = memberOf(tx);
  if (member) member.note(kind, rows);
  return member || rows.length === 0 ? NOTED : send(tx, kind, rows);
}

/** Fails as a promise does, whatever fails in it: others may be waited for beside it. */
async function send<Row>(tx: Tx, kind: Write<Row>, rows: readonly Row[]): Promise<void> {
  await sendAll(tx, kind.statements(rows));
}

/** All of these writes, of which a batch waits for none. */
export async function allWritten(writes: readonly Promise<unknown>[]): Promise<void> {
  if (writes.some((each) => each !== NOTED)) await Promise.all(writes);
}

/** For a statement that has nothing to do with what the command reads and writes: a block of numbers. */
export const wholeOf = (tx: Tx): Tx => memberOf(tx)?.whole ?? tx;
