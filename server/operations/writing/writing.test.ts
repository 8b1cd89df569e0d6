/**
 * The write path over a real database, with a table of its own: who gets stored with whom, and who hears
 * what.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openCutting } from '../../../test/cutting.ts';
import { openPatiently, SOON } from '../../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import { systemClock } from '../../clock.ts';
import { Refusal } from '../../domain/refusal.ts';
import { find, remember, write } from '../../store/batch/member.ts';
import type { Lookup } from '../../store/batch/readings.ts';
import { inserting } from '../../store/batch/writeSet.ts';
import type { Database, Tx } from '../../store/database.ts';
import { TemporarilyUnavailable } from '../accounts/unavailable.ts';
import { bySystem, noteChange } from '../audit/trail.ts';
import type { Command } from './command.ts';
import type { Ending } from './storing.ts';
import { type Limits, openWriting, type Writing } from './writing.ts';

let database: TestDatabase;
let db: Database;
let writing: Writing;
let endings: Ending[];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
  await db.read.query(
    'create table step (line bigint, seq int, worth int check (worth >= 0), primary key (line, seq))',
  );
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(async () => {
  await db.read.query('delete from step');
  open();
});

function open(limits: Partial<Limits> = {}): void {
  writing = openWriting({ db, clock: systemClock }, limits);
  endings = [];
  writing.listen((ending) => void endings.push(ending));
}

const STEPS = inserting({
  name: 'step',
  columns: ['line', 'seq', 'worth'],
  keyLength: 2,
  place: 'transactions',
});

/** The number of the last step of a line. */
const LAST: Lookup<bigint, number> = {
  name: 'last steps',
  textOf: String,
  read: async (tx, lines) => {
    const rows = await tx.query<{ line: bigint; last: number }>(
      'select line, max(seq) as last from step where line = any($1) group by line',
      [lines],
    );
    return new Map(rows.map(({ line, last }) => [String(line), last]));
  },
};

/** Adds the next step to a line and answers its number. */
async function addStep(tx: Tx, line: bigint, worth = 1): Promise<number> {
  const seq = ((await find(tx, LAST, line)) ?? 0) + 1;
  await write(tx, STEPS, [[line, seq, worth]]);
  remember(tx, LAST, { key: line, found: seq });
  return seq;
}

const by = bySystem('test');
const submit = <T>(line: bigint | undefined, work: Command<T>['work'], more: Partial<Command<T>> = {}) =>
  writing.submit<T>({ line, by, work, ...more });
const step = (line: bigint, worth = 1) => submit(line, (tx) => addStep(tx, line, worth));
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const stored = async (): Promise<string[]> => {
  const rows = await db.read.query<{ line: bigint; seq: number }>(
    'select line, seq from step order by line, seq',
  );
  return rows.map(({ line, seq }) => `${line}.${seq}`);
};

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A transaction that holds what it has inserted; answers how to have it given up. */
async function hold(insert: string): Promise<() => Promise<void>> {
  const [inserted, enough] = [gate(), gate()];
  const holder = db.transaction(async (tx) => {
    await tx.query(insert);
    inserted.open();
    await enough.opened;
    throw new Error('given up');
  });
  await inserted.opened;
  return async () => {
    enough.open();
    await expect(holder).rejects.toThrow('given up');
  };
}

/** A command of line 1 that is being stored until it is let go. */
async function holdFirst(): Promise<() => Promise<void>> {
  const [begun, hold] = [gate(), gate()];
  const first = submit(1n, async (tx) => {
    begun.open();
    await hold.opened;
    return addStep(tx, 1n);
  });
  await begun.opened;
  return async () => {
    hold.open();
    expect(await first).toBe(1);
  };
}

