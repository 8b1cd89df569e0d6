/**
 * The document in a loan's row: everything that follows from its history, so that no reader computes it
 * again. Shared terms and transactions have places of their own. What an installment or a transaction has
 * nothing of is left out: of a loan of twelve installments that is most of the text.
 */
import { type Component, type MutablePortions, noPortions, type Portions } from '../../domain/components.ts';
import { repaymentsOf } from '../../domain/history/abridged.ts';
import { type Installment, newInstallment } from '../../domain/installment.ts';
import type { LeftOut, Loan, Tranche } from '../../domain/loan.ts';
import type { Money } from '../../domain/money.ts';
import type { LoanTransaction } from '../../domain/transaction.ts';
import {
  namesOf,
  type OptionalFields,
  readAmount,
  readExact,
  withOptional,
  writeDiffering,
} from '../exactJson.ts';
import { joinedTerms, type OwnTerms, ownTermsOf, type SharedTerms } from './terms.ts';

/** What a row of the schedule need not say. */
const EMPTY_ROW = newInstallment({ number: 0, kind: 'normal', from: '' as never, due: '' as never });

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

/** As a document has it: amounts as marked texts, the fields named `Left` only where they say something. */
type Written<T, Left extends keyof T = never> = {
  readonly [K in Exclude<keyof T, Left>]: WrittenValue<T[K]>;
} & { readonly [K in Left]?: WrittenValue<T[K]> };
type WrittenValue<T> = T extends bigint ? string : T extends Portions ? WrittenPortions : T;
type WrittenPortions = { readonly [K in Component]?: string };

type WrittenRow = Written<Installment, Exclude<keyof Installment, 'number' | 'from' | 'due'>>;
type WrittenLoan = Written<Omit<Loan, keyof Apart>, keyof typeof EMPTY_LOAN>;

/** Written in their own ways, or not at all. */
type Apart = Pick<Loan, 'terms' | 'transactions' | 'unlisted' | 'leftOut' | 'installments' | 'tranches'>;

interface WrittenDocument extends WrittenLoan {
  readonly ownTerms: Written<OwnTerms, keyof typeof NO_OWN_TERMS>;
  readonly repaid: Written<LeftOut>;
  readonly tranches: readonly Written<Tranche>[];
  readonly installments: readonly WrittenRow[];
}

const OPTIONAL = namesOf<Exclude<OptionalFields<Loan>, keyof Apart>>({
  installmentTags: 1,
  laidOn: 1,
  regenerations: 1,
});
const OPTIONAL_OF_ROW = namesOf<OptionalFields<Installment>>({ compounded: 1 });

/** What of a loan does not stand in its document. */
export interface Beside {
  readonly terms: SharedTerms | undefined;
  readonly transactions: readonly LoanTransaction[];
}

export interface ReadDocument {
  readonly loan: LoanDraft;
  /** What it says of its repayments when it is read without them. */
  readonly repaid: LeftOut;
}

/** A loan that whoever reads it has not finished yet. */
export type LoanDraft = { -readonly [K in keyof Loan]: Loan[K] };

/**
 * Spelled out, here and below: put together by spreads and loops over names, it cost twice as much.
 */
export function readDocument(json: unknown, { terms, transactions }: Beside): ReadDocument {
  const written = json as WrittenDocument;
  const loan: LoanDraft = {
    terms: joinedTerms(terms, readOwnTerms(written.ownTerms)),
    status: written.status,
    submittedOn: written.submittedOn,
    approvedOn: written.approvedOn ?? null,
    approvedPrincipal: readAmount(written.approvedPrincipal),
    disbursedOn: written.disbursedOn ?? null,
    closedOn: written.closedOn ?? null,
    overpaidOn: written.overpaidOn ?? null,
    chargedOffOn: written.chargedOffOn ?? null,
    isFraud: written.isFraud ?? false,
    isNonPerforming: written.isNonPerforming ?? false,
    overpaid: readAmount(written.overpaid),
    expectedMaturity: written.expectedMaturity,
    actualMaturity: written.actualMaturity,
    tranches: written.tranches.map(readTranche),
    variations: readList(written.variations),
    charges: readList(written.charges),
    installments: written.installments.map(readInstallment),
    transactions,
    accruedTill: written.accruedTill ?? null,
    delinquencyActions: readList(written.delinquencyActions),
    delinquencyTags: readList(written.delinquencyTags),
    lastClosedBusinessDate: written.lastClosedBusinessDate ?? null,
  };
  return { loan: withOptional(loan, written, OPTIONAL), repaid: readRepaid(written.repaid) };
}

const readList = <T>(list: readonly T[] | undefined): readonly T[] =>
  list === undefined ? NONE : readExact(list);

const amountOrNull = (text: string | null | undefined): Money | null => (text ? readAmount(text) : null);

const readOwnTerms = (own: WrittenDocument['ownTerms']): OwnTerms => ({
  principal: readAmount(own.principal),
  expectedDisbursementDate: own.expectedDisbursementDate,
  firstRepaymentDate: own.firstRepaymentDate ?? null,
  interestChargedFrom: own.interestChargedFrom ?? null,
  maxOutstandingBalance: amountOrNull(own.maxOutstandingBalance),
  fixedInstallmentAmount: amountOrNull(own.fixedInstallmentAmount),
});

const readRepaid = ({ lastOn, amount, principal }: Written<LeftOut>): LeftOut => ({
  lastOn,
  amount: readAmount(amount),
  principal: readAmount(principal),
});

const readTranche = ({ expectedOn, disbursedOn, amount }: Written<Tranche>): Tranche => ({
  expectedOn,
  disbursedOn,
  amount: readAmount(amount),
});

function readInstallment(row: WrittenRow): Installment {
  const installment: Installment = {
    number: row.number,
    kind: row.kind ?? EMPTY_ROW.kind,
    from: row.from,
    due: row.due,
    charged: readPortions(row.charged),
    paid: readPortions(row.paid),
    waived: readPortions(row.waived),
    writtenOff: readPortions(row.writtenOff),
    credited: readPortions(row.credited),
    accrued: readPortions(row.accrued),
    inAdvance: readAmount(row.inAdvance),
    late: readAmount(row.late),
    metOn: row.metOn ?? null,
  };
  return withOptional(installment, row, OPTIONAL_OF_ROW);
}

function readPortions(portions: WrittenPortions | undefined): MutablePortions {
  if (portions === undefined) return noPortions();
  return {
    principal: readAmount(portions.principal),
    interest: readAmount(portions.interest),
    fees: readAmount(portions.fees),
    penalties: readAmount(portions.penalties),
  };
}
