/**
 * Signing keys: several may be published, the newest signs. Rotating adds one, so tokens signed before go on
 * verifying; retiring withdraws one, and its tokens stop. They live in the database, because all processes
 * sign and verify by the same ones and they must outlast a restart (docs/decisions/0010-signing-keys.md).
 */
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  type JWK,
} from 'jose';
import { present } from '../../domain/assert.ts';
import { Refusal, requireRule } from '../../domain/refusal.ts';
import {
  findSigningKey,
  insertKey,
  listKeys,
  listPublishedKeys,
  lockPublishedKeys,
  retireKey,
  type SigningKey,
} from '../../store/accounts/signingKeys.ts';
import type { Tx } from '../../store/database.ts';
import { bySystem, noteChange } from '../audit/trail.ts';
import { sealKey, unsealKey } from './keySeal.ts';
import { type AccountWiring, onBehalfOf } from './wiring.ts';

/** Makes the first key where there is none, and proves that the one that signs can be opened. */
export async function ensureSigningKey(wiring: AccountWiring): Promise<void> {
  const found = await findSigningKey(wiring.db.read);
  if (found) await unsealKey(found.privateKey, wiring.config.keySecret);
  else await rotateSigningKey(onBehalfOf(wiring, bySystem('makeFirstSigningKey')));
}

/** A new key that signs from now on; the others stay published. */
export async function rotateSigningKey({ db, clock, config }: AccountWiring): Promise<SigningKey> {
  const { jwk, kid, privateKey } = await newKeyPair();
  const sealed = await sealKey(await exportPKCS8(privateKey), config.keySecret);
  return db.transaction(async (tx) => {
    const createdAt = await afterNewest(tx, clock.now());
    const key = { kid, publicJwk: { ...jwk, kid, alg: 'RS256', use: 'sig' }, createdAt, retiredAt: null };
    await insertKey(tx, { ...key, privateKey: sealed });
    noteChange(tx, { kind: 'signingKey', id: kid, before: null, after: { status: 'signing' } });
    return key;
  });
}

/** Named by its thumbprint (RFC 7638); one that a command line would take for an option is not used. */
async function newKeyPair(): Promise<{ jwk: JWK; kid: string; privateKey: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', {
    modulusLength: 2048,
    extractable: true,
  });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return kid.startsWith('-') ? newKeyPair() : { jwk, kid, privateKey };
}

/** The newest key signs, so a clock that was set back must not make the new one old. */
async function afterNewest(tx: Tx, now: Date): Promise<Date> {
  const [newest] = await listPublishedKeys(tx);
  return newest ? new Date(Math.max(now.getTime(), newest.createdAt.getTime() + 1)) : now;
}

/** Withdraws a key: what it signed stops verifying, its private half is forgotten. */
export async function retireSigningKey({ db, clock }: AccountWiring, kid: string): Promise<SigningKey> {
  return db.transaction(async (tx) => {
    const [signing, ...others] = await lockPublishedKeys(tx);
    requireRule(signing?.kid !== kid, {
      kind: 'aborted',
      code: 'key_is_signing',
      message: 'this key signs: rotate first, then retire it',
    });
    const key = others.find((each) => each.kid === kid);
    if (key === undefined)
      throw new Refusal('not_found', 'key_unknown', 'no published signing key with this kid');
    const retiredAt = clock.now();
    await retireKey(tx, kid, retiredAt);
    const [before, after] = [{ status: 'published' }, { status: 'retired' }];
    noteChange(tx, { kind: 'signingKey', id: kid, before, after });
    return { ...key, retiredAt };
  });
}

export interface KeyStatus extends SigningKey {
  readonly status: 'signing' | 'published' | 'retired';
}

export async function readSigningKeys({ db }: AccountWiring): Promise<KeyStatus[]> {
  const keys = await listKeys(db.read);
  const signing = keys.find((key) => key.retiredAt === null);
  return keys.map((key) => ({
    ...key,
    status: key.retiredAt !== null ? 'retired' : key === signing ? 'signing' : 'published',
  }));
}

/** The public keys by which tokens verify. */
export async function readPublicKeys({ db }: Pick<AccountWiring, 'db'>): Promise<JWK[]> {
  return (await listPublishedKeys(db.read)).map((key) => key.publicJwk);
}

/** The key that signs, opened. */
export async function openSigningKey({
  db,
  config,
}: AccountWiring): Promise<{ kid: string; privateKey: string }> {
  const { kid, privateKey } = present(await findSigningKey(db.read), 'a signing key');
  return { kid, privateKey: await unsealKey(privateKey, config.keySecret) };
}