it('stores together what arrives while something is being stored, each line in order', async () => {
  open({ batches: 1 });
  const letGo = await holdFirst();
  const rest = range(40).map((index) => step(BigInt(index % 8)));
  await letGo();
  const numbers = await Promise.all(rest);
  expect(numbers).toEqual(range(40).map((index) => Math.floor(index / 8) + (index % 8 === 1 ? 2 : 1)));
  expect(endings.map(({ kind, commands }) => [kind, commands])).toEqual([
    ['committed', 1],
    ['committed', 40],
  ]);
  expect(await stored()).toHaveLength(41);
});

const NEVER = { waiting: 1, milliseconds: 1_000_000 };

it('stores a full batch beside one that is being stored', async () => {
  open({ beside: [{ waiting: 3, milliseconds: 0 }, NEVER] });
  const letGo = await holdFirst();
  const few = [step(2n), step(3n)];
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(writing.waiting()).toBe(2);
  expect(await Promise.all([...few, step(4n)])).toEqual([1, 1, 1]);
  expect(endings.map(({ commands }) => commands)).toEqual([3]);
  await letGo();
});

it('stores some beside one that has taken a while', async () => {
  open({ beside: [{ waiting: 2, milliseconds: 5 }, NEVER] });
  const letGo = await holdFirst();
  expect(await Promise.all([step(2n), step(3n)])).toEqual([1, 1]);
  await letGo();
});

// Were each of them kept waiting anew, it would take twice the time that the test has.
it('keeps others waiting once only for one that takes long', { timeout: 10_000 }, async () => {
  open({ beside: [{ waiting: 1, milliseconds: 500 }] });
  const letGo = await holdFirst();
  for (let turn = 1; turn <= 40; turn += 1) expect(await step(2n)).toBe(turn);
  await letGo();
});

/** Callers who begin together and ask again at once, each some turns of the event loop after another. */
async function workThrough(callers: number, steps: number): Promise<void> {
  const work = async (caller: number): Promise<void> => {
    await step(BigInt(caller));
    for (let done = 1; done < steps; done += 1) {
      for (let turn = 0; turn < 5 * caller; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await step(BigInt(caller));
    }
  };
  await Promise.all(range(callers).map(work));
}

const FOR_EVER = { ofStoring: 1_000_000, mostMilliseconds: 1_000_000, silenceMilliseconds: 1_000_000 };

// Were the time waited out, not even one round would fit into that of the test.
it('stores together again those who were answered together', { timeout: 20_000 }, async () => {
  open({ batches: 1, returning: { share: 0.75, ...FOR_EVER } });
  await workThrough(6, 20);
  expect(await stored()).toHaveLength(120);
  expect(endings.map(({ commands }) => commands)).toEqual(Array(20).fill(6));
});

it('answers who comes while others are missing, when their time is over', async () => {
  open({ returning: { share: 0.75, ...FOR_EVER, mostMilliseconds: 200 } });
  const since = performance.now();
  await Promise.all(range(5).map((index) => step(BigInt(index))));
  expect(await step(1n)).toBe(2);
  expect(performance.now() - since).toBeGreaterThan(199);
  expect(endings.map(({ commands }) => commands)).toEqual([5, 1]);
});

it('expects nobody to come again who was not answered yet', { timeout: 20_000 }, async () => {
  open({ batches: 1, returning: { share: 0, ...FOR_EVER } });
  const byHand = (line: bigint) =>
    submit(line, (tx) => tx.query('insert into step (line, seq, worth) values ($1, 1, 1)', [line]));
  await Promise.all([step(1n), byHand(2n), byHand(3n)]);
  expect(endings.map(({ commands }) => commands)).toEqual([1]);
  expect(await step(1n)).toBe(2);
});

it('answers only what everybody can see by then', async () => {
  const seen = range(20).map(async (index) => {
    const seq = await step(BigInt(index));
    const rows = await db.read.query('select 1 from step where line = $1 and seq = $2', [index, seq]);
    return rows.length;
  });
  expect(await Promise.all(seen)).toEqual(Array(20).fill(1));
});

it('drops what a command wrote before it refused, and stores its neighbours', async () => {
  const refusal = new Refusal('aborted', 'not_today', 'not today');
  const refuse = async (tx: Tx): Promise<number> => {
    await addStep(tx, 2n);
    throw refusal;
  };
  const results = await Promise.allSettled([step(1n), submit(2n, refuse), step(2n), step(3n)]);
  expect(results).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: refusal },
    { status: 'fulfilled', value: 1 },
    { status: 'fulfilled', value: 1 },
  ]);
  expect(await stored()).toEqual(['1.1', '2.1', '3.1']);
  expect(endings).toHaveLength(1);
});

