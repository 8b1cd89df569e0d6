import { type Answer, type Body, type Host, type Item, pathOf, type Query, type Reference } from './call.ts';
import type { List } from './pages.ts';
import type { CallOptions, DownloadedFile } from './transport.ts';

/** A loan with its schedule and repayments. */
export type Loan = Answer<'getLoan'>;
/** A loan as lists show it. */
export type ListedLoan = Item<'listLoans'>;
/** A loan that was only computed: no ids, nothing stored. */
export type LoanPreview = Answer<'previewLoan'>;
export type Payoff = Answer<'getPayoff'>;
/** A transaction of any kind, with its allocation, running balance and journal. */
export type LoanTransaction = Item<'listTransactions'>;
export type Explanation = Answer<'explainLoan'>;
export type Rollback = Answer<'rollBackLoan'>;

/** What a loan is told to do: the loan, what the call needs, options. Answers the loan as it then stands. */
type Verb<Id extends LoanVerb> = (
  loan: Reference,
  body: Body<Id>,
  options?: CallOptions,
) => Promise<Answer<Id>>;
/** As `Verb`, where nothing need be said. */
type PlainVerb<Id extends LoanVerb> = (
  loan: Reference,
  body?: Body<Id>,
  options?: CallOptions,
) => Promise<Answer<Id>>;
type LoanVerb = keyof typeof VERBS;

export interface Loans {
  /** Submits, approves and disburses in one step. */
  create(loan: Body<'createLoan'>, options?: CallOptions): Promise<Loan>;
  /** The numbers of the loan that `create` would make. */
  preview(loan: Body<'previewLoan'>, options?: CallOptions): Promise<LoanPreview>;
  list(query?: Query<'listLoans'>, options?: CallOptions): List<ListedLoan>;
  get(loan: Reference, query?: Query<'getLoan'>, options?: CallOptions): Promise<Loan>;
  /** Pending loans only, as `remove`. */
  update(loan: Reference, changes: Body<'updateLoan'>, options?: CallOptions): Promise<Answer<'updateLoan'>>;
  remove(loan: Reference, options?: CallOptions): Promise<void>;
  approve: Verb<'approveLoan'>;
  reject: PlainVerb<'rejectLoan'>;
  withdraw: PlainVerb<'withdrawLoan'>;
  disburse: Verb<'disburseLoan'>;
  undoApproval: PlainVerb<'undoApproval'>;
  undoDisbursal: PlainVerb<'undoDisbursal'>;
  adjustDisbursementDate: Verb<'adjustDisbursementDate'>;
  /** Undoes disbursal and approval and deletes the loan; answers the steps that this call made. */
  rollBack: PlainVerb<'rollBackLoan'>;
  writeOff: Verb<'writeOffLoan'>;
  undoWriteOff: PlainVerb<'undoWriteOff'>;
  /** A loan of which next to nothing is open. */
  close: Verb<'closeLoan'>;
  undoLastDisbursal: PlainVerb<'undoLastDisbursal'>;
  markFraud: Verb<'markFraud'>;
  accrue: PlainVerb<'accrueLoan'>;
  reschedule: Verb<'rescheduleLoan'>;
  reAge: Verb<'reAgeLoan'>;
  undoReAge: PlainVerb<'undoReAge'>;
  reAmortize: PlainVerb<'reAmortizeLoan'>;
  undoReAmortize: PlainVerb<'undoReAmortize'>;
  /** What was agreed to change, from when. */
  termVariations(loan: Reference, options?: CallOptions): Promise<readonly Item<'listTermVariations'>[]>;
  /** How late it is, in which range, its pauses and history. */
  delinquency(loan: Reference, options?: CallOptions): Promise<Answer<'getLoanDelinquency'>>;
  pauseDelinquency: Verb<'pauseDelinquency'>;
  resumeDelinquency: PlainVerb<'resumeDelinquency'>;
  classifyDelinquency: PlainVerb<'classifyLoanDelinquency'>;
  /** What settles the loan on a date, by component. */
  payoff(loan: Reference, query?: Query<'getPayoff'>, options?: CallOptions): Promise<Payoff>;
  transactions(loan: Reference, options?: CallOptions): Promise<readonly LoanTransaction[]>;
  /** The statement as a PDF, or its transactions as CSV. */
  statement(loan: Reference, query?: Query<'getStatement'>, options?: CallOptions): Promise<DownloadedFile>;
  /** What made one component of an installment, or the balance of principal. */
  explain(loan: Reference, query: Query<'explainLoan'>, options?: CallOptions): Promise<Explanation>;
}

