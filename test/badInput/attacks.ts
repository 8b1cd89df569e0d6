/** What bad callers send: values, queries and bodies, made from the schemas of the document itself. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
}

export interface Attack<Value = string | Uint8Array> {
  readonly name: string;
  readonly value: Value;
}

/** Values that fields of these names get, because they must name something that exists. */
export type Known = Readonly<Record<string, unknown>>;

const EMOJI = '🌍👩🏽‍🌾';

/** For a place in a path, already written as it goes over the wire. */
export const PATH_VALUES: readonly Attack<string>[] = [
  ...['abc', '-1', '0', '1.5', '1e400', '9'.repeat(30), '%2B1', '0x10', '%20', '__proto__', 'constructor'],
  ...['%00', 'a%00b', '%2F', 'a%2Fb%2Fc', '..%2F..%2Fetc', '%252F', '%zz', '%ff', '%c0%af', '%ed%a0%80'],
  ...[encodeURIComponent(EMOJI), 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(5000), "';drop table loan;--"],
].map((value) => ({ name: `path value ${value.slice(0, 40)}`, value }));

const QUERY_VALUES = [
  ...['', 'abc', '-1', '0', '101', '1.5', '1e3', '1e400', 'NaN', 'null', 'true', '[]', '9'.repeat(30)],
  ...['%00', '%ff', '%zz', encodeURIComponent(EMOJI), '2025-02-30', '0000-00-00', 'x'.repeat(4000), "'"],
];

export function queryAttacks(fields: readonly string[]): Attack<string>[] {
  const wrong = fields.flatMap((field) => QUERY_VALUES.map((value) => `${field}=${value}`));
  const twice = fields.map((field) => `${field}=1&${field}=2`);
  const nested = fields.map((field) => `${field}[a]=1`);
  const unknown = ['surprise=1', '__proto__=1', 'constructor=1', '%00=1', '=', '&&&', 'a'.repeat(9000)];
  return [...wrong, ...twice, ...nested, ...unknown].map((value) => ({
    name: `query ${value.slice(0, 60)}`,
    value,
  }));
}

/** Values that a property's place gets, as JSON text. Each is wrong for some type, and odd for the others. */
const JSON_VALUES: readonly string[] = [
  ...['null', 'true', 'false', '{}', '[]', '[1]', '{"a":1}', '""', '" "', '"abc"', '"1"', '"null"'],
  ...['0', '-0', '-1', '-0.01', '1e400', '-1e400', '1e308', '1e-400', '1e2', '1.0000000001', '0.005'],
  ...['99999999999999999999999999', '9007199254740993', '0.1234567890', '1.00', '"1e400"', '"NaN"', '"-5"'],
  ...['"2025-02-30"', '"2025-1-1"', '"9999-12-31"', '"0000-00-00"', '"2025-01-01T00:00:00Z"', '20250101'],
  ...['"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '"a/b%2F"', `"${EMOJI}"`, '"__proto__"', '"%00"'],
  ...['128', '129', '5000', '200000'].map((length) => JSON.stringify('x'.repeat(Number(length)))),
  `"${'é'.repeat(128)}"`,
];

/** In a body: replaced by something new in every request, so that no name is taken already. */
export const UNIQUE = 'one-of-its-kind';

/** A value that the schema is content with. */
export function validValue(schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return validValue(choice);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return validObject(schema);
  if (type === 'array') return schema.items ? [validValue(schema.items)] : [];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return 1;
  return schema.format === 'date' ? '2025-01-15' : 'x';
}

export function validObject(schema: Schema, known: Known = {}): Record<string, unknown> {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, known[name] ?? namedValue(name) ?? validValue(field)]),
  );
}

function namedValue(name: string): string | undefined {
  if (name === 'externalId') return UNIQUE;
  return name === 'email' ? `${UNIQUE}@example.com` : undefined;
}

/** The object with one property set to a raw JSON text. */
function withRaw(object: Readonly<Record<string, unknown>>, property: string, raw: string): string {
  const { [property]: _left, ...rest } = object;
  const fields = Object.entries(rest).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return `{${[...fields, `${JSON.stringify(property)}:${raw}`].join(',')}}`;
}

const bytes = (...parts: readonly (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** Bodies that are wrong whatever the schema says. */
const RAW_BODIES: readonly Attack[] = [
  { name: 'empty body', value: '' },
  ...[
    'null',
    'true',
    '42',
    '"text"',
    '[]',
    '[{}]',
    '{',
    '{"a":',
    '}',
    'abc',
    '{"a":1}}',
    "{'a':1}",
    '{a:1}',
  ].map((value) => ({ name: `body ${value}`, value })),
  { name: 'invalid UTF-8', value: bytes('{"externalId":"', [0xff, 0xfe, 0xc0, 0x80], '"}') },
  { name: 'a lone surrogate in UTF-8', value: bytes('{"externalId":"', [0xed, 0xa0, 0x80], '"}') },
  { name: 'UTF-16', value: Buffer.from('{"externalId":"x"}', 'utf16le') },
  { name: 'a byte order mark', value: bytes([0xef, 0xbb, 0xbf], '{"externalId":"x"}') },
  { name: '__proto__', value: '{"__proto__":{"admin":true}}' },
  { name: 'constructor', value: '{"constructor":{"prototype":{"admin":true}}}' },
];

/** Large ones, which are refused before it is known which route they are for. */
const LARGE_BODIES: readonly Attack[] = [
  { name: 'body of 5 MB', value: `{"note":"${'x'.repeat(5_000_000)}"}` },
  { name: 'body of 100000 brackets', value: '['.repeat(100_000) },
  { name: 'deep objects', value: `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}` },
  { name: 'a number of 100000 digits', value: `{"principal":${'9'.repeat(100_000)}}` },
];

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

/** How many of the values that a property's schema refuses are sent in its place. */
const REFUSED_OF_EACH = 4;
let property = 0;

/**
 * What the schema lets pass meets code of its own in each place, so all of it is sent. What the schema
 * refuses is refused by the same code everywhere: each place gets some of it, the next place others.
 */
function valuesFor(schema: Schema): string[] {
  const fits = ajv.compile(schema);
  const passing = JSON_VALUES.filter((raw) => fits(JSON.parse(raw)));
  const refused = JSON_VALUES.filter((raw) => !passing.includes(raw));
  property += 1;
  const some = Array.from(
    { length: Math.min(REFUSED_OF_EACH, refused.length) },
    (_, index) => refused[(property * REFUSED_OF_EACH + index) % refused.length] ?? '',
  );
  return [...passing, ...some];
}

export interface Body {
  readonly schema: Schema;
  readonly valid: Readonly<Record<string, unknown>>;
  readonly isLargeToo: boolean;
}

export function bodyAttacks({ schema, valid, isLargeToo }: Body): Attack[] {
  const attacks: Attack[] = [...RAW_BODIES, ...(isLargeToo ? LARGE_BODIES : [])];
  attacks.push({ name: 'unknown field', value: withRaw(valid, 'surprise', '1') });
  attacks.push({ name: '__proto__ beside valid fields', value: withRaw(valid, '__proto__', '{"a":1}') });
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    for (const raw of valuesFor(field))
      attacks.push({ name: `${name} = ${raw.slice(0, 40)}`, value: withRaw(valid, name, raw) });
    const { [name]: _left, ...without } = valid;
    attacks.push({ name: `${name} missing`, value: JSON.stringify(without) });
    attacks.push({
      name: `${name} twice`,
      value: `{"${name}":1,${withRaw(valid, name, '"2"').slice(1)}`,
    });
  }
  return attacks;
}
