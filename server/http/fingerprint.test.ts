/** Fingerprints are stored: a later version must make the same one of the same payload. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fingerprintOf } from './idempotency.ts';

/** As the first versions made it. */
function firstFingerprintOf(payload: unknown): string {
  const text = JSON.stringify(payload ?? null, (key, value: unknown) => {
    if (/password/i.test(key)) return true;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(text).digest('base64url');
}

const NAMES = [
  'a',
  'B',
  'ä',
  '10',
  '9',
  '',
  'toString',
  '__proto__',
  'newPassword',
  '\ud800',
  '\u2028',
  '😀',
];

it('is the one that was stored before, of whatever JSON can say', () => {
  const name = fc.oneof(fc.constantFrom(...NAMES), fc.string());
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.jsonValue(), fc.double({ noNaN: true }), fc.constantFrom(-0, 1e21, '\ud800"\\')),
      fc.array(tie('value')),
      fc
        .array(fc.tuple(name, tie('value')))
        .map((fields) => JSON.parse(`{${fields.map((each) => fieldText(each)).join(',')}}`) as unknown),
    ),
  }));
  fc.assert(
    fc.property(value, (payload) => {
      expect(fingerprintOf(payload)).toBe(firstFingerprintOf(payload));
    }),
    { numRuns: 1_000 },
  );
});

const fieldText = ([name, each]: readonly [string, unknown]): string =>
  `${JSON.stringify(name)}:${JSON.stringify(each) ?? 'null'}`;

it.each([
  ['no body', undefined, 'dCNOmK_nSY-12vHzasLXiswzlGT5UHA7jAGYkvmCuQs'],
  [
    'a repayment',
    { transactionAmount: '100.00', transactionDate: '2025-02-15', note: null },
    '6_iYc8NYCAoa5ovXFLepC_6tQaATMO0f0n8zgzCtgao',
  ],
  [
    'an account',
    { roles: ['OPERATOR'], email: 'a@b.example', password: 'never seen' },
    'yKGRDUow2fV-s8CY_nV-qsRYVDt-J3yf1ObMmha41ks',
  ],
])('of %s is what it always was', (_, payload, stored) => {
  expect(fingerprintOf(payload)).toBe(stored);
});

it('does not depend on the order of fields, and not on the password', () => {
  const one = fingerprintOf({ a: { x: 1, y: 2 }, b: [1, { p: 1, q: 2 }], password: 'one' });
  expect(fingerprintOf({ password: 'two', b: [1, { q: 2, p: 1 }], a: { y: 2, x: 1 } })).toBe(one);
});

it.each([
  ['elements', { a: [1, 2] }, { a: [2, 1] }],
  ['a field that is null', { a: null }, {}],
  ['a field that is there', {}, { password: 'x' }],
  ['what `__proto__` says', JSON.parse('{"__proto__":{"a":1}}'), {}],
  ['text and number', { a: '1' }, { a: 1 }],
])('depends on %s', (_, one, other) => {
  expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
});
