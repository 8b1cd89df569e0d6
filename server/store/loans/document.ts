/**
 * The document in a loan's row: everything that follows from its history, so that no reader computes it
 * again. Shared terms and transactions have places of their own. What an installment or a transaction has
 * nothing of is left out: of a loan of twelve installments that is most of the text.
 */
import { repaymentsOf } from '../../domain/history/abridged.ts';
import { type Installment, newInstallment } from '../../domain/installment.ts';
import type { LeftOut, Loan } from '../../domain/loan.ts';
import { readExact, writeDiffering } from '../exactJson.ts';
import { type OwnTerms, ownTermsOf } from './terms.ts';

type Fields = Readonly<Record<string, unknown>>;

const isParts = (value: unknown): value is object => typeof value === 'object' && value !== null;

const EMPTY_ROW = newInstallment({ number: 0, kind: 'normal', from: '' as never, due: '' as never });

function readInstallment(row: Fields & Pick<Installment, 'number' | 'kind' | 'from' | 'due'>): Installment {
  const installment = newInstallment({ ...row, kind: row.kind ?? EMPTY_ROW.kind });
  const fields = installment as unknown as Record<string, unknown>;
  for (const [name, each] of Object.entries(row)) {
    const known = fields[name];
    if (isParts(known) && isParts(each)) Object.assign(known, each);
    else fields[name] = each;
  }
  return installment;
}

/** Many loans share it. */
const NONE = Object.freeze([]);

/** What a loan's document need not say, because most loans have nothing of it. */
const EMPTY_LOAN = {
  approvedOn: null,
  disbursedOn: null,
  closedOn: null,
  overpaidOn: null,
  chargedOffOn: null,
  isFraud: false,
  isNonPerforming: false,
  overpaid: 0n,
  variations: NONE,
  charges: NONE,
  accruedTill: null,
  delinquencyActions: NONE,
  delinquencyTags: NONE,
  lastClosedBusinessDate: null,
} as const satisfies Partial<Loan>;

const NO_OWN_TERMS = {
  firstRepaymentDate: null,
  interestChargedFrom: null,
  maxOutstandingBalance: null,
  fixedInstallmentAmount: null,
} as const satisfies Partial<OwnTerms>;

/** All of a loan but the terms that it shares and what has to do with its transactions. */
export function writeDocument(loan: Loan): string {
  const { terms, transactions: _stored, unlisted: _unlisted, leftOut: _leftOut, ...rest } = loan;
  const { installments, ...fields } = rest;
  const rows = installments.map((row) => writeDiffering(row, EMPTY_ROW));
  const own = writeDiffering(ownTermsOf(terms), NO_OWN_TERMS);
  const few = writeDiffering({ ...fields, repaid: repaymentsOf(loan) }, EMPTY_LOAN);
  return `${few.slice(0, -1)},"ownTerms":${own},"installments":[${rows.join(',')}]}`;
}

export interface LoanDocument {
  readonly ownTerms: OwnTerms;
  /** What it says of its repayments when it is read without them. */
  readonly repaid: LeftOut;
  readonly loan: Omit<Loan, 'terms' | 'transactions'>;
}

type WrittenDocument = Omit<LoanDocument['loan'], keyof typeof EMPTY_LOAN> & {
  readonly ownTerms: Omit<OwnTerms, keyof typeof NO_OWN_TERMS>;
  readonly repaid: LeftOut;
};

export function readDocument(json: unknown): LoanDocument {
  const { ownTerms, repaid, ...loan } = readExact<WrittenDocument>(json);
  const installments = loan.installments.map((row) => readInstallment({ ...row }));
  return {
    ownTerms: Object.assign({}, NO_OWN_TERMS, ownTerms),
    repaid,
    loan: Object.assign({}, EMPTY_LOAN, loan, { installments }),
  };
}
