/** Offices, payment types and closure reasons: names that customers and payments refer to. */
import type { Answer, Body, Host, Item } from '../call.ts';
import type { CallOptions } from '../transport.ts';

export type Office = Item<'listOffices'>;

/** The three are alike; their types are those of offices. */
export interface References {
  /** All of them, in one answer. */
  list(options?: CallOptions): Promise<readonly Office[]>;
  create(made: Body<'createOffice'>, options?: CallOptions): Promise<Office>;
  /** A new name; the short name stays. */
  update(id: string | number, change: Body<'updateOffice'>, options?: CallOptions): Promise<Office>;
  activate(id: string | number, options?: CallOptions): Promise<Office>;
  deactivate(id: string | number, options?: CallOptions): Promise<Office>;
}

const referencesAt = (api: Host, all: string): References => {
  const one = (id: string | number): string => `${all}/${encodeURIComponent(id)}`;
  return {
    list: async (options): Promise<Answer<'listOffices'>['items']> =>
      (await api.get<'listOffices'>(all, undefined, options)).items,
    create: (made, options) => api.post<'createOffice'>(all, made, options),
    update: (id, change, options) => api.put<'updateOffice'>(one(id), change, options),
    activate: (id, options) => api.post<'activateOffice'>(`${one(id)}/activate`, undefined, options),
    deactivate: (id, options) => api.post<'deactivateOffice'>(`${one(id)}/deactivate`, undefined, options),
  };
};

export const officesOf = (api: Host): References => referencesAt(api, '/v1/offices');
export const paymentTypesOf = (api: Host): References => referencesAt(api, '/v1/payment-types');
export const closureReasonsOf = (api: Host): References => referencesAt(api, '/v1/closure-reasons');
