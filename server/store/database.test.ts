/** What callers of the database may believe when the connection is cut, wherever that happens. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Cutting, type Message, openCutting } from '../../test/cutting.ts';
import { openPatiently, SOON } from '../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../test/testDatabase.ts';
import { copyRows } from './bulk/copying.ts';
import type { Database, Tx } from './database.ts';
import { DatabaseUnavailable, isCutOff } from './failure.ts';

let database: TestDatabase;
let cutting: Cutting;
/** Not cut. */
let direct: Database;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  cutting = await openCutting(database.url);
  direct = openPatiently(database.url, { poolSize: 2 });
  await direct.read.query('create table paid (n int)');
});
beforeEach(async () => {
  await direct.read.query('truncate paid');
  db = openPatiently(cutting.url, { poolSize: 1 });
});
afterEach(() => db.close());
afterAll(async () => {
  await direct?.close();
  await cutting?.close();
  await database?.drop();
});

const pay = (tx: Tx, n = 1) => tx.query('insert into paid values ($1) returning n', [n]);
const paid = async (): Promise<number[]> =>
  (await direct.read.query<{ n: number }>('select n from paid order by n')).map(({ n }) => n);

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const fromClient = (statement: RegExp) => (message: Message) =>
  message.from === 'client' && message.type === 'P' && statement.test(message.text);
const fromServer =
  (type: string, text = '') =>
  (message: Message) =>
    message.from === 'server' && message.type === type && message.text.startsWith(text);

/** A reading that leaves with BEGIN, a reading behind it, two writes at once, and COMMIT. */
async function payTwice(): Promise<string> {
  const all = await db.transaction(
    async (tx) => {
      const held = tx.query('select 1 as one for update');
      await tx.query('select n from paid where n = $1', [1]);
      await Promise.all([held, pay(tx, 1), pay(tx, 2)]);
      return 'paid';
    },
    { lockTimeoutMilliseconds: 5_000, plans: 'once' },
  );
  return all;
}

/** A Sync on its way, a statement or a whole message answered. */
const isTelling = ({ type }: Message): boolean => 'SCZ'.includes(type);

it('stores all or nothing, once, and tells which, wherever the connection is cut', async () => {
  await payTwice();
  await payTwice();
  const first = cutting.seen.length;
  await payTwice();
  const messages = cutting.seen.slice(first).filter(isTelling).length;
  expect(messages).toBeGreaterThan(12);
  const ends = new Set<string>();
  for (let place = 1; place <= messages; place += 1) {
    await payTwice();
    await direct.read.query('truncate paid');
    let left = place;
    cutting.cutAt((message) => isTelling(message) && --left === 0);
    const end = await payTwice().catch((error: unknown) => error);
    const stored = await paid();
    if (end === 'paid') expect(stored, `cut at ${place}`).toEqual([1, 2]);
    else {
      expect(end, `cut at ${place}`).toBeInstanceOf(DatabaseUnavailable);
      const { outcomeUnknown } = end as DatabaseUnavailable;
      if (outcomeUnknown) expect([[], [1, 2]], `cut at ${place}`).toContainEqual(stored);
      else expect(stored, `cut at ${place}`).toEqual([]);
    }
    ends.add(end === 'paid' ? end : `unknown: ${(end as DatabaseUnavailable).outcomeUnknown}`);
  }
  expect([...ends].sort()).toEqual(['paid', 'unknown: false', 'unknown: true']);
});

it.each<[when: string, rule: (message: Message) => boolean, stored: number[]]>([
  ['its COMMIT', fromClient(/^commit\0/), []],
  ['the answer to COMMIT', fromServer('C', 'COMMIT'), [1]],
])('does not know the outcome of a transaction that lost %s', async (_, rule, stored) => {
  cutting.cutAt(rule);
  const failure = await failureOf(db.transaction((tx) => pay(tx)));
  expect(failure).toMatchObject({ name: 'DatabaseUnavailable', outcomeUnknown: true });
  expect(isCutOff(failure)).toBe(false);
  await expect.poll(paid, SOON).toEqual(stored);
});

it('knows that a transaction is stored of which COMMIT was answered', async () => {
  let isSaid = false;
  cutting.cutAt((message) => {
    if (fromServer('C', 'COMMIT')(message)) isSaid = true;
    return isSaid && fromServer('Z')(message);
  });
  expect(await db.transaction((tx) => pay(tx))).toEqual([{ n: 1 }]);
  expect(await paid()).toEqual([1]);
  expect(await db.transaction((tx) => pay(tx, 2))).toEqual([{ n: 2 }]);
});

it('knows that nothing is stored of a transaction that was cut before COMMIT', async () => {
  cutting.cutAt(fromServer('C', 'INSERT'));
  const failure = await failureOf(db.transaction((tx) => pay(tx)));
  expect(failure).toMatchObject({ name: 'DatabaseUnavailable', outcomeUnknown: false });
  expect(isCutOff(failure)).toBe(true);
  expect(await paid()).toEqual([]);
});

