import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Currency,
  divideRounded,
  formatMoney,
  maximum,
  minimum,
  parseMoney,
  type RoundingMode,
  sum,
  toJsonNumber,
  toMajor,
  toMinor,
  toMultiple,
} from './money.ts';
import { Refusal } from './refusal.ts';

const EUR: Currency = { code: 'EUR', decimals: 2, inMultiplesOf: 0 };
const BHD: Currency = { code: 'BHD', decimals: 3, inMultiplesOf: 0 };
const JPY: Currency = { code: 'JPY', decimals: 0, inMultiplesOf: 0 };
/** Cash in coins of 50 only. */
const COINS: Currency = { code: 'XXX', decimals: 0, inMultiplesOf: 50 };

describe('a real amount becomes minor units', () => {
  it.each([
    ['12.345', '12.34', '12.345 lies between two even cents: the even one'],
    ['12.355', '12.36', 'the even cent again'],
    ['12.3451', '12.35', 'past the middle'],
    ['-12.345', '-12.34', 'below zero as above'],
  ])('%s euro -> %s (%s)', (real, rounded) => {
    expect(formatMoney(toMinor(new Decimal(real), EUR), EUR)).toBe(rounded);
  });

  it.each<[RoundingMode, string, string]>([
    ['UP', '1.01', '-1.01'],
    ['DOWN', '1.00', '-1.00'],
    ['CEILING', '1.01', '-1.00'],
    ['FLOOR', '1.00', '-1.01'],
    ['HALF_UP', '1.01', '-1.01'],
    ['HALF_DOWN', '1.00', '-1.00'],
    ['HALF_EVEN', '1.00', '-1.00'],
  ])('1.005 rounded %s is %s, and -1.005 is %s', (mode, above, below) => {
    expect(formatMoney(toMinor(new Decimal('1.005'), EUR, mode), EUR)).toBe(above);
    expect(formatMoney(toMinor(new Decimal('-1.005'), EUR, mode), EUR)).toBe(below);
  });

  it.each([
    ['124.4', 100n],
    ['125', 150n],
    ['174.6', 200n],
    ['-125', -150n],
  ])('%s in coins of 50 is %s, the middle going up', (real, rounded) => {
    expect(toMinor(new Decimal(real), COINS)).toBe(rounded);
  });

  it('keeps to multiples only where the currency has no decimals', () => {
    expect(toMinor(new Decimal('124.40'), { ...COINS, decimals: 2 })).toBe(124_40n);
    expect(toMinor(new Decimal('124'), { ...COINS, inMultiplesOf: 1 })).toBe(124n);
    expect(toMinor(new Decimal('124'), JPY)).toBe(124n);
  });

  it('and comes back unchanged', () => {
    expect(toMajor(1234n, EUR).toFixed()).toBe('12.34');
    expect(toMajor(1234n, JPY).toFixed()).toBe('1234');
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (amount) => {
        expect(toMinor(toMajor(amount, BHD), BHD)).toBe(amount);
      }),
    );
  });
});

describe('an installment brought to multiples of whole units', () => {
  it.each([
    [333_50n, 1, 334_00n],
    [332_50n, 1, 332_00n],
    [333_49n, 1, 333_00n],
    [333_51n, 1, 334_00n],
    [333_50n, 10, 330_00n],
    [333_50n, null, 333_50n],
    [333_50n, 0, 333_50n],
  ])('%s in multiples of %s is %s', (amount, units, rounded) => {
    expect(toMultiple(amount, units, EUR)).toBe(rounded);
  });
});

describe('a quotient of amounts', () => {
  it.each([
    [10n, 4n, 2n, 3n],
    [14n, 4n, 4n, 4n],
    [-10n, 4n, -2n, -3n],
    [10n, -4n, -2n, -3n],
    [-10n, -4n, 2n, 3n],
    [11n, 4n, 3n, 3n],
    [9n, 4n, 2n, 2n],
    [-11n, 4n, -3n, -3n],
    [-11n, -4n, 3n, 3n],
    [9n, -4n, -2n, -2n],
    [0n, 4n, 0n, 0n],
  ])('%s / %s is %s half-even and %s half-up', (dividend, divisor, even, up) => {
    expect(divideRounded(dividend, divisor)).toBe(even);
    expect(divideRounded(dividend, divisor, 'HALF_EVEN')).toBe(even);
    expect(divideRounded(dividend, divisor, 'HALF_UP')).toBe(up);
  });

  it('is never further than half a divisor from the truth', () => {
    const wide = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n });
    fc.assert(
      fc.property(wide, wide, (dividend, divisor) => {
        fc.pre(divisor !== 0n);
        const rest = dividend - divideRounded(dividend, divisor) * divisor;
        expect(2n * (rest < 0n ? -rest : rest)).toBeLessThanOrEqual(divisor < 0n ? -divisor : divisor);
      }),
    );
  });
});

