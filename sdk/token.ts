/** Tokens: obtained with email and password, kept, shared by all calls, renewed before they expire. */
import { errorOf } from './errors.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface TokenSource {
  /** A token that is good for some while yet. */
  current(): Promise<string>;
  /** Called when the api refused a token; answers whether another one can be had. */
  renewAfter(refused: string): Promise<boolean>;
}

export type Send = (url: string, request: RequestInit) => Promise<Response>;

/** A token is renewed when less than this share of its life is left. */
const RENEWAL_SHARE = 0.1;
const MAX_RENEWAL_SECONDS = 86_400;

export const fixedToken = (token: string): TokenSource => ({
  current: async () => token,
  renewAfter: async () => false,
});

interface Held {
  readonly token: string;
  readonly renewAt: number;
}

export function tokenFromCredentials(authUrl: string, credentials: Credentials, send: Send): TokenSource {
  let held: Held | undefined;
  let pending: Promise<Held> | undefined;
  const renew = (): Promise<Held> => {
    // All calls that find the token missing or old wait for one renewal.
    pending ??= obtain(authUrl, credentials, send).finally(() => {
      pending = undefined;
    });
    return pending;
  };
  return {
    current: async () => {
      if (!held || Date.now() >= held.renewAt) held = await renew();
      return held.token;
    },
    renewAfter: async (refused) => {
      if (held?.token === refused) held = await renew();
      return true;
    },
  };
}

async function obtain(authUrl: string, credentials: Credentials, send: Send): Promise<Held> {
  const authorization = `Basic ${base64(`${credentials.email}:${credentials.password}`)}`;
  const response = await send(`${authUrl}/v1/auth/token`, { headers: { authorization } });
  if (!response.ok) throw await errorOf(response);
  const { token } = (await response.json()) as { token: string };
  return { token, renewAt: renewalTime(token) };
}

/**
 * From the token's own claims, counted on our clock from now: the server's clock may differ. A token without
 * them is used until the api refuses it.
 */
function renewalTime(token: string): number {
  const { iat, exp } = claimsOf(token);
  if (typeof exp !== 'number' || typeof iat !== 'number') return Number.POSITIVE_INFINITY;
  const life = exp - iat;
  return Date.now() + (life - Math.min(life * RENEWAL_SHARE, MAX_RENEWAL_SECONDS)) * 1000;
}

function claimsOf(token: string): { iat?: unknown; exp?: unknown } {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(atob(payload)) as { iat?: unknown; exp?: unknown };
  } catch {
    return {};
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
