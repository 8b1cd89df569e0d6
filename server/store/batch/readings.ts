/**
 * The readings of a batch: keys that are asked for while the process is busy with one step are read together,
 * once it is done with it. Everything read is known until the batch ends.
 */
import type { Tx } from '../database.ts';
import { isUnavailable, sqlState } from '../failure.ts';

/** A reading by key, of many keys in one statement. */
export interface Lookup<Key, Found> {
  /** Of what; no other lookup has it. */
  readonly name: string;
  /** Equal for keys that mean the same. */
  textOf(key: Key): string;
  /** What is found, by the texts of the keys; what is not there is left out. */
  read(tx: Tx, keys: readonly Key[]): Promise<ReadonlyMap<string, Found>>;
}

/** For subjects of which few are asked for at a time: a statement for each. */
export const oneByOne = <Key extends bigint | string, Found>(
  name: string,
  readOne: (tx: Tx, key: Key) => Promise<Found | undefined>,
): Lookup<Key, Found> => {
  const textOf = (key: Key): string => `${typeof key} ${key}`;
  return {
    name,
    textOf,
    read: async (tx, keys) => {
      const found = await Promise.all(
        keys.map(async (key) => [textOf(key), await readOne(tx, key)] as const),
      );
      return new Map(found.flatMap(([text, each]) => (each === undefined ? [] : [[text, each]])));
    },
  };
};

export interface Readings {
  find<Key, Found>(lookup: Lookup<Key, Found>, key: Key): Promise<Found | undefined>;
  know<Key, Found>(lookup: Lookup<Key, Found>, key: Key, found: Found | undefined): void;
}

interface Subject {
  readonly known: Map<string, Promise<unknown>>;
  wanted: Map<string, Wanted>;
}

interface Wanted {
  readonly key: unknown;
  readonly answer: (found: unknown) => void;
  readonly fail: (error: unknown) => void;
}

export function openReadings(tx: Tx): Readings {
  const subjects = new Map<Lookup<unknown, unknown>, Subject>();
  let isDue = false;

  const readAll = (): void => {
    isDue = false;
    for (const [lookup, subject] of subjects) {
      const { wanted } = subject;
      if (wanted.size === 0) continue;
      subject.wanted = new Map();
      void readTogether(tx, lookup, wanted);
    }
  };
  const subjectOf = (lookup: Lookup<unknown, unknown>): Subject => {
    const known = subjects.get(lookup);
    if (known) return known;
    const subject: Subject = { known: new Map(), wanted: new Map() };
    subjects.set(lookup, subject);
    return subject;
  };
  const want = (subject: Subject, text: string, key: unknown): Promise<unknown> => {
    // After everything that this step still does: by then all members have asked.
    if (!isDue) queueMicrotask(() => process.nextTick(readAll));
    isDue = true;
    const answer = new Promise((found, fail) => subject.wanted.set(text, { key, answer: found, fail }));
    answer.catch(() => {});
    subject.known.set(text, answer);
    return answer;
  };
  const find = (lookup: Lookup<unknown, unknown>, key: unknown): Promise<unknown> => {
    const subject = subjectOf(lookup);
    const text = lookup.textOf(key);
    return subject.known.get(text) ?? want(subject, text, key);
  };
  return {
    find: <Key, Found>(lookup: Lookup<Key, Found>, key: Key) =>
      find(lookup as Lookup<unknown, unknown>, key) as Promise<Found | undefined>,
    know: (lookup, key, found) => {
      const { known } = subjectOf(lookup as Lookup<unknown, unknown>);
      known.set(lookup.textOf(key), Promise.resolve(found));
    },
  };
}

async function readTogether(
  tx: Tx,
  lookup: Lookup<unknown, unknown>,
  wanted: ReadonlyMap<string, Wanted>,
): Promise<void> {
  const all = [...wanted];
  try {
    const found = await lookup.read(
      tx,
      all.map(([, { key }]) => key),
    );
    for (const [text, { answer }] of all) answer(found.get(text));
  } catch (error) {
    // A row that cannot be understood is the trouble of whoever wants it, and of nobody else.
    const isOfRow = sqlState(error) === undefined && !isUnavailable(error);
    if (isOfRow && all.length > 1) for (const one of all) await readTogether(tx, lookup, new Map([one]));
    else for (const [, { fail }] of all) fail(error);
  }
}
