import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPatiently } from '../../../test/patience.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/testDatabase.ts';
import type { Database } from '../database.ts';
import { canCopy, copyRows } from './copying.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openPatiently(database.url);
  await db.read.query('create table copied (id bigint primary key, said text, on_day date, at timestamptz)');
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const target = { name: 'copied', columns: ['id', 'said', 'on_day', 'at'] };
const stored = () => db.read.query<{ id: bigint; said: string | null }>('select * from copied order by id');

it('copies any text exactly, nulls, dates, instants and large numbers', async () => {
  const texts = [
    '',
    ' ',
    'a\tb',
    'line\nfeed',
    'carriage\r\nreturn',
    '\\N',
    '\\',
    '\\.',
    'ärger 🌍',
    '"x"',
    null,
  ];
  const at = new Date('2025-01-15T09:00:00.123Z');
  const rows = texts.map((text, index) => [9_007_199_254_740_993n + BigInt(index), text, '2024-02-29', at]);
  await db.bulk.transaction((tx) => copyRows(tx, target, rows));
  expect(await stored()).toEqual(rows.map(([id, said, on_day, when]) => ({ id, said, on_day, at: when })));
});

it('copies more rows than go out in one piece', async () => {
  const rows = Array.from({ length: 1_001 }, (_, index) => [BigInt(index), `row ${index}`, null, null]);
  await db.bulk.transaction(async (tx) => {
    await tx.query('delete from copied');
    await copyRows(tx, target, rows);
  });
  expect((await stored()).map(({ said }) => said)).toEqual(rows.map(([, said]) => said));
});

it('leaves nothing behind when a key is taken, and the connection goes on working', async () => {
  const before = await stored();
  const twice = db.bulk.transaction(async (tx) => {
    await copyRows(tx, target, [[5_000n, 'new', null, null]]);
    await copyRows(tx, target, [[0n, 'taken', null, null]]);
  });
  await expect(twice).rejects.toMatchObject({ code: '23505' });
  expect(await stored()).toEqual(before);
  await db.bulk.transaction((tx) => copyRows(tx, target, [[6_000n, 'later', null, null]]));
  expect(await stored()).toHaveLength(before.length + 1);
});

it('is not for other transactions', async () => {
  const asked = db.transaction(async (tx) => {
    expect(canCopy(tx)).toBe(false);
    await copyRows(tx, target, [[1n, 'x', null, null]]);
  });
  await expect(asked).rejects.toThrow('only a bulk transaction can copy');
});