it.each<[when: string, last: (tx: Tx) => Promise<unknown>]>([
  ['before its last statement', pay],
  ['before COMMIT', async () => {}],
  ['before a statement of which nobody hears', async (tx) => void (await failureOf(pay(tx)))],
])('knows the same of a transaction whose connection is ended %s', async (_, last) => {
  const work = async (tx: Tx): Promise<unknown> => {
    await pay(tx);
    const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    const first = cutting.seen.length;
    await direct.read.query('select pg_terminate_backend($1, 60000)', [own?.pid]);
    await expect.poll(() => cutting.seen.slice(first).some(fromServer('E')), SOON).toBe(true);
    // Until the client has heard of it, by turns: a busy machine may let any time pass between two.
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    return last(tx);
  };
  const failure = await failureOf(db.transaction(work));
  expect(failure).toMatchObject({ name: 'DatabaseUnavailable', outcomeUnknown: false });
  expect(failure, 'says what ended it').toMatchObject({ cause: { cause: { code: '57P01' } } });
  expect(isCutOff(failure)).toBe(true);
  expect(await paid()).toEqual([]);
});

it('tells of a lost connection also when the work went on without the statement that was lost', async () => {
  cutting.cutAt(fromServer('C', 'INSERT'));
  const failure = await failureOf(db.transaction((tx) => failureOf(pay(tx))));
  expect(failure).toMatchObject({ name: 'DatabaseUnavailable', outcomeUnknown: false });
  expect(isCutOff(failure)).toBe(true);
  expect(await paid()).toEqual([]);
});

it.each([
  ['BEGIN', fromServer('C', 'BEGIN')],
  ['what is set behind it', fromServer('C', 'SELECT')],
])('begins again on another connection when %s is not answered', async (_, rule) => {
  await db.read.query('select 1');
  cutting.cutAt(rule);
  let runs = 0;
  const work = async (tx: Tx): Promise<object[]> => {
    runs += 1;
    return pay(tx);
  };
  expect(await db.transaction(work, { lockTimeoutMilliseconds: 5_000 })).toEqual([{ n: 1 }]);
  expect([runs, await paid()]).toEqual([2, [1]]);
});

it('never sends a write in one message with BEGIN, nor before it is answered', async () => {
  await db.read.query('select 1');
  const first = cutting.seen.length;
  await db.transaction((tx) => Promise.all([tx.query('select 1'), pay(tx)]), { plans: 'once' });
  const said = cutting.seen.slice(first);
  const begun = said.findIndex(fromServer('Z'));
  expect(said.findIndex(fromClient(/begin/))).toBeLessThan(begun);
  expect(said.findIndex(fromClient(/insert/))).toBeGreaterThan(begun);
});

it('copies nothing in before BEGIN is answered, and nothing that is undone', async () => {
  const { bulk } = db;
  await bulk.transaction((tx) => pay(tx));
  const first = cutting.seen.length;
  const copying = bulk.transaction(
    async (tx) => {
      await copyRows(tx, { name: 'paid', columns: ['n'] }, [[8], [9]]);
      await tx.query('select 1 / $1::int', [0]);
    },
    { lockTimeoutMilliseconds: 5_000 },
  );
  await expect(copying).rejects.toMatchObject({ code: '22012' });
  const said = cutting.seen.slice(first);
  const copied = said.findIndex(({ from, text }) => from === 'client' && text.startsWith('copy paid'));
  expect(copied).toBeGreaterThan(said.findIndex(fromServer('C', 'SELECT')));
  expect(said.findIndex(fromServer('C', 'SELECT'))).toBeGreaterThan(said.findIndex(fromServer('C', 'BEGIN')));
  expect(await paid()).toEqual([1]);
});

it('does not believe in a single write before the server is through with it', async () => {
  for (const tx of [db.read, db.readByKey]) {
    await db.read.query('select 1');
    cutting.cutAt(fromServer('Z'));
    expect(await failureOf(pay(tx))).toBeInstanceOf(DatabaseUnavailable);
  }
  await direct.read.query('create table late (n int unique deferrable initially deferred)');
  const late = (tx: Tx) => tx.query('insert into late values ($1)', [1]);
  await late(db.read);
  for (const tx of [db.read, db.readByKey]) await expect(late(tx)).rejects.toMatchObject({ code: '23505' });
});

it('reads on when a table has changed under every connection', async () => {
  await direct.read.query('create table changing (a int)');
  const many = openPatiently(database.url, { poolSize: 4 });
  const read = () => many.read.query('select changing.*, pg_sleep(0.02)::text as slept from changing');
  for (let round = 0; round < 3; round += 1) await Promise.all([1, 2, 3, 4].map(read));
  expect(many.connections()).toMatchObject({ total: 4 });
  await direct.read.query('alter table changing add column b int');
  await direct.read.query('insert into changing values (1, 2)');
  expect(await read()).toEqual([{ a: 1, b: 2, slept: '' }]);
  await many.close();
});

