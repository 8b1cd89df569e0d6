/**
 * Verifies tokens on every call, cheaply: a token whose signature was verified once is remembered by its
 * digest, and only three facts are looked at again each time: it has not expired, its key is still published,
 * its account still honours it. Keys and accounts are remembered for at most two seconds, so a retired key, a
 * disabled account, revoked tokens or a lost role are honoured well within the five seconds of the contract.
 */
import { hash } from 'node:crypto';
import { type CryptoKey, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import type { Clock } from '../../clock.ts';
import { isTokenHonoured, ROLES, type Role, type Standing } from '../../domain/account.ts';
import { findStanding } from '../../store/accounts/accounts.ts';
import type { Database } from '../../store/database.ts';
import type { Caller, TokenVerifier } from './caller.ts';
import { remembered } from './remembered.ts';

const REMEMBERED_MILLISECONDS = 2000;
const MOST_TOKENS = 10_000;
const MOST_ACCOUNTS = 10_000;

/** Where the public keys come from: the database, or the auth host when the api runs apart. */
export type KeySource = () => Promise<JWK[]>;

interface VerifierWiring {
  readonly db: Database;
  readonly clock: Clock;
  readonly keys: KeySource;
}

/** What a token with a good signature says. */
interface Verified {
  readonly kid: string;
  readonly accountId: string;
  readonly roles: readonly Role[];
  readonly iat: number;
  readonly exp: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

type Keys = ReadonlyMap<string, CryptoKey | Uint8Array>;

export function openTokenVerifier({ db, clock, keys }: VerifierWiring): TokenVerifier {
  const published = remembered<'all', Keys>({
    clock,
    milliseconds: REMEMBERED_MILLISECONDS,
    most: 1,
    read: async () => imported(await keys()),
  });
  const standings = remembered<string, Standing | null>({
    clock,
    milliseconds: REMEMBERED_MILLISECONDS,
    most: MOST_ACCOUNTS,
    read: (id) => findStanding(db.read, id),
  });
  const tokens = new Map<string, Verified>();

  const verifiedOf = async (token: string): Promise<Verified | null> => {
    const digest = hash('sha256', token, 'base64');
    const known = tokens.get(digest);
    if (known) return known;
    const verified = await verifySignature(token, { clock, keyOf });
    if (verified) keepBounded(tokens, digest, verified);
    return verified;
  };
  const keyOf = async (kid: string) =>
    (await published.get('all')).get(kid) ?? (await published.refresh('all')).get(kid);

  return {
    async verify(token) {
      const verified = await verifiedOf(token);
      if (verified === null || verified.exp <= clock.now().getTime() / 1000) return null;
      if ((await keyOf(verified.kid)) === undefined) return null;
      const standing = await standings.get(verified.accountId);
      if (standing === null || !isTokenHonoured(standing, verified.iat)) return null;
      return callerOf(verified, standing);
    },
    isReady: async () => (await published.get('all')).size > 0,
  };
}

/** A role counts when the token claims it and the account still has it. */
function callerOf({ accountId, roles, claims }: Verified, standing: Standing): Caller {
  return { accountId, claims, roles: roles.filter((role) => standing.roles.includes(role)) };
}

function keepBounded(tokens: Map<string, Verified>, digest: string, verified: Verified): void {
  tokens.set(digest, verified);
  const [oldest] = tokens.keys();
  if (tokens.size > MOST_TOKENS && oldest !== undefined) tokens.delete(oldest);
}

async function imported(jwks: readonly JWK[]): Promise<Keys> {
  const pairs = jwks.map(async (jwk) => [jwk.kid ?? '', await importJWK(jwk, 'RS256')] as const);
  return new Map(await Promise.all(pairs));
}

interface SignatureWiring {
  readonly clock: Clock;
  readonly keyOf: (kid: string) => Promise<CryptoKey | Uint8Array | undefined>;
}

async function verifySignature(token: string, { clock, keyOf }: SignatureWiring): Promise<Verified | null> {
  const kid = kidOf(token);
  const key = kid === null ? undefined : await keyOf(kid);
  if (kid === null || key === undefined) return null;
  // `iss` is not compared: the key alone proves the deployment, and the auth host's address may change within
  // a year.
  const options = { algorithms: ['RS256'], typ: 'JWT', currentDate: clock.now(), requiredClaims: REQUIRED };
  const payload = await jwtVerify(token, key, options).then(
    (result) => result.payload,
    () => null,
  );
  if (payload === null) return null;
  const { sub = '', iat, exp, roles } = payload;
  if (!UUID.test(sub) || iat === undefined || exp === undefined) return null;
  return { kid, accountId: sub, iat, exp, roles: rolesOf(roles), claims: payload };
}

const REQUIRED = ['iss', 'sub', 'iat', 'exp', 'roles'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function kidOf(token: string): string | null {
  try {
    return decodeProtectedHeader(token).kid ?? null;
  } catch {
    return null;
  }
}

const rolesOf = (claim: unknown): Role[] =>
  Array.isArray(claim) ? ROLES.filter((role) => claim.includes(role)) : [];
