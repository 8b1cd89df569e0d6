import type { Role } from '../../domain/account.ts';

/** Who a verified token speaks for. `roles` are those that the token claims and the account still has. */
export interface Caller {
  readonly accountId: string;
  readonly roles: readonly Role[];
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface TokenVerifier {
  /**
   * The caller, or null when the token is malformed, expired, revoked or signed by a key that no longer
   * counts.
   */
  verify(token: string): Promise<Caller | null>;
  /** True when tokens can be verified right now (asked by `/readyz`). */
  isReady(): Promise<boolean>;
}
