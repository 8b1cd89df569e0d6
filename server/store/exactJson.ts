/**
 * JSON that keeps amounts exact: a bigint is written as `"#1234"`, a text that begins with `#` gets a second
 * one. Works for any shape, so a new field of the domain needs no change here.
 */

/** JSON text of a value with bigints. Written out by hand: a replacer would be called for every field. */
export function writeExact(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `"#${value}"`;
    case 'string':
      return JSON.stringify(value.startsWith('#') ? `#${value}` : value);
    case 'object':
      return value === null ? 'null' : writeParts(value);
    default:
      return JSON.stringify(value) ?? 'null';
  }
}

function writeParts(value: object): string {
  if (Array.isArray(value)) return `[${value.map(writeExact).join(',')}]`;
  let text = '';
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${writeExact(each)}`;
  }
  return `{${text}}`;
}

/** The value of parsed JSON with its bigints restored, in place. */
export function readExact<T>(json: unknown): T {
  return restored(json) as T;
}

function restored(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('#') ? restoredText(value) : value;
  if (value === null || typeof value !== 'object') return value;
  const parts = value as Record<string, unknown>;
  for (const name of Object.keys(parts)) {
    const part = parts[name];
    if (typeof part === 'string' ? part.startsWith('#') : typeof part === 'object')
      parts[name] = restored(part);
  }
  return value;
}

const restoredText = (text: string): string | bigint =>
  text.startsWith('##') ? text.slice(1) : BigInt(text.slice(1));
