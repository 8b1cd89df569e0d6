import type { Answer, Host, Item } from './call.ts';
import type { CallOptions } from './transport.ts';

export type LoanProduct = Answer<'getLoanProduct'>;

export interface LoanProducts {
  /** All products, in one answer. */
  list(options?: CallOptions): Promise<readonly Item<'listLoanProducts'>[]>;
  get(product: string | number, options?: CallOptions): Promise<LoanProduct>;
}

const ALL = '/v1/loan-products';

export function loanProductsOf(api: Host): LoanProducts {
  return {
    list: async (options) => (await api.get<'listLoanProducts'>(ALL, undefined, options)).items,
    get: (product, options) =>
      api.get<'getLoanProduct'>(`${ALL}/${encodeURIComponent(product)}`, undefined, options),
  };
}
