/**
 * Every customer and every loan is found by our id or by the caller's: `/v1/loans/{loan_id}` is
 * `/v1/loans/external/{loan_external_id}`. Routes are defined once and registered for both forms.
 */
import { Type } from '@fastify/type-provider-typebox';
import { Refusal } from '../domain/refusal.ts';
import type { Tx } from '../store/database.ts';
import { type ExternalKind, findByExternalId } from '../store/externalIds.ts';
import { IdPath, readId } from './values.ts';

export interface Addressing {
  /** Path up to and with the id, e.g. `/v1/loans/:loan_id`. */
  readonly base: string;
  /** Appended to the operation ids of the form by external id. */
  readonly suffix: '' | 'ByExternalId';
  /** Schema fields of the path. */
  readonly params: Readonly<Record<string, typeof IdPath>>;
  /** The id that the path means; refuses with `not_found`. */
  idOf(tx: Tx, params: unknown): Promise<bigint>;
}

/** Both forms for one kind of thing. */
export const addressingsOf = (kind: ExternalKind): readonly Addressing[] => [
  {
    base: `/v1/${kind}s/:${kind}_id`,
    suffix: '',
    params: { [`${kind}_id`]: IdPath },
    idOf: async (_tx, params) => readId(parameter(params, `${kind}_id`), `${kind}_id`),
  },
  {
    base: `/v1/${kind}s/external/:${kind}_external_id`,
    suffix: 'ByExternalId',
    params: { [`${kind}_external_id`]: Type.String({ description: "The caller's own id, URL-encoded" }) },
    idOf: (tx, params) => requireIdOf(tx, { kind, externalId: parameter(params, `${kind}_external_id`) }),
  },
];

async function requireIdOf(tx: Tx, name: { kind: ExternalKind; externalId: string }): Promise<bigint> {
  const id = await findByExternalId(tx, name);
  if (id !== undefined) return id;
  throw new Refusal('not_found', `${name.kind}_unknown`, `no ${name.kind} has this external id`);
}

function parameter(params: unknown, name: string): string {
  return String((params as Record<string, unknown>)[name]);
}
