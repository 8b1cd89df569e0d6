/** Readings that callers share: few statements, each caller its own answer or its own failure. */
import { expect, it } from 'vitest';
import type { Tx } from '../database.ts';
import { openSharing } from './sharing.ts';

const NOWHERE: Tx = { query: () => Promise.reject(new Error('no database is needed here')) };

/** A store of numbers that writes down which keys were read together; it answers when told to. */
function store(shape: (row: number) => number = (row) => row) {
  const statements: number[][] = [];
  const answers: ((rows: ReadonlyMap<string, number> | Error) => void)[] = [];
  const find = openSharing<number, number, number>(NOWHERE, {
    textOf: String,
    shape,
    read: (_tx, keys) =>
      new Promise((resolve, reject) => {
        statements.push([...keys]);
        answers.push((rows) => (rows instanceof Error ? reject(rows) : resolve(rows)));
      }),
  });
  const all = (keys: readonly number[]) => new Map(keys.map((key) => [String(key), key * 10]));
  const answer = (index: number) => answers[index]?.(all(statements[index] ?? []));
  return { find, statements, answer, fail: (index: number) => answers[index]?.(new Error('down')) };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

it('keys of one turn go out together, equal ones once', async () => {
  const { find, statements, answer } = store();
  const found = Promise.all([find(1), find(2), find(1)]);
  await turn();
  answer(0);
  expect(await found).toEqual([10, 20, 10]);
  expect(statements).toEqual([[1, 2]]);
});

it('at most two statements are under way; who comes meanwhile goes with the next one', async () => {
  const { find, statements, answer } = store();
  const found: Promise<number | undefined>[] = [];
  for (const key of [1, 2, 3, 4, 5]) {
    found.push(find(key));
    await turn();
  }
  expect(statements).toEqual([[1], [2]]);
  answer(1);
  await turn();
  expect(statements).toEqual([[1], [2], [3, 4, 5]]);
  answer(0);
  answer(2);
  expect(await Promise.all(found)).toEqual([10, 20, 30, 40, 50]);
});

it('a key asked for again after its statement went out is read again: it may have changed since', async () => {
  const { find, statements, answer } = store();
  const before = find(1);
  await turn();
  const after = find(1);
  await turn();
  expect(statements).toEqual([[1], [1]]);
  answer(0);
  answer(1);
  expect(await Promise.all([before, after])).toEqual([10, 10]);
});

it('what is not there is undefined; a row that makes no sense harms its own callers only', async () => {
  const { find, answer } = store((row) => {
    if (row === 20) throw new Error('nonsense');
    return row;
  });
  const found = Promise.allSettled([find(1), find(2), find(3)]);
  await turn();
  answer(0);
  expect((await found).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('a failing statement is heard of by those who asked, and the next one goes out', async () => {
  const { find, statements, answer, fail } = store();
  const lost = Promise.allSettled([find(1), find(2)]);
  await turn();
  fail(0);
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const found = find(1);
  await turn();
  expect(statements).toHaveLength(2);
  answer(1);
  expect(await found).toBe(10);
});
