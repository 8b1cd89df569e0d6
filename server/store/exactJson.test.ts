import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readExact, writeExact } from './exactJson.ts';

it('writes an amount as a marked text and anything else as JSON does', () => {
  expect(writeExact({ amount: -1234n, name: 'fee', count: 2, none: null })).toBe(
    '{"amount":"#-1234","name":"fee","count":2,"none":null}',
  );
});

it('reads back what it wrote, texts that look like amounts included', () => {
  const leaf = fc.oneof(fc.bigInt(), fc.string(), fc.constantFrom('#1', '##1', '#', '#x'), fc.integer());
  const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.array(leaf)));
  fc.assert(
    fc.property(value, (each) => {
      expect(readExact(JSON.parse(writeExact(each)))).toEqual(each);
    }),
  );
});