it('stores what takes the place of a refused command', async () => {
  const refuse = async (tx: Tx): Promise<string> => {
    await addStep(tx, 1n);
    throw new Refusal('aborted', 'not_today', 'not today');
  };
  const refused = async (tx: Tx, { code }: Refusal) => `${code} ${await addStep(tx, 1n, 7)}`;
  expect(await submit(1n, refuse, { refused })).toBe('not_today 1');
  expect(await db.read.query('select worth from step')).toEqual([{ worth: 7 }]);
});

it('lets only the command that breaks a rule of the database hear of it', async () => {
  const all = range(30).map((index) => step(BigInt(index % 10), index === 17 ? -1 : 1));
  const results = await Promise.allSettled(all);
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([17]);
  expect(results[17]).toMatchObject({ reason: { code: '23514' } });
  expect(await stored()).toHaveLength(29);
  expect(await stored()).toContain('7.2');
  expect(endings.some(({ kind }) => kind === 'undone')).toBe(true);
});

it('decides anew what another process was quicker on, and stores the neighbours', async () => {
  const [found, hold] = [gate(), gate()];
  const slow = submit(1n, async (tx) => {
    const seq = ((await find(tx, LAST, 1n)) ?? 0) + 1;
    found.open();
    await hold.opened;
    await write(tx, STEPS, [[1n, seq, 1]]);
    return seq;
  });
  const others = range(9).map((index) => step(BigInt(index + 2)));
  await found.opened;
  await db.read.query('insert into step values (1, 1, 5)');
  hold.open();
  expect(await slow).toBe(2);
  expect(await Promise.all(others)).toEqual(Array(9).fill(1));
});

it('runs by itself what a batch cannot take, in its place within its line', async () => {
  const first = step(1n);
  const byHand = submit(1n, async (tx) => {
    const [row] = await tx.query<{ seq: number }>(
      'insert into step (line, seq, worth) select 1, coalesce(max(seq), 0) + 1, 9 from step where line = 1 returning seq',
    );
    return row?.seq;
  });
  const results = await Promise.all([first, byHand, step(1n), step(2n)]);
  expect(results).toEqual([1, 2, 3, 1]);
  const rows = await db.read.query<{ worth: number }>('select worth from step where line = 1 order by seq');
  expect(rows.map(({ worth }) => worth)).toEqual([1, 9, 1]);
});

it('runs apart what has to wait for a lock, while the others are stored', async () => {
  open({ batches: 1, lockTimeoutMilliseconds: 50 });
  const giveUp = await hold('insert into step values (1, 1, 1)');
  const blocked = step(1n);
  expect(await Promise.all([step(2n), step(3n)])).toEqual([1, 1]);
  expect(await step(2n)).toBe(2);
  await giveUp();
  expect(await blocked).toBe(1);
});

it('turns away what is too much, and takes more once there is room', async () => {
  open({ batches: 1, waiting: 3 });
  const letGo = await holdFirst();
  const waiting = [step(1n), step(2n), step(3n)];
  expect(writing.waiting()).toBe(3);
  await expect(step(4n)).rejects.toThrow(TemporarilyUnavailable);
  await letGo();
  expect(await Promise.all(waiting)).toEqual([2, 1, 1]);
  expect(await step(4n)).toBe(1);
});

