import { type Answer, type Body, type Host, type Item, pathOf, type Query, type Reference } from './call.ts';
import type { List } from './pages.ts';
import type { CallOptions } from './transport.ts';

export type Repayment = Answer<'getRepayment'>;

export interface Repayments {
  create(loan: Reference, repayment: Body<'createRepayment'>, options?: CallOptions): Promise<Repayment>;
  /** Newest first. */
  list(loan: Reference, query?: Query<'listRepayments'>, options?: CallOptions): List<Item<'listRepayments'>>;
  get(loan: Reference, repayment: string | number, options?: CallOptions): Promise<Repayment>;
}

const allOf = (loan: Reference): string => `${pathOf('/v1/loans', loan)}/repayments`;

export function repaymentsOf(api: Host): Repayments {
  return {
    create: (loan, repayment, options) => api.post<'createRepayment'>(allOf(loan), repayment, options),
    list: (loan, query, options) => api.list<'listRepayments'>(allOf(loan), query, options),
    get: (loan, repayment, options) =>
      api.get<'getRepayment'>(`${allOf(loan)}/${encodeURIComponent(repayment)}`, undefined, options),
  };
}
