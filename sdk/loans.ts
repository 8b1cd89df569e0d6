import { type Answer, type Body, type Host, type Item, pathOf, type Query, type Reference } from './call.ts';
import type { List } from './pages.ts';
import type { CallOptions } from './transport.ts';

/** A loan with its schedule and repayments. */
export type Loan = Answer<'getLoan'>;
/** A loan as lists show it. */
export type ListedLoan = Item<'listLoans'>;
/** A loan that was only computed: no ids, nothing stored. */
export type LoanPreview = Answer<'previewLoan'>;

export interface Loans {
  /** Submits, approves and disburses in one step. */
  create(loan: Body<'createLoan'>, options?: CallOptions): Promise<Loan>;
  /** The numbers of the loan that `create` would make. */
  preview(loan: Body<'previewLoan'>, options?: CallOptions): Promise<LoanPreview>;
  list(query?: Query<'listLoans'>, options?: CallOptions): List<ListedLoan>;
  get(loan: Reference, options?: CallOptions): Promise<Loan>;
}

const ALL = '/v1/loans';

export function loansOf(api: Host): Loans {
  return {
    create: (loan, options) => api.post<'createLoan'>(ALL, loan, options),
    preview: (loan, options) => api.post<'previewLoan'>(`${ALL}/preview`, loan, options),
    list: (query, options) => api.list<'listLoans'>(ALL, query, options),
    get: (loan, options) => api.get<'getLoan'>(pathOf(ALL, loan), undefined, options),
  };
}
