/**
 * Accounts: who may call. An account has an email (unique whatever its case), roles and a moment from which
 * its tokens count. Disabling an account or moving that moment makes every token issued before worthless.
 *
 *   revoke at 10:00:00.4 -> tokens count from 10:00:01; the next token says 10:00:01 and is good at once
 *
 * Source: contract "Auth".
 */
import { requireRule } from './refusal.ts';

/** ADMIN: partner endpoints. OPERATOR: operator endpoints. VIEWER: looks at everything, changes nothing. */
export const ROLES = ['ADMIN', 'OPERATOR', 'VIEWER'] as const;
export type Role = (typeof ROLES)[number];

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly disabledAt: Date | null;
  /** Whole second; a token counts when its `iat` is not before it. */
  readonly tokensValidFrom: Date;
  readonly createdAt: Date;
}

/** What decides whether a token of the account still counts. */
export type Standing = Pick<Account, 'roles' | 'disabledAt' | 'tokensValidFrom'>;

export const PASSWORD_LENGTH = { least: 12, most: 1024 } as const;

/** One account per mailbox: emails are compared and kept in lower case. */
export const normalEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase();

export function requireEmail(email: string): void {
  requireRule(email.length <= 254 && /^[^\s@:]+@[^\s@:]+$/.test(email), {
    kind: 'invalid_argument',
    code: 'email_malformed',
    message: 'must be an email address',
    field: 'email',
  });
}

export function requirePassword(password: string, field = 'password'): void {
  const { least, most } = PASSWORD_LENGTH;
  requireRule(password.length >= least && password.length <= most, {
    kind: 'invalid_argument',
    code: 'password_length',
    message: `must have ${least} to ${most} characters`,
    field,
  });
}

/** Seconds since the epoch of a date claim or a column. */
export const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** The `iat` of a token issued now: never before the moment from which the account's tokens count. */
export const issuedAt = (standing: Standing, now: Date): number =>
  Math.max(epochSeconds(now), epochSeconds(standing.tokensValidFrom));

/** The first second that no token issued so far can carry. */
export const afterEveryToken = (standing: Standing, now: Date): Date =>
  new Date((issuedAt(standing, now) + 1) * 1000);

/** True when a token issued at `iat` to this account still counts. */
export const isTokenHonoured = (standing: Standing, iat: number): boolean =>
  standing.disabledAt === null && iat >= epochSeconds(standing.tokensValidFrom);
