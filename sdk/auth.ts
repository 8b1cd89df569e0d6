import type { Answer, Body, Host } from './call.ts';
import type { TokenSource } from './token.ts';
import type { CallOptions } from './transport.ts';

export interface Auth {
  /** The token that calls are made with, for use elsewhere. */
  token(): Promise<string>;
  /** Who the token says that we are. */
  authenticate(options?: CallOptions): Promise<Answer<'authenticateToken'>>;
  /** Fails with `unauthenticated` unless the token's roles fulfil the rule. */
  authorize(rule: Body<'authorizeToken'>['rule'], options?: CallOptions): Promise<Answer<'authorizeToken'>>;
}

export function authOf(auth: Host, tokens: TokenSource): Auth {
  return {
    token: () => tokens.current(),
    authenticate: (options) => auth.get<'authenticateToken'>('/v1/auth/authenticate', undefined, options),
    authorize: (rule, options) => auth.post<'authorizeToken'>('/v1/auth/authorize', { rule }, options),
  };
}