it('leaves a connection as it found it', async () => {
  const settings = async (tx: Tx) =>
    (
      await tx.query(
        `select current_setting('plan_cache_mode') as plans, current_setting('lock_timeout') as lock`,
      )
    )[0];
  const usual = { plans: 'auto', lock: '0' };
  expect(await settings(db.readByKey)).toEqual({ plans: 'force_generic_plan', lock: '0' });
  expect(await settings(db.read)).toEqual(usual);
  const own = { plans: 'once', lockTimeoutMilliseconds: 70 } as const;
  expect(await db.transaction(settings, own)).toEqual({ plans: 'force_generic_plan', lock: '70ms' });
  expect(await db.read.query('select 1 from no_such_table').catch(() => 'failed')).toBe('failed');
  await failureOf(db.transaction((tx) => tx.query('select 1 / 0'), own));
  expect(await db.transaction(settings)).toEqual(usual);
});

it('undoes what was begun when the reading that left with BEGIN fails', async () => {
  const pidOf = async (tx: Tx) => (await tx.query('select pg_backend_pid() as pid'))[0];
  const before = await db.transaction(pidOf);
  const failing = db.transaction(async (tx) => {
    void tx.query('select 1 / $1::int', [0]);
    return pay(tx);
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await paid()).toEqual([]);
  expect(await db.transaction(pidOf)).toEqual(before);
});

it.each<[what: string, failing: (tx: Tx) => Promise<unknown>, failure: object]>([
  ['fails', (tx) => tx.query('select 1 / $1::int', [0]), { code: '22012' }],
  [
    'cannot be sent',
    (tx) => tx.query('insert into paid values ($1)', [{ amount: 1n }]),
    { name: 'TypeError' },
  ],
  [
    'finds the disk full',
    (tx) => tx.query('select full_disk()'),
    { name: 'DatabaseUnavailable', outcomeUnknown: false },
  ],
])(
  'stores nothing, and knows it, when a statement that leaves with COMMIT %s',
  async (_, failing, failure) => {
    await direct.read.query(`create or replace function full_disk() returns int language plpgsql
    as $$ begin raise exception 'disk full' using errcode = '53100'; end $$`);
    const work = async (tx: Tx): Promise<void> => {
      await tx.query('select 1');
      void pay(tx);
      void failing(tx);
      void pay(tx, 2);
    };
    expect(await failureOf(db.transaction(work))).toMatchObject(failure);
    expect(await paid()).toEqual([]);
  },
);

it('sends what nobody waits for in one message with COMMIT, and stores it', async () => {
  const first = cutting.seen.length;
  await db.transaction(async (tx) => {
    await tx.query('select 1');
    void pay(tx);
    void pay(tx, 2);
  });
  expect(await paid()).toEqual([1, 2]);
  const said = cutting.seen.slice(first).filter(({ from }) => from === 'client');
  const inserted = said.findIndex(fromClient(/insert/));
  expect(said.findIndex(fromClient(/^commit\0/))).toBeGreaterThan(inserted);
  expect(said.slice(inserted).filter(({ type }) => type === 'S')).toHaveLength(1);
});

it.each<[when: string, rule: (message: Message) => boolean, stored: number[]]>([
  ['of its last statements', fromServer('C', 'INSERT'), [1]],
  ['with its last statements', fromClient(/insert/), []],
])('does not know the outcome when COMMIT was lost behind the answer %s', async (_, rule, stored) => {
  const work = async (tx: Tx): Promise<void> => {
    await tx.query('select 1');
    void pay(tx);
  };
  cutting.cutAt(rule);
  const failure = await failureOf(db.transaction(work));
  expect(failure).toMatchObject({ name: 'DatabaseUnavailable', outcomeUnknown: true });
  expect(isCutOff(failure)).toBe(false);
  await expect.poll(paid, SOON).toEqual(stored);
});

it('waits for what is in flight before it closes', async () => {
  const closing = openPatiently(cutting.url, { poolSize: 2 });
  const first = cutting.seen.length;
  const slow = closing.read.query('select pg_sleep(0.2), 1 as one');
  const paying = closing.transaction(async (tx) => {
    await tx.query('select pg_sleep(0.2)');
    return pay(tx);
  });
  await expect.poll(() => cutting.seen.slice(first).filter(fromClient(/pg_sleep/)), SOON).toHaveLength(2);
  await closing.close();
  expect(await slow).toMatchObject([{ one: 1 }]);
  expect(await paying).toEqual([{ n: 1 }]);
  await expect(closing.read.query('select 1')).rejects.toThrow(/after calling end/);
});
