import type { Answer, Body, Host, Item } from './call.ts';
import type { CallOptions } from './transport.ts';

export type LoanProduct = Answer<'getLoanProduct'>;
export type LoanProductVersion = Item<'listLoanProductVersions'>;

export interface LoanProducts {
  /** All products, in one answer. */
  list(options?: CallOptions): Promise<readonly Item<'listLoanProducts'>[]>;
  get(product: string | number, options?: CallOptions): Promise<LoanProduct>;
  create(product: Body<'createLoanProduct'>, options?: CallOptions): Promise<LoanProduct>;
  /** What is left out stays; null takes a field back to its default. */
  update(
    product: string | number,
    change: Body<'updateLoanProduct'>,
    options?: CallOptions,
  ): Promise<LoanProduct>;
  activate(product: string | number, options?: CallOptions): Promise<LoanProduct>;
  deactivate(product: string | number, options?: CallOptions): Promise<LoanProduct>;
  /** The newest first. */
  versions(product: string | number, options?: CallOptions): Promise<readonly LoanProductVersion[]>;
  /** The loan that a product still being drafted would make. */
  preview(draft: Body<'previewLoanProduct'>, options?: CallOptions): Promise<Answer<'previewLoanProduct'>>;
}

const ALL = '/v1/loan-products';
const pathOf = (product: string | number): string => `${ALL}/${encodeURIComponent(product)}`;

export function loanProductsOf(api: Host): LoanProducts {
  return {
    list: async (options) => (await api.get<'listLoanProducts'>(ALL, undefined, options)).items,
    get: (product, options) => api.get<'getLoanProduct'>(pathOf(product), undefined, options),
    create: (product, options) => api.post<'createLoanProduct'>(ALL, product, options),
    update: (product, change, options) => api.put<'updateLoanProduct'>(pathOf(product), change, options),
    activate: (product, options) =>
      api.post<'activateLoanProduct'>(`${pathOf(product)}/activate`, undefined, options),
    deactivate: (product, options) =>
      api.post<'deactivateLoanProduct'>(`${pathOf(product)}/deactivate`, undefined, options),
    versions: async (product, options) =>
      (await api.get<'listLoanProductVersions'>(`${pathOf(product)}/versions`, undefined, options)).items,
    preview: (draft, options) => api.post<'previewLoanProduct'>(`${ALL}/preview`, draft, options),
  };
}
