/** Charges: what the lender configured, and what stands on a loan. */
import { type Answer, type Body, type Host, type Item, pathOf, type Reference } from './call.ts';
import type { CallOptions } from './transport.ts';

export type Charge = Answer<'getCharge'>;
export type LoanCharge = Answer<'getLoanCharge'>;

export interface Charges {
  /** All charges, in one answer. */
  list(options?: CallOptions): Promise<readonly Item<'listCharges'>[]>;
  get(charge: string | number, options?: CallOptions): Promise<Charge>;
  create(charge: Body<'createCharge'>, options?: CallOptions): Promise<Charge>;
  update(charge: string | number, change: Body<'updateCharge'>, options?: CallOptions): Promise<Charge>;
  activate(charge: string | number, options?: CallOptions): Promise<Charge>;
  deactivate(charge: string | number, options?: CallOptions): Promise<Charge>;
  delete(charge: string | number, options?: CallOptions): Promise<void>;
}

const ALL = '/v1/charges';
const chargePath = (charge: string | number): string => `${ALL}/${encodeURIComponent(charge)}`;

export function chargesOf(api: Host): Charges {
  return {
    list: async (options) => (await api.get<'listCharges'>(ALL, undefined, options)).items,
    get: (charge, options) => api.get<'getCharge'>(chargePath(charge), undefined, options),
    create: (charge, options) => api.post<'createCharge'>(ALL, charge, options),
    update: (charge, change, options) => api.put<'updateCharge'>(chargePath(charge), change, options),
    activate: (charge, options) =>
      api.post<'activateCharge'>(`${chargePath(charge)}/activate`, undefined, options),
    deactivate: (charge, options) =>
      api.post<'deactivateCharge'>(`${chargePath(charge)}/deactivate`, undefined, options),
    delete: (charge, options) => api.remove(chargePath(charge), options),
  };
}

export interface LoanCharges {
  list(loan: Reference, options?: CallOptions): Promise<readonly Item<'listLoanCharges'>[]>;
  get(loan: Reference, charge: string | number, options?: CallOptions): Promise<LoanCharge>;
  add(loan: Reference, charge: Body<'addLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  waive(
    loan: Reference,
    charge: string | number,
    body?: Body<'waiveLoanCharge'>,
    options?: CallOptions,
  ): Promise<LoanCharge>;
  undoWaiver(
    loan: Reference,
    charge: string | number,
    body?: Body<'undoLoanChargeWaiver'>,
    options?: CallOptions,
  ): Promise<LoanCharge>;
  adjust(
    loan: Reference,
    charge: string | number,
    body: Body<'adjustLoanCharge'>,
    options?: CallOptions,
  ): Promise<LoanCharge>;
  /** While the loan is pending. */
  update(
    loan: Reference,
    charge: string | number,
    change: Body<'updateLoanCharge'>,
    options?: CallOptions,
  ): Promise<LoanCharge>;
  /** While the loan is pending. */
  delete(loan: Reference, charge: string | number, options?: CallOptions): Promise<void>;
}

export function loanChargesOf(api: Host): LoanCharges {
  const all = (loan: Reference): string => `${pathOf('/v1/loans', loan)}/charges`;
  const one = (loan: Reference, charge: string | number): string =>
    `${all(loan)}/${encodeURIComponent(charge)}`;
  return {
    list: async (loan, options) => (await api.get<'listLoanCharges'>(all(loan), undefined, options)).items,
    get: (loan, charge, options) => api.get<'getLoanCharge'>(one(loan, charge), undefined, options),
    add: (loan, charge, options) => api.post<'addLoanCharge'>(all(loan), charge, options),
    waive: (loan, charge, body = {}, options) =>
      api.post<'waiveLoanCharge'>(`${one(loan, charge)}/waive`, body, options),
    undoWaiver: (loan, charge, body = {}, options) =>
      api.post<'undoLoanChargeWaiver'>(`${one(loan, charge)}/undo-waiver`, body, options),
    adjust: (loan, charge, body, options) =>
      api.post<'adjustLoanCharge'>(`${one(loan, charge)}/adjust`, body, options),
    update: (loan, charge, change, options) =>
      api.put<'updateLoanCharge'>(one(loan, charge), change, options),
    delete: (loan, charge, options) => api.remove(one(loan, charge), options),
  };
}
