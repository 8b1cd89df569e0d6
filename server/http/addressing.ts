/**
 * Every customer and every loan is found by our id or by the caller's: `/v1/loans/{loan_id}` is
 * `/v1/loans/external/{loan_external_id}`. Routes are defined once and registered for both forms.
 */
import { Type } from '@fastify/type-provider-typebox';
import { Refusal } from '../domain/refusal.ts';
import type { Tx } from '../store/database.ts';
import { type ExternalKind, findByExternalId, listFormerHolders } from '../store/externalIds.ts';
import { IdPath, readId } from './values.ts';

/** Our id, or the caller's. */
export type Reference = { readonly id: bigint } | { readonly externalId: string };

export interface Addressing {
  /** Path up to and with the id, e.g. `/v1/loans/:loan_id`. */
  readonly base: string;
  /** Appended to the operation ids of the form by external id. */
  readonly suffix: '' | 'ByExternalId';
  /** Schema fields of the path. */
  readonly params: Readonly<Record<string, typeof IdPath>>;
  /** What the path says, as it is. */
  referenceOf(params: unknown): Reference;
  /** The id that the path means; refuses with `not_found`. */
  idOf(tx: Tx, params: unknown): Promise<bigint>;
  /**
   * The id that the path meant when the call was made first: a name may have been freed and taken by another
   * since. `isAnswered` says of an id whether the call was answered for it.
   */
  idOfRepeated(tx: Tx, params: unknown, isAnswered: (id: bigint) => Promise<boolean>): Promise<bigint>;
}

/** Both forms for one kind of thing. */
export const addressingsOf = (kind: ExternalKind): readonly Addressing[] => [byId(kind), byExternalId(kind)];

function byId(kind: ExternalKind): Addressing {
  const name = `${kind}_id`;
  const referenceOf = (params: unknown) => ({ id: readId(parameter(params, name), name) });
  const idOf = async (_tx: Tx, params: unknown) => referenceOf(params).id;
  return {
    base: `/v1/${kind}s/:${name}`,
    suffix: '',
    params: { [name]: IdPath },
    referenceOf,
    idOf,
    idOfRepeated: idOf,
  };
}

function byExternalId(kind: ExternalKind): Addressing {
  const name = `${kind}_external_id`;
  const idOf = (tx: Tx, params: unknown) => requireIdOf(tx, { kind, externalId: parameter(params, name) });
  return {
    base: `/v1/${kind}s/external/:${name}`,
    suffix: 'ByExternalId',
    params: { [name]: Type.String({ description: "The caller's own id, URL-encoded" }) },
    referenceOf: (params) => ({ externalId: parameter(params, name) }),
    idOf,
    idOfRepeated: async (tx, params, isAnswered) => {
      for (const id of await listFormerHolders(tx, { kind, externalId: parameter(params, name) }))
        if (await isAnswered(id)) return id;
      return idOf(tx, params);
    },
  };
}

async function requireIdOf(tx: Tx, name: { kind: ExternalKind; externalId: string }): Promise<bigint> {
  const id = await findByExternalId(tx, name);
  if (id !== undefined) return id;
  throw unknownTo(name.kind, name);
}

/** Nothing of the kind is there under the id. */
export function unknownTo(kind: ExternalKind, reference: Reference): Refusal {
  const message =
    'id' in reference ? `${kind} ${reference.id} does not exist` : `no ${kind} has this external id`;
  return new Refusal('not_found', `${kind}_unknown`, message);
}

function parameter(params: unknown, name: string): string {
  return String((params as Record<string, unknown>)[name]);
}
