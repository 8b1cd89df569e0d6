import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openPatiently } from '../../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import type { Database, Tx } from '../database.ts';
import { isLostVersion, provided } from '../failure.ts';
import { updating } from './updating.ts';
import { sendAll } from './writeSet.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
  await db.read.query(`create table kept (id bigint primary key, version int not null, said text, on_day date,
    at timestamptz, is_good boolean, document json)`);
});
beforeEach(async () => {
  await db.read.query('truncate kept');
  await db.read.query('insert into kept select n, 1 from generate_series(1, 20) n');
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const NEW = ['said', 'on_day', 'at', 'is_good', 'document'];
const update = updating({
  columns: [
    ['id', 'bigint'],
    ['before', 'int'],
    ['said', 'text'],
    ['on_day', 'date'],
    ['at', 'timestamptz'],
    ['is_good', 'boolean'],
    ['document', 'json'],
  ],
  text: ({ value, from, among }) =>
    `update kept set ${NEW.map((name) => `${name} = ${value(name)}`).join(', ')},
       version = ${provided(`kept.version = ${value('before')}`, 'version + 1', "'kept ' || kept.id::text")} ${from}
     where kept.id = ${value('id')} ${among('kept.id')}`,
});

const TEXTS = ['', 'NULL', null, '"quoted", {braced} \\ back', 'ä\n\u2028🌍', '\u001e'];
const AT = new Date('2025-03-30T01:30:00.123Z');
const rowOf = (id: number) => {
  const said = TEXTS[id % TEXTS.length] ?? null;
  const on_day = id % 2 === 0 ? '2024-02-29' : null;
  const at = id % 3 === 0 ? null : AT;
  return {
    id: BigInt(id),
    said,
    on_day,
    at,
    is_good: id % 2 === 0,
    document: { said, list: [id, null, '"'] },
  };
};
const valuesOf = ({ id, document, ...row }: ReturnType<typeof rowOf>, before: number) => [
  ...[id, before, row.said, row.on_day, row.at, row.is_good],
  JSON.stringify(document),
];

it.each([0, 1, 2, 3, 4, 5, 12])('stores %i rows alike', async (count) => {
  const rows = Array.from({ length: count }, (_, index) => rowOf(index + 1));
  await db.transaction((tx) => sendAll(tx, update(rows.map((row) => valuesOf(row, 1)))));
  const stored = await db.read.query(`select id, ${NEW.join(', ')} from kept where version = 2 order by id`);
  expect(stored).toEqual(rows);
});

it.each([1, 3, 4, 8])('fails, of %i rows, for one that another writer has changed', async (count) => {
  await db.read.query('update kept set version = 7 where id = 1');
  const rows = Array.from({ length: count }, (_, index) => valuesOf(rowOf(index + 1), 1));
  const failing = db.transaction((tx) => sendAll(tx, update(rows)));
  const failure: unknown = await failing.catch((error: unknown) => error);
  expect(isLostVersion(failure)).toBe(true);
  expect(failure).toMatchObject({ message: expect.stringContaining('changed by another writer: kept 1') });
  expect(await db.read.query('select id from kept where version = 2')).toEqual([]);
});

it('leaves with COMMIT, which does not happen when it fails', async () => {
  await db.read.query('update kept set version = 7 where id = 1');
  const behind = async (tx: Tx): Promise<void> => {
    void tx.query('insert into kept (id, version) values ($1, 1)', [50n]);
    for (const { text, values } of update([valuesOf(rowOf(1), 1)])) void tx.query(text, values);
  };
  const failure: unknown = await db.transaction(behind).catch((error: unknown) => error);
  expect(isLostVersion(failure)).toBe(true);
  expect(await db.read.query('select id from kept where id = 50')).toEqual([]);
  await db.read.query('update kept set version = 1 where id = 1');
  await db.transaction(behind);
  expect(await db.read.query('select id from kept where version = 2 or id = 50 order by id')).toEqual([
    { id: 1n },
    { id: 50n },
  ]);
});