describe('an amount as it is written', () => {
  it.each<[string | number, Currency, bigint]>([
    ['12.34', EUR, 1234n],
    ['12.3', EUR, 1230n],
    ['12', EUR, 1200n],
    ['12.3400', EUR, 1234n],
    ['-0.05', EUR, -5n],
    ['007', EUR, 700n],
    ['999999999999999', JPY, 999_999_999_999_999n],
    ['5.000', JPY, 5n],
    ['1.050', BHD, 1050n],
    [12.34, EUR, 1234n],
    [-3, EUR, -300n],
    [1e3, EUR, 100_000n],
  ])('%s is read', (written, currency, amount) => {
    expect(parseMoney(written, currency)).toBe(amount);
  });

  it.each<[string | number]>([
    [''],
    ['abc'],
    ['12,34'],
    ['1e3'],
    ['+1'],
    [' 1'],
    ['1 '],
    ['.5'],
    ['1.'],
    ['1.2.3'],
    ['--1'],
    ['1234567890123456'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e21],
  ])('%s is refused as malformed', (written) => {
    expect(() => parseMoney(written, EUR, 'principal')).toThrow(
      new Refusal('invalid_argument', 'amount_malformed', 'must be a plain decimal number', 'principal'),
    );
    expect(codeOf(() => parseMoney(written, EUR, 'principal'))).toEqual([
      'invalid_argument',
      'amount_malformed',
      'principal',
    ]);
  });

  it('is refused from the size on at which a JSON number loses its cents', () => {
    expect(parseMoney('9999999999999.99', EUR)).toBe(10n ** 15n - 1n);
    expect(codeOf(() => parseMoney(10 ** 13, EUR, 'principal'))).toEqual([
      'invalid_argument',
      'amount_too_large',
      'principal',
    ]);
    expect(() => parseMoney(10 ** 13, EUR)).toThrow('must be less than 10000000000000.00');
  });

  it('with more decimals than the currency has is refused, not rounded', () => {
    expect(codeOf(() => parseMoney('1.234', EUR))).toEqual([
      'invalid_argument',
      'amount_too_many_decimals',
      'amount',
    ]);
    expect(() => parseMoney('1.234', EUR)).toThrow('must not have more than 2 decimals (EUR)');
    expect(codeOf(() => parseMoney('1.5', JPY, 'fee'))?.[2]).toBe('fee');
  });

  it.each([
    [1234n, EUR, '12.34', 12.34],
    [5n, EUR, '0.05', 0.05],
    [-5n, EUR, '-0.05', -0.05],
    [0n, EUR, '0.00', 0],
    [1234n, JPY, '1234', 1234],
    [-1234n, JPY, '-1234', -1234],
    [1_050n, BHD, '1.050', 1.05],
  ])('%s minor units are written out', (amount, currency, text, json) => {
    expect(formatMoney(amount, currency)).toBe(text);
    expect(toJsonNumber(amount, currency)).toBe(json);
    expect(parseMoney(text, currency)).toBe(amount);
  });
});

describe('several amounts', () => {
  it('have a least, a greatest and a sum', () => {
    expect([minimum(1n, 2n), minimum(2n, 1n), maximum(1n, 2n), maximum(2n, 1n)]).toEqual([1n, 1n, 2n, 2n]);
    expect(sum([1n, 20n, -300n])).toBe(-279n);
    expect(sum([])).toBe(0n);
  });
});

function codeOf(act: () => unknown): [string, string, string | undefined] | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return [error.kind, error.code, error.field];
    throw error;
  }
  return undefined;
}
