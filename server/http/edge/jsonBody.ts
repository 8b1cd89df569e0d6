/**
 * Reads a JSON body without losing or hiding anything: bytes that are not UTF-8, a number that a double
 * cannot hold exactly (1e400, 0.12345678901234567890), a `__proto__` key, a NUL or half a surrogate pair, and
 * towers of brackets are refused with the field at fault. A plain body costs one look at its characters and
 * one `JSON.parse`.
 */
import { isUtf8 } from 'node:buffer';
import { Decimal } from 'decimal.js';
import { parse as parseLossless } from 'lossless-json';
import { invalidArgument } from '../errors.ts';
import type { Fault } from './faults.ts';

const DEEPEST = 32;
const MOST_FAULTS = 20;
/** Up to 15 digits are exact in a double. */
const SAFE_NUMBER_LENGTH = 15;

/** The parsed body; undefined when there is none. */
export function readJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw bodyFault('is not valid UTF-8');
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  const found = survey(text);
  if (found.depth > DEEPEST) throw bodyFault(`is nested deeper than ${DEEPEST} levels`);
  const value = parseJson(text);
  const faults: Fault[] = [];
  if (found.longNumber) findInexact(text, faults);
  if (text.includes('\\u') || text.includes('__proto__'))
    walk(value, [], (at, each) => textFault(at, each, faults));
  if (faults.length > 0) throw invalidArgument(...faults.slice(0, MOST_FAULTS));
  return value;
}

const bodyFault = (error: string) => invalidArgument({ field: 'body', error });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bodyFault('is not valid JSON');
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * One pass over the characters: how deep the brackets go, and whether a number is too long to be surely
 * exact.
 */
function survey(text: string): { depth: number; longNumber: boolean } {
  let depth = 0;
  let deepest = 0;
  let longNumber = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = endOfString(text, at);
    else if (isOpening(char)) deepest = Math.max(deepest, ++depth);
    else if (isClosing(char)) depth -= 1;
    else if (isDigit(char)) {
      const end = endOfNumber(text, at);
      longNumber ||= end - at > SAFE_NUMBER_LENGTH || hasExponent(text, at, end);
      at = end - 1;
    }
  }
  return { depth: deepest, longNumber };
}

const isOpening = (char: number): boolean => char === 123 || char === 91;
const isClosing = (char: number): boolean => char === 125 || char === 93;
const isDigit = (char: number): boolean => char >= 48 && char <= 57;

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at += 1;
  return at;
}

/** A digit or one of `.eE+-`. */
const isOfNumber = (char: number): boolean =>
  isDigit(char) || isExponent(char) || char === 46 || char === 43 || char === 45;

function hasExponent(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (isExponent(text.charCodeAt(at))) return true;
  return false;
}

const isExponent = (char: number): boolean => char === 101 || char === 69;

/** Stands in for a number that a double would change. */
const INEXACT = Symbol('inexact number');

function findInexact(text: string, faults: Fault[]): void {
  const numbersOnly = parseAgain(text);
  walk(numbersOnly, [], (at, each) => {
    if (each === INEXACT) faults.push({ field: at, error: 'has more digits than can be kept exactly' });
  });
}

function parseAgain(text: string): unknown {
  try {
    return parseLossless(text, null, (token) => (isExact(token) ? Number(token) : INEXACT));
  } catch {
    throw bodyFault('names a field twice');
  }
}

/** True when the double nearest to the token reads as the same decimal number. */
function isExact(token: string): boolean {
  const double = Number(token);
  return Number.isFinite(double) && new Decimal(token).equals(new Decimal(double));
}

const NOT_STORABLE = /\0|\p{Surrogate}/u;

/** What PostgreSQL's text cannot hold: NUL, and half a surrogate pair. */
export const isStorable = (text: string): boolean => !NOT_STORABLE.test(text);

function textFault(at: string, value: unknown, faults: Fault[]): void {
  const name = at.slice(at.lastIndexOf('.') + 1);
  if (name === '__proto__') faults.push({ field: at, error: 'unknown field' });
  else if (!isStorable(name))
    faults.push({ field: 'body', error: 'a field name holds a NUL or broken character' });
  else if (typeof value === 'string' && !isStorable(value))
    faults.push({ field: at, error: 'must not hold a NUL or broken character' });
}

function walk(value: unknown, path: readonly string[], visit: (at: string, value: unknown) => void): void {
  if (path.length > 0) visit(path.join('.'), value);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) walk(each, [...path, key], visit);
}
