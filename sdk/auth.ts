import type { Answer, Body, Host } from './call.ts';
import type { TokenSource } from './token.ts';
import type { CallOptions } from './transport.ts';

export interface Auth {
  /** The token that calls are made with, for use elsewhere. */
  token(): Promise<string>;
  /** Who the token says that we are. */
  authenticate(options?: CallOptions): Promise<Answer<'authenticate'>>;
  /** Fails with `unauthenticated` unless the token's roles fulfil the rule. */
  authorize(rule: Body<'authorize'>['rule'], options?: CallOptions): Promise<Answer<'authorize'>>;
}

export function authOf(auth: Host, tokens: TokenSource): Auth {
  return {
    token: () => tokens.current(),
    authenticate: (options) => auth.get<'authenticate'>('/v1/auth/authenticate', undefined, options),
    authorize: (rule, options) => auth.post<'authorize'>('/v1/auth/authorize', { rule }, options),
  };
}
