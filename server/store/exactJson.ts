/**
 * JSON that keeps amounts exact: a bigint is written as `"#1234"`, a text that begins with `#` gets a second
 * one. Works for any shape, so a new field of the domain needs no change here.
 */

/** JSON text of a value with bigints. */
export const writeExact = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `#${each}`;
    return typeof each === 'string' && each.startsWith('#') ? `#${each}` : each;
  });

/** The value of parsed JSON, bigints restored; made of fresh objects. */
export function readExact<T>(json: unknown): T {
  return restored(json) as T;
}

function restored(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('#') ? restoredText(value) : value;
  if (Array.isArray(value)) return value.map(restored);
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) copy[key] = restored(each);
  return copy;
}

const restoredText = (text: string): string | bigint =>
  text.startsWith('##') ? text.slice(1) : BigInt(text.slice(1));
