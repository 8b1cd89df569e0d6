import { type Answer, type Body, type Host, type Item, pathOf, type Query, type Reference } from './call.ts';
import type { List } from './pages.ts';
import type { CallOptions } from './transport.ts';

export type Customer = Answer<'getCustomer'>;

export interface Customers {
  create(customer: Body<'createCustomer'>, options?: CallOptions): Promise<Customer>;
  list(query?: Query<'listCustomers'>, options?: CallOptions): List<Item<'listCustomers'>>;
  get(customer: Reference, options?: CallOptions): Promise<Customer>;
  update(customer: Reference, changes: Body<'updateCustomer'>, options?: CallOptions): Promise<Customer>;
  /** Pending customers without loans only. */
  remove(customer: Reference, options?: CallOptions): Promise<void>;
  activate(customer: Reference, body: Body<'activateCustomer'>, options?: CallOptions): Promise<Customer>;
  /** For good: a closed customer stays readable and gets no more loans. */
  close(customer: Reference, body: Body<'closeCustomer'>, options?: CallOptions): Promise<Customer>;
}

const ALL = '/v1/customers';

export function customersOf(api: Host): Customers {
  return {
    create: (customer, options) => api.post<'createCustomer'>(ALL, customer, options),
    list: (query, options) => api.list<'listCustomers'>(ALL, query, options),
    get: (customer, options) => api.get<'getCustomer'>(pathOf(ALL, customer), undefined, options),
    update: (customer, changes, options) =>
      api.put<'updateCustomer'>(pathOf(ALL, customer), changes, options),
    remove: (customer, options) => api.remove(pathOf(ALL, customer), options),
    activate: (customer, body, options) =>
      api.post<'activateCustomer'>(`${pathOf(ALL, customer)}/activate`, body, options),
    close: (customer, body, options) =>
      api.post<'closeCustomer'>(`${pathOf(ALL, customer)}/close`, body, options),
  };
}
