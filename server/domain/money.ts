/**
 * Money is an exact integer of the currency's minor units (`bigint`): 12.34 TZS is 1234n. It is rounded when
 * it is made from a real number and never in between; splitting loses nothing, the remainder is put somewhere
 * by name.
 *
 *   toMinor(new Decimal('12.345'), EUR) = 1234n   (half-even; 12.355 -> 1236n)
 *   toMultiple(33_350n, 1, EUR) = 33_400n         (333.50 to whole units, half-even: 334.00)
 *
 * Source: engine.md section 1.
 */
import { Decimal } from 'decimal.js';
import { Refusal } from './refusal.ts';

/** A real number kept as its decimal text, e.g. "1.5"; never a JavaScript number. */
export type DecimalText = string;

/** An amount in minor units of the loan's currency. */
export type Money = bigint;

export interface Currency {
  readonly code: string;
  /** Number of decimals of the currency: TZS and EUR 2. */
  readonly decimals: number;
  /** Only for currencies without decimals: every amount is a multiple of this many units. 0 = no rule. */
  readonly inMultiplesOf: number;
}

/** Rounding modes by the names of the reference (engine.md section 1). */
export type RoundingMode = 'UP' | 'DOWN' | 'CEILING' | 'FLOOR' | 'HALF_UP' | 'HALF_DOWN' | 'HALF_EVEN';

export const decimalRounding: Readonly<Record<RoundingMode, Decimal.Rounding>> = {
  UP: Decimal.ROUND_UP,
  DOWN: Decimal.ROUND_DOWN,
  CEILING: Decimal.ROUND_CEIL,
  FLOOR: Decimal.ROUND_FLOOR,
  HALF_UP: Decimal.ROUND_HALF_UP,
  HALF_DOWN: Decimal.ROUND_HALF_DOWN,
  HALF_EVEN: Decimal.ROUND_HALF_EVEN,
};

/** Rounds a real amount in major units to minor units. */
export function toMinor(major: Decimal, currency: Currency, rounding: RoundingMode = 'HALF_EVEN'): Money {
  const scaled = major.mul(10 ** currency.decimals).toDecimalPlaces(0, decimalRounding[rounding]);
  const minor = BigInt(scaled.toFixed(0));
  if (currency.decimals > 0 || currency.inMultiplesOf <= 1) return minor;
  return nearestMultiple(minor, BigInt(currency.inMultiplesOf), 'HALF_UP');
}

/** The exact real amount in major units. */
export function toMajor(amount: Money, currency: Currency): Decimal {
  return new Decimal(amount.toString()).div(10 ** currency.decimals);
}

/**
 * `amount` brought to the nearest multiple of `units` whole currency units, half-even. No-op when `units` is
 * null or 0.
 */
export function toMultiple(amount: Money, units: number | null, currency: Currency): Money {
  if (!units) return amount;
  return nearestMultiple(amount, BigInt(units) * 10n ** BigInt(currency.decimals), 'HALF_EVEN');
}

function nearestMultiple(amount: Money, step: bigint, tie: 'HALF_EVEN' | 'HALF_UP'): Money {
  return divideRounded(amount, step, tie) * step;
}

/** Integer quotient of two amounts, rounded; ties go to even or away from zero. */
export function divideRounded(
  dividend: bigint,
  divisor: bigint,
  rounding: 'HALF_EVEN' | 'HALF_UP' = 'HALF_EVEN',
): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = 2n * (rest < 0n ? -rest : rest);
  const size = divisor < 0n ? -divisor : divisor;
  const away = dividend < 0n === divisor < 0n ? 1n : -1n;
  if (twice < size) return quotient;
  if (twice > size) return quotient + away;
  return rounding === 'HALF_UP' || quotient % 2n !== 0n ? quotient + away : quotient;
}

export const minimum = (a: Money, b: Money): Money => (a < b ? a : b);
export const maximum = (a: Money, b: Money): Money => (a > b ? a : b);
export const sum = (amounts: Iterable<Money>): Money => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/** Amounts come in below this many minor units, so that sums of them are still exact as JSON numbers. */
const MOST_MINOR_UNITS = 10n ** 15n;

/**
 * Reads a decimal text or a JSON number of major units. Refuses more decimals than the currency has, and
 * anything that is not a plain finite number, instead of rounding it.
 */
export function parseMoney(value: string | number, currency: Currency, field = 'amount'): Money {
  const text = typeof value === 'number' ? plainText(value) : value;
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text);
  if (!match)
    throw new Refusal('invalid_argument', 'amount_malformed', 'must be a plain decimal number', field);
  const decimals = (match[3] ?? '').replace(/0+$/, '');
  if (decimals.length > currency.decimals) {
    const message = `must not have more than ${currency.decimals} decimals (${currency.code})`;
    throw new Refusal('invalid_argument', 'amount_too_many_decimals', message, field);
  }
  const minor = BigInt((match[2] ?? '0') + decimals.padEnd(currency.decimals, '0'));
  if (minor >= MOST_MINOR_UNITS) {
    const message = `must be less than ${formatMoney(MOST_MINOR_UNITS, currency)}`;
    throw new Refusal('invalid_argument', 'amount_too_large', message, field);
  }
  return match[1] === '-' ? -minor : minor;
}

function plainText(value: number): string {
  return Number.isFinite(value) ? new Decimal(value).toFixed() : String(value);
}

/** `1234n` -> `"12.34"`. */
export function formatMoney(amount: Money, currency: Currency): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(currency.decimals + 1, '0');
  const cut = digits.length - currency.decimals;
  const text = currency.decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return amount < 0n ? `-${text}` : text;
}

/**
 * The JSON number of an amount: the double nearest to the decimal, which prints with the currency's decimals.
 */
export function toJsonNumber(amount: Money, currency: Currency): number {
  // Both are exact as doubles, and a division of doubles is rounded once: the same number as by way of the
  // text.
  const scale = SCALES[currency.decimals];
  const units = Number(amount);
  if (scale !== undefined && Number.isSafeInteger(units)) return units / scale;
  return Number(formatMoney(amount, currency));
}

const SCALES = [1, 10, 100, 1000, 10_000];