const ALL = '/v1/loans';
/** Path of each verb. */
const VERBS = {
  approveLoan: 'approve',
  rejectLoan: 'reject',
  withdrawLoan: 'withdraw',
  disburseLoan: 'disburse',
  undoApproval: 'undo-approval',
  undoDisbursal: 'undo-disbursal',
  adjustDisbursementDate: 'adjust-disbursement-date',
  rollBackLoan: 'rollback',
  writeOffLoan: 'writeoff',
  undoWriteOff: 'undo-writeoff',
  closeLoan: 'close',
  undoLastDisbursal: 'undo-last-disbursal',
  markFraud: 'fraud',
  accrueLoan: 'accrue',
  rescheduleLoan: 'reschedule',
  reAgeLoan: 're-age',
  undoReAge: 'undo-re-age',
  reAmortizeLoan: 're-amortize',
  undoReAmortize: 'undo-re-amortize',
  pauseDelinquency: 'delinquency-pauses',
  resumeDelinquency: 'delinquency-pauses/resume',
  classifyLoanDelinquency: 'delinquency/classify',
} as const;

export function loansOf(api: Host): Loans {
  const verb =
    <Id extends LoanVerb>(id: Id): PlainVerb<Id> =>
    (loan, body, options) =>
      api.post<Id>(`${pathOf(ALL, loan)}/${VERBS[id]}`, body ?? {}, options);
  return {
    create: (loan, options) => api.post<'createLoan'>(ALL, loan, options),
    preview: (loan, options) => api.post<'previewLoan'>(`${ALL}/preview`, loan, options),
    list: (query, options) => api.list<'listLoans'>(ALL, query, options),
    get: (loan, query, options) => api.get<'getLoan'>(pathOf(ALL, loan), query, options),
    update: (loan, changes, options) => api.put<'updateLoan'>(pathOf(ALL, loan), changes, options),
    remove: (loan, options) => api.remove(pathOf(ALL, loan), options),
    approve: verb('approveLoan'),
    reject: verb('rejectLoan'),
    withdraw: verb('withdrawLoan'),
    disburse: verb('disburseLoan'),
    undoApproval: verb('undoApproval'),
    undoDisbursal: verb('undoDisbursal'),
    adjustDisbursementDate: verb('adjustDisbursementDate'),
    rollBack: verb('rollBackLoan'),
    writeOff: verb('writeOffLoan'),
    undoWriteOff: verb('undoWriteOff'),
    close: verb('closeLoan'),
    undoLastDisbursal: verb('undoLastDisbursal'),
    markFraud: verb('markFraud'),
    accrue: verb('accrueLoan'),
    reschedule: verb('rescheduleLoan'),
    reAge: verb('reAgeLoan'),
    undoReAge: verb('undoReAge'),
    reAmortize: verb('reAmortizeLoan'),
    undoReAmortize: verb('undoReAmortize'),
    termVariations: async (loan, options) =>
      (await api.get<'listTermVariations'>(`${pathOf(ALL, loan)}/term-variations`, undefined, options)).items,
    delinquency: (loan, options) =>
      api.get<'getLoanDelinquency'>(`${pathOf(ALL, loan)}/delinquency`, undefined, options),
    pauseDelinquency: verb('pauseDelinquency'),
    resumeDelinquency: verb('resumeDelinquency'),
    classifyDelinquency: verb('classifyLoanDelinquency'),
    payoff: (loan, query, options) => api.get<'getPayoff'>(`${pathOf(ALL, loan)}/payoff`, query, options),
    transactions: async (loan, options) =>
      (await api.get<'listTransactions'>(`${pathOf(ALL, loan)}/transactions`, undefined, options)).items,
    statement: (loan, query, options) => api.file(`${pathOf(ALL, loan)}/statement`, query, options),
    explain: (loan, query, options) => api.get<'explainLoan'>(`${pathOf(ALL, loan)}/explain`, query, options),
  };
}
