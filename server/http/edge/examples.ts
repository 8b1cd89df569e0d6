/**
 * Examples for the document: where a body or answer has none of its own, one is put together from its
 * properties' examples, so that no route is without.
 */

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: unknown;
}

/** A request body or an answer of the document. */
export interface Content {
  readonly content?: Readonly<Record<string, Media>>;
}

export interface Schema {
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly anyOf?: readonly Schema[];
}

/** The body or answer with an example of each of its media types. */
export function withExamples<T extends Content>(it: T): T {
  if (it.content === undefined) return it;
  const content = Object.entries(it.content).map(([type, media]) => [type, withExample(media)]);
  return { ...it, content: Object.fromEntries(content) };
}

function withExample(media: Media): Media {
  const { schema, example, ...rest } = media;
  if (schema === undefined || media.examples !== undefined) return media;
  if (schema.title === undefined) return { ...media, example: example ?? exampleOf(schema) };
  // A noun carries its example itself, and is written once (see `shareTitled`).
  return { ...rest, schema: example === undefined ? schema : { ...schema, examples: [example] } };
}

/** An example made of the examples of the schema's parts. */
export function exampleOf(schema: Schema): unknown {
  const given = schema.examples?.[0] ?? schema.example ?? schema.enum?.[0] ?? schema.default;
  if (given !== undefined) return given;
  if (schema.anyOf?.[0]) return exampleOf(schema.anyOf[0]);
  if (schema.items) return arrayExample(schema.items, schema.minItems ?? 1);
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, each]) => [name, fieldExample(name, each)]);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  return PLAIN[schema.format ?? ''] ?? PLAIN[typeOf(schema)];
}

/** Of a list that has to name several of some words, the first of them. */
const arrayExample = (items: Schema, least: number): unknown[] =>
  least > 1 && items.enum !== undefined ? items.enum.slice(0, least) : [exampleOf(items)];

/** The figures of a page and such, which need no example of their own. */
function fieldExample(name: string, schema: Schema): unknown {
  if (name === 'nextCursor') return undefined;
  return exampleOf(name === 'rowsPerPage' ? { ...schema, examples: [10] } : schema);
}

const typeOf = ({ type }: Schema): string => (typeof type === 'string' ? type : (type?.[0] ?? 'object'));

const PLAIN: Readonly<Record<string, unknown>> = {
  date: '2025-01-31',
  'date-time': '2025-01-31T09:00:00.000Z',
  uuid: '5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11',
  string: 'text',
  integer: 1,
  number: 0,
  boolean: true,
  object: {},
};
