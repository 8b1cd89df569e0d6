import type { Answer, Body, Host, Item, Query } from './call.ts';
import type { Page } from './pages.ts';
import type { CallOptions } from './transport.ts';

export type Account = Item<'listAccounts'>;
export type CreatedAccount = Answer<'createAccount'>;

export interface Accounts {
  /** One page, by its number. For operators, as all but `changeOwnPassword`. */
  page(query?: Query<'listAccounts'>, options?: CallOptions): Promise<Page<Account>>;
  get(accountId: string, options?: CallOptions): Promise<Account>;
  /** Without a password one is made up; it is in this answer and nowhere else. */
  create(account: Body<'createAccount'>, options?: CallOptions): Promise<CreatedAccount>;
  disable(accountId: string, options?: CallOptions): Promise<Account>;
  enable(accountId: string, options?: CallOptions): Promise<Account>;
  revokeTokens(accountId: string, options?: CallOptions): Promise<Account>;
  setRoles(
    accountId: string,
    roles: Body<'setAccountRoles'>['roles'],
    options?: CallOptions,
  ): Promise<Account>;
  setPassword(accountId: string, newPassword: string, options?: CallOptions): Promise<Account>;
  changeOwnPassword(change: Body<'changeOwnPassword'>, options?: CallOptions): Promise<Account>;
}

export function accountsOf(api: Host): Accounts {
  const path = (accountId: string, call = ''): string =>
    `/v1/accounts/${encodeURIComponent(accountId)}${call}`;
  return {
    page: (query, options) => api.get<'listAccounts'>('/v1/accounts', query, options),
    get: (accountId, options) => api.get<'getAccount'>(path(accountId), undefined, options),
    create: (account, options) => api.post<'createAccount'>('/v1/accounts', account, options),
    disable: (accountId, options) =>
      api.post<'disableAccount'>(path(accountId, '/disable'), undefined, options),
    enable: (accountId, options) => api.post<'enableAccount'>(path(accountId, '/enable'), undefined, options),
    revokeTokens: (accountId, options) =>
      api.post<'revokeTokens'>(path(accountId, '/revoke-tokens'), undefined, options),
    setRoles: (accountId, roles, options) =>
      api.put<'setAccountRoles'>(path(accountId, '/roles'), { roles }, options),
    setPassword: (accountId, newPassword, options) =>
      api.put<'setAccountPassword'>(path(accountId, '/password'), { newPassword }, options),
    changeOwnPassword: (change, options) =>
      api.put<'changeOwnPassword'>(path('me', '/password'), change, options),
  };
}
