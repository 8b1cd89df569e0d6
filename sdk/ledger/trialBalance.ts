import type { Answer, Host, Query } from '../call.ts';
import type { CallOptions } from '../transport.ts';

export type TrialBalance = Answer<'getTrialBalance'>;

export interface TrialBalances {
  /** Debits and credits per account up to a date; for operators. */
  get(query?: Query<'getTrialBalance'>, options?: CallOptions): Promise<TrialBalance>;
}

export function trialBalancesOf(api: Host): TrialBalances {
  return {
    get: (query, options) => api.get<'getTrialBalance'>('/v1/trial-balance', query, options),
  };
}
