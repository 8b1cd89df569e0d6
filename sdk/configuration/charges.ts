/** Charges: what the lender configured, and what stands on a loan. */
import { type Answer, type Body, type Host, type Item, pathOf, type Reference } from '../call.ts';
import type { CallOptions } from '../transport.ts';

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

/** A charge of a loan, by its number within it. */
export interface ChargeOfLoan {
  readonly loan: Reference;
  readonly charge: string | number;
}

export interface LoanCharges {
  list(loan: Reference, options?: CallOptions): Promise<readonly Item<'listLoanCharges'>[]>;
  get(at: ChargeOfLoan, options?: CallOptions): Promise<LoanCharge>;
  add(loan: Reference, charge: Body<'addLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  /** Needs the role OPERATOR. All that is open of it, where no amount is named. */
  pay(at: ChargeOfLoan, body?: Body<'payLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  waive(at: ChargeOfLoan, body?: Body<'waiveLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  undoWaiver(
    at: ChargeOfLoan,
    body?: Body<'undoLoanChargeWaiver'>,
    options?: CallOptions,
  ): Promise<LoanCharge>;
  adjust(at: ChargeOfLoan, body: Body<'adjustLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  /** All that was paid on it, where no amount is named. */
  refund(at: ChargeOfLoan, body?: Body<'refundLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  /** While the loan is pending. */
  update(at: ChargeOfLoan, change: Body<'updateLoanCharge'>, options?: CallOptions): Promise<LoanCharge>;
  /** While the loan is pending. */
  delete(at: ChargeOfLoan, options?: CallOptions): Promise<void>;
}

export function loanChargesOf(api: Host): LoanCharges {
  const all = (loan: Reference): string => `${pathOf('/v1/loans', loan)}/charges`;
  const one = ({ loan, charge }: ChargeOfLoan): string => `${all(loan)}/${encodeURIComponent(charge)}`;
  return {
    list: async (loan, options) => (await api.get<'listLoanCharges'>(all(loan), undefined, options)).items,
    get: (at, options) => api.get<'getLoanCharge'>(one(at), undefined, options),
    add: (loan, charge, options) => api.post<'addLoanCharge'>(all(loan), charge, options),
    pay: (at, body = {}, options) => api.post<'payLoanCharge'>(`${one(at)}/pay`, body, options),
    waive: (at, body = {}, options) => api.post<'waiveLoanCharge'>(`${one(at)}/waive`, body, options),
    undoWaiver: (at, body = {}, options) =>
      api.post<'undoLoanChargeWaiver'>(`${one(at)}/undo-waiver`, body, options),
    adjust: (at, body, options) => api.post<'adjustLoanCharge'>(`${one(at)}/adjust`, body, options),
    refund: (at, body = {}, options) => api.post<'refundLoanCharge'>(`${one(at)}/refund`, body, options),
    update: (at, change, options) => api.put<'updateLoanCharge'>(one(at), change, options),
    delete: (at, options) => api.remove(one(at), options),
  };
}
