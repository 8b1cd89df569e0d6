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
      return quoted(value.startsWith('#') ? `#${value}` : value);
    case 'object':
      return value === null ? 'null' : writeParts(value);
    default:
      return JSON.stringify(value) ?? 'null';
  }
}

function writeParts(value: object): string {
  if (Array.isArray(value)) return `[${value.map(writeExact).join(',')}]`;
  const fields = value as Fields;
  let text = '';
  // Not by entries, which would be made for every part and thrown away.
  for (const name in fields) {
    const each = fields[name];
    if (each !== undefined && Object.hasOwn(fields, name)) text += nameText(name) + writeExact(each);
  }
  return `{${text.slice(1)}}`;
}

type Fields = Readonly<Record<string, unknown>>;

/** `,"name":`. There are few names, and each stands in every document. */
function nameText(name: string): string {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  const text = `,${quoted(name)}:`;
  if (NAMES.size < MOST_NAMES) NAMES.set(name, text);
  return text;
}

const NAMES = new Map<string, string>();
const MOST_NAMES = 1_000;

/** The same of the fields that differ from the empty ones; of parts likewise. */
export function writeDiffering(value: object, empty: object): string {
  const [fields, nothings] = [value as Fields, empty as Fields];
  let text = '';
  for (const name in fields) {
    const each = fields[name];
    if (each === undefined || each === nothings[name] || !Object.hasOwn(fields, name)) continue;
    const written = writtenPart(each, nothings[name]);
    if (written !== undefined) text += nameText(name) + written;
  }
  return `{${text.slice(1)}}`;
}

/** Undefined where two parts do not differ. */
function writtenPart(each: unknown, nothing: unknown): string | undefined {
  if (!isParts(each) || !isParts(nothing)) return writeExact(each);
  const text = Array.isArray(each) ? writeExact(each) : writeDiffering(each, nothing);
  return text === '{}' || text === '[]' ? undefined : text;
}

const isParts = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Nothing in it that JSON would escape: nearly all texts are dates, names of fields and labels. */
const PLAIN = /^[\w .:#/+-]*$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

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

/** The amount that a marked text stands for; of what says nothing of it, none. */
export const readAmount = (text: string | undefined): bigint =>
  text === undefined ? 0n : BigInt(text.slice(1));

const restoredText = (text: string): string | bigint =>
  text.startsWith('##') ? text.slice(1) : BigInt(text.slice(1));

/** Names of the fields that a value may be without. */
export type OptionalFields<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never;
}[keyof T];

/** All names of a union, in a list: the compiler sees to it that none is forgotten. */
export const namesOf = <Name extends PropertyKey>(names: Readonly<Record<Name, 1>>): readonly Name[] =>
  Object.keys(names) as Name[];

/** The value with those of the named fields that were written. Few have any: they stand behind the others. */
export function withOptional<T extends object>(
  value: T,
  written: object,
  names: readonly (keyof T & string)[],
): T {
  for (const name of names) {
    const each = (written as Fields)[name];
    if (each !== undefined) value[name] = readExact(each);
  }
  return value;
}
