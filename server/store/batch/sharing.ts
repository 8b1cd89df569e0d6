/**
 * Readings that callers share: what is asked for while the process is busy with one turn goes out in one
 * statement, and while some are under way the next ones gather. With few callers nobody waits for anybody;
 * with many the database is asked once for all of them. A reading begins after it was asked for, so it sees
 * everything that was answered before.
 */
import type { Tx } from '../database.ts';

/** A reading by key, of many keys in one statement. */
export interface SharedReading<Key, Row, Found> {
  /** Equal for keys that mean the same. */
  textOf(key: Key): string;
  /** The rows, by the texts of the keys; what is not there is left out. */
  read(tx: Tx, keys: readonly Key[]): Promise<ReadonlyMap<string, Row>>;
  /** What a caller gets; fails for the callers of this row only. */
  shape(row: Row): Found;
}

export type Find<Key, Found> = (key: Key) => Promise<Found | undefined>;

/** Statements of one reading at a time. */
const MOST_STATEMENTS = 2;
const MOST_KEYS = 50;

interface Wanted<Key, Found> {
  readonly key: Key;
  readonly answer: Promise<Found | undefined>;
  readonly resolve: (found: Found | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export function openSharing<Key, Row, Found>(
  tx: Tx,
  reading: SharedReading<Key, Row, Found>,
): Find<Key, Found> {
  // A map for each statement: one for all would never stop growing and shrinking, and what V8 leaves behind
  // each time hangs on what it left before, with all that was asked for, until a full collection.
  let waiting = new Map<string, Wanted<Key, Found>>();
  let running = 0;
  let isDue = false;

  const start = (): void => {
    isDue = false;
    while (running < MOST_STATEMENTS && waiting.size > 0) {
      const asked = [...waiting];
      const batch = asked.slice(0, MOST_KEYS);
      waiting = new Map(asked.slice(MOST_KEYS));
      running += 1;
      void readTogether(tx, reading, batch).finally(() => {
        running -= 1;
        start();
      });
    }
  };
  return (key) => {
    const text = reading.textOf(key);
    const known = waiting.get(text);
    if (known) return known.answer;
    const wanted = wantedOf<Key, Found>(key);
    waiting.set(text, wanted);
    if (!isDue) setImmediate(start);
    isDue = true;
    return wanted.answer;
  };
}

function wantedOf<Key, Found>(key: Key): Wanted<Key, Found> {
  let resolve: Wanted<Key, Found>['resolve'] = () => {};
  let reject: Wanted<Key, Found>['reject'] = () => {};
  const answer = new Promise<Found | undefined>((found, fail) => {
    resolve = found;
    reject = fail;
  });
  return { key, answer, resolve, reject };
}

/** Never fails itself. */
async function readTogether<Key, Row, Found>(
  tx: Tx,
  { read, shape }: SharedReading<Key, Row, Found>,
  batch: readonly (readonly [string, Wanted<Key, Found>])[],
): Promise<void> {
  try {
    const keys = batch.map(([, { key }]) => key);
    const rows = await read(tx, keys);
    for (const [text, wanted] of batch) settle(wanted, () => shaped(rows.get(text), shape));
  } catch (error) {
    for (const [, { reject }] of batch) reject(error);
  }
}

const shaped = <Row, Found>(row: Row | undefined, shape: (row: Row) => Found): Found | undefined =>
  row === undefined ? undefined : shape(row);

function settle<Key, Found>({ resolve, reject }: Wanted<Key, Found>, found: () => Found | undefined): void {
  try {
    resolve(found());
  } catch (error) {
    reject(error);
  }
}