it('counts those who wait for a lock among those who wait', async () => {
  open({ apart: 1, waiting: 3, lockTimeoutMilliseconds: 20 });
  const giveUp = await hold('insert into step values (1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 1, 1)');
  const blocked = [1n, 2n, 3n].map((line) => step(line));
  await expect.poll(() => writing.waiting(), SOON).toBe(2);
  blocked.push(step(4n));
  await expect.poll(() => writing.waiting(), SOON).toBe(3);
  await expect(step(5n)).rejects.toThrow(TemporarilyUnavailable);
  await giveUp();
  expect(await Promise.all(blocked)).toEqual([1, 1, 1, 1]);
  expect(writing.waiting()).toBe(0);
});

it('lets only the command that wants it hear of a row that cannot be understood', async () => {
  const fussy: Lookup<bigint, bigint> = {
    name: 'fussy',
    textOf: String,
    read: async (tx, keys) => {
      await tx.query('select 1');
      if (keys.includes(3n)) throw new Error('not understood');
      return new Map(keys.map((key) => [String(key), key]));
    },
  };
  const all = range(5).map((index) =>
    submit(BigInt(index), async (tx) => {
      expect(await find(tx, fussy, BigInt(index))).toBe(BigInt(index));
      return addStep(tx, BigInt(index));
    }),
  );
  const results = await Promise.allSettled(all);
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([3]);
  expect(results[3]).toMatchObject({ reason: { message: 'not understood' } });
  expect(endings).toHaveLength(1);
});

it('gives up after so many attempts, and says why', async () => {
  open({ attempts: 2 });
  await db.read.query('insert into step values (1, 1, 1)');
  const stubborn = submit(1n, async (tx) => write(tx, STEPS, [[1n, 1, 1]]));
  const behind = [step(1n), step(1n)];
  await expect(stubborn).rejects.toThrow('too many writers');
  expect(await Promise.all(behind)).toEqual([2, 3]);
});

it('runs a batch again whose connection was cut before COMMIT, and tells everybody when that goes on', async () => {
  const lone = openPatiently(database.url, { poolSize: 2 });
  const over = openWriting({ db: lone, clock: systemClock });
  const cutting = (cuts: number) => {
    let left = cuts;
    return range(5).map((index) =>
      over.submit({
        line: BigInt(index),
        by,
        work: async (tx) => {
          await find(tx, LAST, BigInt(index));
          if (index === 0 && left-- > 0) await tx.query('select pg_terminate_backend(pg_backend_pid())');
          return addStep(tx, BigInt(index));
        },
      }),
    );
  };
  expect(await Promise.all(cutting(1))).toEqual(Array(5).fill(1));
  const results = await Promise.allSettled(cutting(99));
  expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect(await stored()).toHaveLength(5);
  await lone.close();
});

it('stores once what the database carries out although the connection was cut behind COMMIT', async () => {
  const cutting = await openCutting(database.url);
  const cut = openPatiently(cutting.url);
  const over = openWriting({ db: cut, clock: systemClock });
  const note = (line: bigint) =>
    over.submit({
      line,
      by,
      work: async (tx) => {
        noteChange(tx, { kind: 'loan', id: line, version: 1, before: null, after: { line: String(line) } });
        return addStep(tx, line);
      },
    });
  expect(await note(1n)).toBe(1);
  const giveUp = await hold('insert into step values (2, 1, 1)');
  let isCommitting = false;
  cutting.cutAt(({ from, type, text }) => {
    if (from === 'client' && type === 'B' && text.includes('commit')) isCommitting = true;
    return isCommitting && from === 'client' && type === 'S';
  });
  // Its write waits for the blocker, with COMMIT behind it, while nobody listens any more.
  const lost = note(2n);
  await expect.poll(() => isCommitting, SOON).toBe(true);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  await giveUp();
  expect(await lost).toBe(1);
  expect(await note(2n)).toBe(2);
  expect(await stored()).toEqual(['1.1', '2.1', '2.2']);
  const forks = await db.read.query(
    'select chain, seq from audit_entry group by chain, seq having count(*) > 1',
  );
  expect(forks).toEqual([]);
  await cut.close();
  await cutting.close();
});
