/**
 * Whether objects of one kind are made alike. V8 describes what an object looks like in a hidden class, which
 * all that are made in the same way share; code that meets few of them is fast. `{ ...loan, added }`, a field
 * that the spread has not, gives every object one of its own, seventy times as slow as a literal and with a
 * trail of garbage that only a full collection finds (decision 19).
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--allow-natives-syntax');
const isAlike = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

const isParts = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The places where two values of one kind are made differently, as paths. */
export function differentShapes(a: unknown, b: unknown, path = 'it'): string[] {
  if (!isParts(a) || !isParts(b) || a instanceof Map) return [];
  const here = Array.isArray(a) || isAlike(a, b) ? [] : [path];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const below = Object.keys(left)
    .filter((name) => name in right)
    .flatMap((name) => differentShapes(left[name], right[name], `${path}.${name}`));
  return [...here, ...below];
}
