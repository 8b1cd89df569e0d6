/** Requests made up from the document's own schemas: mostly nearly right, sometimes wrong in every way. */
import { type Schema, validValue } from '../badInput/attacks.ts';
import type { Chance } from './random.ts';

export interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<
    Record<string, { $ref?: string; content?: Readonly<Record<string, { schema?: unknown }>> }>
  >;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Values worth trying by the name of a field: ids that exist, names that are taken. */
export type Pools = Readonly<Record<string, readonly (string | number)[]>>;

export interface MadeUp {
  readonly url: string;
  readonly body: string | undefined;
}

const WRONG: readonly unknown[] = [
  ...[null, true, '', ' ', 'x', '0', -1, 0, 1e15, 0.001, 1.5, 2 ** 53, [], {}, [1], { a: 1 }],
  ...['2025-02-30', '9999-12-31', '0001-01-01', '__proto__', '🌍', 'a/b%2F', 'x'.repeat(300), '-0', '1e9'],
];
const DATES = ['2024-12-31', '2025-01-15', '2025-01-16', '2025-02-15', '2025-03-01', '2026-01-15'];

export function makeUp(route: Route, pools: Pools, chance: Chance): MadeUp {
  const schema = route.operation.requestBody?.content?.['application/json']?.schema;
  const body = schema && !chance.in(0.03) ? JSON.stringify(bodyOf(schema, pools, chance)) : undefined;
  return { url: pathOf(route, pools, chance) + queryOf(route, pools, chance), body };
}

function pathOf({ path }: Route, pools: Pools, chance: Chance): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const known = pools[name];
    if (known && known.length > 0 && chance.in(0.9)) return encodeURIComponent(chance.one(known));
    return encodeURIComponent(String(chance.one(WRONG)) || '-');
  });
}

function queryOf({ operation }: Route, pools: Pools, chance: Chance): string {
  const asked = (operation.parameters ?? []).filter((each) => each.in === 'query' && chance.in(0.3));
  const fields = asked.map(
    ({ name, schema = {} }) =>
      `${name}=${encodeURIComponent(String(fieldValue(name, { schema, pools, chance })))}`,
  );
  return fields.length === 0 ? '' : `?${fields.join('&')}`;
}

function bodyOf(schema: Schema, pools: Pools, chance: Chance): unknown {
  if (chance.in(0.02)) return chance.one(WRONG);
  const required = new Set(schema.required ?? []);
  const given = Object.entries(schema.properties ?? {}).filter(([name]) =>
    chance.in(required.has(name) ? 0.97 : 0.25),
  );
  const fields = given.map(([name, field]) => [name, fieldValue(name, { schema: field, pools, chance })]);
  return Object.fromEntries(chance.in(0.03) ? [...fields, ['surprise', 1]] : fields);
}

interface Wanted {
  readonly schema: Schema;
  readonly pools: Pools;
  readonly chance: Chance;
}

function fieldValue(name: string, { schema, pools, chance }: Wanted): unknown {
  if (chance.in(0.08)) return chance.one(WRONG);
  const known = pools[name];
  if (known && known.length > 0) return chance.one(known);
  if (schema.enum) return chance.one(schema.enum);
  if (schema.format === 'date') return chance.one(DATES);
  if (schema.type === 'boolean') return chance.in(0.5);
  if (schema.type === 'integer') return chance.one([1, 2, 3, 12, 100]);
  if (schema.type === 'number') return chance.one([0.01, 1, 999.99, 5000, 60_000, 1_000_000]);
  if (name === 'externalId' || name === 'idempotencyKey') return `${name} ${chance.below(40)}`;
  return validValue(schema);
}
