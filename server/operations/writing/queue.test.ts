import { expect, it } from 'vitest';
import { bySystem } from '../audit/trail.ts';
import type { Awaited } from './command.ts';
import { openQueue } from './queue.ts';

const waits = (name: string, line?: bigint): Awaited & { name: string } => ({
  name,
  command: { line, by: bySystem('test'), work: async () => name },
  resolve: () => {},
  reject: () => {},
});
const namesIn = (taken: readonly { commands: readonly Awaited[] }[]): string[][] =>
  taken.map(({ commands }) => commands.map((each) => (each as Awaited & { name: string }).name));

it('takes lines in the order in which they came, each with all of its commands', () => {
  const queue = openQueue();
  for (const each of [waits('a1', 1n), waits('b1', 2n), waits('a2', 1n), waits('c')]) queue.add(each);
  expect(queue.size()).toBe(4);
  expect(namesIn(queue.take(10))).toEqual([['a1', 'a2'], ['b1'], ['c']]);
  expect(queue.size()).toBe(0);
});

it('takes no more than asked for, and nothing from a line that is busy', () => {
  const queue = openQueue();
  for (const each of [waits('a1', 1n), waits('a2', 1n), waits('a3', 1n), waits('b1', 2n)]) queue.add(each);
  expect(namesIn(queue.take(2))).toEqual([['a1', 'a2']]);
  queue.add(waits('a4', 1n));
  expect(namesIn(queue.take(10))).toEqual([['b1']]);
  queue.release(1n, []);
  expect(namesIn(queue.take(10))).toEqual([['a3', 'a4']]);
});

it('puts what was put off back in front of its line', () => {
  const queue = openQueue();
  const [first, second] = [waits('a1', 1n), waits('a2', 1n)];
  queue.add(first);
  queue.add(second);
  queue.take(10);
  queue.add(waits('a3', 1n));
  queue.release(1n, [second]);
  expect(queue.size()).toBe(2);
  expect(namesIn(queue.take(10))).toEqual([['a2', 'a3']]);
});

it('keeps commands without a line apart', () => {
  const queue = openQueue();
  queue.add(waits('a'));
  queue.add(waits('b'));
  expect(namesIn(queue.take(1))).toEqual([['a']]);
  expect(namesIn(queue.take(1))).toEqual([['b']]);
});
