/** The lender's day: business date, close of business, the clock of a sandbox, delinquency buckets. */
import type { Answer, Body, Host, Item } from '../call.ts';
import type { CallOptions } from '../transport.ts';

export type BusinessDay = Answer<'getBusinessDate'>;
export type CloseOfBusinessStatus = Answer<'getCloseOfBusiness'>;
export type DelinquencyBucket = Answer<'getDelinquencyBucket'>;

export interface BusinessDates {
  get(options?: CallOptions): Promise<BusinessDay>;
  /** Of a sandbox, forwards; the days in between stay open. */
  set(date: string, options?: CallOptions): Promise<BusinessDay>;
  /** Lets days pass in a sandbox, each closed before the next begins. */
  advance(step?: Body<'advanceClock'>, options?: CallOptions): Promise<Answer<'advanceClock'>>;
}

export const businessDatesOf = (api: Host): BusinessDates => ({
  get: (options) => api.get<'getBusinessDate'>('/v1/business-date', undefined, options),
  set: (date, options) => api.put<'setBusinessDate'>('/v1/business-date', { date }, options),
  advance: (step, options) => api.post<'advanceClock'>('/v1/clock/advance', step ?? {}, options),
});

export interface ClosesOfBusiness {
  /** How far it has come. */
  status(options?: CallOptions): Promise<CloseOfBusinessStatus>;
  /** Closes every day that is over, in the background unless told to wait. */
  start(asked?: Body<'startCloseOfBusiness'>, options?: CallOptions): Promise<Answer<'startCloseOfBusiness'>>;
  failures(options?: CallOptions): Promise<readonly Item<'listCloseOfBusinessFailures'>[]>;
  /** The open days of one loan. */
  closeLoan(loanId: string | number, options?: CallOptions): Promise<Answer<'closeLoanDays'>>;
  /** Up to which day a loan is closed. */
  ofLoan(loanId: string | number, options?: CallOptions): Promise<Answer<'getLoanClosing'>>;
}

export function closesOfBusinessOf(api: Host): ClosesOfBusiness {
  const all = '/v1/close-of-business';
  const ofLoan = (loanId: string | number): string =>
    `/v1/loans/${encodeURIComponent(loanId)}/close-of-business`;
  return {
    status: (options) => api.get<'getCloseOfBusiness'>(all, undefined, options),
    start: (asked, options) => api.post<'startCloseOfBusiness'>(all, asked ?? {}, options),
    failures: async (options) =>
      (await api.get<'listCloseOfBusinessFailures'>(`${all}/failures`, undefined, options)).items,
    closeLoan: (loanId, options) => api.post<'closeLoanDays'>(ofLoan(loanId), {}, options),
    ofLoan: (loanId, options) => api.get<'getLoanClosing'>(ofLoan(loanId), undefined, options),
  };
}

export interface DelinquencyBuckets {
  list(options?: CallOptions): Promise<readonly DelinquencyBucket[]>;
  get(code: string, options?: CallOptions): Promise<DelinquencyBucket>;
  create(bucket: Body<'createDelinquencyBucket'>, options?: CallOptions): Promise<DelinquencyBucket>;
  update(
    code: string,
    bucket: Body<'updateDelinquencyBucket'>,
    options?: CallOptions,
  ): Promise<DelinquencyBucket>;
  delete(code: string, options?: CallOptions): Promise<void>;
}

export function delinquencyBucketsOf(api: Host): DelinquencyBuckets {
  const all = '/v1/delinquency-buckets';
  const path = (code: string): string => `${all}/${encodeURIComponent(code)}`;
  return {
    list: async (options) => (await api.get<'listDelinquencyBuckets'>(all, undefined, options)).items,
    get: (code, options) => api.get<'getDelinquencyBucket'>(path(code), undefined, options),
    create: (bucket, options) => api.post<'createDelinquencyBucket'>(all, bucket, options),
    update: (code, bucket, options) => api.put<'updateDelinquencyBucket'>(path(code), bucket, options),
    delete: (code, options) => api.remove(path(code), options),
  };
}
