/**
 * Schemas of the values that every noun shares: ids, dates, money, enumerated values; and their readers,
 * which turn what came in into the domain's types. Ids go out as strings and come in as string or integer;
 * money is a JSON number with no more decimals than the currency has; enumerated values go out as labels and
 * come in as label or integer code.
 */
import { Type } from '@fastify/type-provider-typebox';
import type { TObject, TProperties, TUnsafe } from 'typebox';
import { type CivilDate, parseDate } from '../domain/date.ts';
import { type Currency, type Money, parseMoney, toJsonNumber } from '../domain/money.ts';
import { Refusal } from '../domain/refusal.ts';

/** The schema of a noun of the contract as it goes out; the document writes it once, under its title. */
export const noun = <Fields extends TProperties>(
  title: string,
  fields: Fields,
  example?: object,
): TObject<Fields> => Type.Object(fields, { title, ...(example && { examples: [example] }) });

/** An id as it goes out. */
export const IdOut = Type.String({ description: 'Opaque id', examples: ['42'] });

/** An id in a body or query. */
export const IdIn: TUnsafe<string | number> = Type.Unsafe<string | number>({
  type: ['string', 'integer'],
  minLength: 1,
  maxLength: 128,
  minimum: 0,
  description: 'An id, as string or integer',
  examples: ['42'],
});

/** The numeric form in a path: `/v1/loans/{loan_id}`. */
export const IdPath = Type.String({ pattern: '^[0-9]+$', description: 'Id', examples: ['42'] });

/** An external id, in a path (URL-encoded) or a body. */
export const ExternalId = Type.String({
  minLength: 1,
  maxLength: 128,
  description: "The caller's own id, 1 to 128 characters of any kind",
  examples: ['CUST-7781'],
});

const LARGEST_ID = 9_223_372_036_854_775_807n;

/** The id, or `invalid_argument` when it is not a number; one too large for any row is `not_found`. */
export function readId(value: string | number, field: string): bigint {
  const text = String(value);
  if (!/^\d+$/.test(text))
    throw new Refusal('invalid_argument', 'id_malformed', 'must be a numeric id', field);
  const id = text.length > 19 ? LARGEST_ID + 1n : BigInt(text);
  if (id > LARGEST_ID) throw new Refusal('not_found', 'id_unknown', `no ${field} ${text.slice(0, 40)}`);
  return id;
}

/** Configured values come in as code or label. */
export const codeOrLabel = (given: string | number, field: string): bigint | string =>
  /^\d+$/.test(String(given)) ? readId(given, field) : String(given);

/** The id that a list is narrowed to: one too large for any row narrows it to nothing. */
export function readFilterId(value: string | number, field: string): bigint {
  const text = String(value);
  const isBeyond = /^\d+$/.test(text) && (text.length > 19 || BigInt(text) > LARGEST_ID);
  return isBeyond ? LARGEST_ID : readId(value, field);
}

/** `42` -> `000000042`. */
export const accountNoOf = (id: bigint): string => id.toString().padStart(9, '0');

export const DateOut = Type.String({ format: 'date', examples: ['2025-01-31'] });
export const DateIn = Type.String({ format: 'date', description: 'YYYY-MM-DD', examples: ['2025-01-31'] });

export const readDate = (text: string, field: string): CivilDate => parseDate(text, field);

/** Zero or more. */
export const MoneyIn = Type.Number({ minimum: 0, description: 'Amount', examples: [250000] });

/** More than zero. */
export const PositiveMoneyIn = Type.Number({
  exclusiveMinimum: 0,
  description: 'Amount, more than 0',
  examples: [250000],
});

export const MoneyOut = Type.Number({ examples: [250000] });

/** Exact minor units; refuses more decimals than the currency has. */
export const readMoney = (value: number, currency: Currency, field: string): Money =>
  parseMoney(value, currency, field);

export const writeMoney = (amount: Money, currency: Currency): number => toJsonNumber(amount, currency);

export interface Enumeration<Label extends string> {
  /** Schema of the value as it goes out. */
  readonly out: TUnsafe<Label>;
  /** Schema of the value as it comes in: a label or its code. */
  readonly in: TUnsafe<Label | number>;
  /** The label of a value that the schema has let in. */
  read(value: Label | number): Label;
}

/** An enumerated value by its labels and their integer codes: `enumeration({ Days: 0, Weeks: 1 })`. */
export function enumeration<const Label extends string>(
  codes: Readonly<Record<Label, number>>,
  description = '',
): Enumeration<Label> {
  const labels = Object.keys(codes) as Label[];
  const example = labels.slice(0, 1);
  return {
    out: Type.Unsafe<Label>({ type: 'string', enum: labels, description, examples: example }),
    in: Type.Unsafe<Label | number>({
      type: ['string', 'integer'],
      enum: [...labels, ...labels.map((label) => codes[label])],
      description:
        `${description} Label, or code: ${labels.map((each) => `${codes[each]} ${each}`).join(', ')}`.trim(),
      examples: example,
    }),
    read: (value) => {
      const label = labels.find((each) => each === value || codes[each] === value);
      if (label === undefined) throw new Refusal('invalid_argument', 'label_unknown', 'unknown value');
      return label;
    },
  };
}

/**
 * An answer in which `undefined` stands for what has no value and is left out, not null. So all answers of a
 * kind have one shape, which makes them and their text several times cheaper than fields that come and go.
 */
export const answerOf = <Answer extends object>(fields: Undefinable<Answer>): Answer => fields as Answer;

export type Undefinable<T> = { [K in keyof T]: Empty extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The same of fields that are null where they have no value, for answers of which few are asked for. */
export function withoutAbsent<A extends object, B extends object = Empty, C extends object = Empty>(
  a: A,
  b?: B,
  c?: C,
): Present<A & B & C> {
  const present: Record<string, unknown> = {};
  addPresent(present, a);
  if (b) addPresent(present, b);
  if (c) addPresent(present, c);
  return present as Present<A & B & C>;
}

type Empty = Record<never, never>;

function addPresent(present: Record<string, unknown>, part: object): void {
  const fields = part as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields)) {
    const each = fields[name];
    if (each !== null && each !== undefined) present[name] = each;
  }
}

type Absentable<T> = {
  [K in keyof T]-?: null extends T[K] ? K : undefined extends T[K] ? K : never;
}[keyof T];
type Present<T> = { [K in Exclude<keyof T, Absentable<T>>]: T[K] } & {
  [K in Absentable<T>]?: NonNullable<T[K]>;
};
