import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readExact, writeDiffering, writeExact } from './exactJson.ts';

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

/** As it was written in two steps: first the fields that differ, then their text. */
function differing(value: object, empty: object): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [name, each] of Object.entries(value)) {
    const nothing = (empty as Record<string, unknown>)[name];
    if (each === nothing || each === undefined) continue;
    if (!isParts(each) || !isParts(nothing)) kept.push([name, each]);
    else {
      const part = Array.isArray(each) ? each : differing(each, nothing);
      if (Object.keys(part).length > 0) kept.push([name, part]);
    }
  }
  return Object.fromEntries(kept);
}

const isParts = (value: unknown): value is object => typeof value === 'object' && value !== null;

const ODD = ['#', '##1', '"', '\\', '\u2028', '\ud800', '\n', '\u001e', '{}', '[]', 'plain: 1/2#-+', 'ä', ''];

it('writes of a value what differs from an empty one', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(...ODD));
  const leaf = fc.oneof(
    ...[text, fc.bigInt(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0, 0.1, 0n, {}, [])],
  );
  const name = fc.constantFrom('a', 'b', 'c', '1', 'constructor', '__proto__', '"', 'ä');
  const { parts } = fc.letrec((tie) => ({
    parts: fc
      .array(fc.tuple(name, fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { maxLength: 3 }), tie('parts'))))
      .map((fields) => Object.fromEntries(fields) as object),
  }));
  fc.assert(
    fc.property(parts as fc.Arbitrary<object>, parts as fc.Arbitrary<object>, (value, empty) => {
      expect(writeDiffering(value, empty)).toBe(writeExact(differing(value, empty)));
    }),
    { numRuns: 2_000 },
  );
});

it.each([
  ['nothing', { a: null, b: 0n, c: [], d: {} }, '{}'],
  ['an amount, of which a part says nothing else', { d: { x: 1n } }, '{"d":{"x":"#1"}}'],
  ['an empty part in the place of none', { a: {} }, '{"a":{}}'],
  ['an empty list in the place of none', { a: [] }, '{"a":[]}'],
  ['null in the place of a part', { c: null, d: null }, '{"c":null,"d":null}'],
  ['elements as they are', { c: [{ x: 0n }, {}, null] }, '{"c":[{"x":"#0"},{},null]}'],
  ['a field that the empty one does not know', { e: 0n }, '{"e":"#0"}'],
  ['texts that look like amounts or like nothing', { a: '#1', e: '{}' }, '{"a":"##1","e":"{}"}'],
  ['what is not there', { a: undefined, d: { x: undefined } }, '{}'],
])('writes %s', (_, value, written) => {
  expect(writeDiffering(value, { a: null, b: 0n, c: [], d: { x: 0n } })).toBe(written);
});

it('writes any text as JSON does', () => {
  const unit = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ODD));
  fc.assert(
    fc.property(unit, (text) => {
      const marked = text.startsWith('#') ? `#${text}` : text;
      expect(writeExact({ [text]: text })).toBe(`{${JSON.stringify(text)}:${JSON.stringify(marked)}}`);
    }),
  );
});
