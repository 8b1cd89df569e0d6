/**
 * Where public keys come from: an auth host that runs apart, by its `/.well-known/jwks.json`, or the
 * database.
 */
import type { JWK } from 'jose';
import { readPublicKeys } from './signingKeys.ts';
import type { KeySource } from './tokenVerifier.ts';
import { TemporarilyUnavailable } from './unavailable.ts';
import type { AccountWiring } from './wiring.ts';

const TIMEOUT_MILLISECONDS = 3000;
/** How long the keys last seen still serve while the auth host does not answer. */
const GRACE_MILLISECONDS = 600_000;

export function keysOfAuthHost(authUrl: string): KeySource {
  let lastSeen: { keys: JWK[]; at: number } | undefined;
  return async () => {
    try {
      const keys = await fetchKeys(authUrl);
      lastSeen = { keys, at: performance.now() };
      return keys;
    } catch (cause) {
      if (lastSeen && performance.now() - lastSeen.at < GRACE_MILLISECONDS) return lastSeen.keys;
      throw new TemporarilyUnavailable('the auth host does not answer', { cause });
    }
  };
}

async function fetchKeys(authUrl: string): Promise<JWK[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const response = await fetch(`${authUrl}/.well-known/jwks.json`, { signal });
  if (!response.ok) throw new Error(`the auth host answered ${response.status}`);
  const body = (await response.json()) as { keys?: unknown };
  if (!Array.isArray(body.keys)) throw new Error('the auth host answered no keys');
  return body.keys as JWK[];
}

/** The public keys of this deployment's own database. */
export const localKeys =
  (wiring: Pick<AccountWiring, 'db'>): KeySource =>
  () =>
    readPublicKeys(wiring);
