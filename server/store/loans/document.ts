/**
 * The document in a loan's row: everything that follows from its history, so that no reader computes it
 * again. Shared terms and transactions have places of their own. Left out is what a loan, an installment or
 * a transaction has nothing of, and what most loans have alike (`usualLoan`): a loan that was paid out as it
 * was asked for says what it is, when its installments are due, and what was charged and paid.
 */
import { type Component, type MutablePortions, noPortions, type Portions } from '../../domain/components.ts';
import type { CivilDate } from '../../domain/date.ts';
import { NOTHING_REPAID, repaymentsOf } from '../../domain/history/abridged.ts';
import { type Installment, newInstallment } from '../../domain/installment.ts';
import type { LeftOut, Loan, LoanStatus, Tranche } from '../../domain/loan.ts';
import type { Money } from '../../domain/money.ts';
import type { LoanTransaction } from '../../domain/transaction.ts';
import {
  namesOf,
  type OptionalFields,
  readAmount,
  readExact,
  withOptional,
  writeDiffering,
  writeExact,
} from '../exactJson.ts';
import { joinedTerms, type OwnTerms, ownTermsOf, type SharedTerms } from './terms.ts';

/** What a row of the schedule need not say. */
const EMPTY_ROW = newInstallment({ number: 0, kind: 'normal', from: '' as never, due: '' as never });

/** Many loans share it. */
const NONE = Object.freeze([]);

/** What of a loan stands in its document under its own name. */
type Told = Omit<Loan, keyof Apart>;

/** Not in the document, or written in their own ways. */
type Apart = Pick<Loan, 'terms' | 'transactions' | 'unlisted' | 'leftOut' | 'installments' | 'tranches'>;

type Base = Pick<OwnTerms, 'principal' | 'expectedDisbursementDate'>;

/**
 * What a document need not say: that a loan was approved and paid out as it was asked for, on the day that
 * was meant, runs, and has nothing of all else.
 */
function usualLoan({ principal, expectedDisbursementDate: day }: Base, lastDue: CivilDate | null) {
  return {
    status: 'active' as LoanStatus,
    submittedOn: day,
    approvedOn: day,
    approvedPrincipal: principal,
    disbursedOn: day,
    closedOn: null,
    overpaidOn: null,
    chargedOffOn: null,
    isFraud: false,
    isNonPerforming: false,
    overpaid: 0n,
    expectedMaturity: lastDue,
    actualMaturity: lastDue,
    variations: NONE,
    charges: NONE,
    accruedTill: null,
    delinquencyActions: NONE,
    delinquencyTags: NONE,
    lastClosedBusinessDate: null,
  } satisfies Omit<Told, OptionalFields<Told>>;
}

const NO_OWN_TERMS = {
  firstRepaymentDate: null,
  interestChargedFrom: null,
  maxOutstandingBalance: null,
  fixedInstallmentAmount: null,
} as const satisfies Partial<OwnTerms>;

/** All of a loan but the terms that it shares and what has to do with its transactions. */
export function writeDocument(loan: Loan): string {
  const own = ownTermsOf(loan.terms);
  const told = fieldsOf(writeDiffering(toldOf(loan), usualLoan(own, lastDueOf(loan.installments))));
  const tranches = isInOneTranche(loan) ? '' : `,"tranches":${writeExact(loan.tranches)}`;
  const repaid = writeDiffering(repaymentsOf(loan), NOTHING_REPAID);
  const few = `"ownTerms":${writeDiffering(own, NO_OWN_TERMS)}${told}${tranches}`;
  return `{${few}${repaid === '{}' ? '' : `,"repaid":${repaid}`},"installments":[${rowsOf(loan)}]}`;
}

/** To stand behind others. */
const fieldsOf = (json: string): string => (json === '{}' ? '' : `,${json.slice(1, -1)}`);

/** Spelled out, so that they are alike and a new field is not forgotten. */
const toldOf = (loan: Loan): { readonly [K in keyof Required<Told>]: Told[K] } => ({
  status: loan.status,
  submittedOn: loan.submittedOn,
  approvedOn: loan.approvedOn,
  approvedPrincipal: loan.approvedPrincipal,
  disbursedOn: loan.disbursedOn,
  closedOn: loan.closedOn,
  overpaidOn: loan.overpaidOn,
  chargedOffOn: loan.chargedOffOn,
  isFraud: loan.isFraud,
  isNonPerforming: loan.isNonPerforming,
  overpaid: loan.overpaid,
  expectedMaturity: loan.expectedMaturity,
  actualMaturity: loan.actualMaturity,
  variations: loan.variations,
  charges: loan.charges,
  accruedTill: loan.accruedTill,
  delinquencyActions: loan.delinquencyActions,
  delinquencyTags: loan.delinquencyTags,
  installmentTags: loan.installmentTags,
  lastClosedBusinessDate: loan.lastClosedBusinessDate,
  laidOn: loan.laidOn,
  regenerations: loan.regenerations,
});

const lastDueOf = (rows: readonly Pick<Installment, 'due'>[]): CivilDate | null => rows.at(-1)?.due ?? null;

type Payout = Pick<Loan, 'disbursedOn' | 'approvedPrincipal'> & { readonly terms: Base };

const oneTranche = ({ terms, disbursedOn, approvedPrincipal }: Payout): Tranche => ({
  expectedOn: terms.expectedDisbursementDate,
  disbursedOn,
  amount: approvedPrincipal,
});

function isInOneTranche(loan: Loan): boolean {
  const [tranche, another] = loan.tranches;
  if (tranche === undefined || another !== undefined) return false;
  const usual = oneTranche(loan);
  return (
    tranche.expectedOn === usual.expectedOn &&
    tranche.disbursedOn === usual.disbursedOn &&
    tranche.amount === usual.amount
  );
}

/** Where the first installment mostly begins. */
const beginningOf = ({ terms, disbursedOn }: Payout): CivilDate =>
  disbursedOn ?? terms.expectedDisbursementDate;

/** Each mostly has the next number and begins where the one before it ends. */
function rowsOf(loan: Loan): string {
  const usual = { ...EMPTY_ROW, number: 1, from: beginningOf(loan) };
  let text = '';
  for (const row of loan.installments) {
    text += (text === '' ? '' : ',') + writeDiffering(row, usual);
    usual.number = row.number + 1;
    usual.from = row.due;
  }
  return text;
}

/** As a document has it: amounts as marked texts, the fields named `Left` only where they say something. */
type Written<T, Left extends keyof T = never> = {
  readonly [K in Exclude<keyof T, Left>]: WrittenValue<T[K]>;
} & { readonly [K in Left]?: WrittenValue<T[K]> };
type WrittenValue<T> = T extends bigint ? string : T extends Portions ? WrittenPortions : T;
type WrittenPortions = { readonly [K in Component]?: string };

type WrittenRow = Written<Installment, Exclude<keyof Installment, 'due'>>;
export type WrittenRepaid = Written<LeftOut, keyof LeftOut>;

interface WrittenDocument extends Written<Told, keyof Told> {
  readonly ownTerms: Written<OwnTerms, keyof typeof NO_OWN_TERMS>;
  readonly repaid?: WrittenRepaid;
  readonly tranches?: readonly Written<Tranche>[];
  readonly installments: readonly WrittenRow[];
}

const OPTIONAL = namesOf<OptionalFields<Told>>({
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
  const own = readOwnTerms(written.ownTerms);
  const usual = usualLoan(own, lastDueOf(written.installments));
  const disbursedOn = either(written.disbursedOn, usual.disbursedOn);
  const approvedPrincipal = amountOr(written.approvedPrincipal, usual.approvedPrincipal);
  const payout: Payout = { terms: own, disbursedOn, approvedPrincipal };
  const loan: LoanDraft = {
    terms: joinedTerms(terms, own),
    status: written.status ?? usual.status,
    submittedOn: written.submittedOn ?? usual.submittedOn,
    approvedOn: either(written.approvedOn, usual.approvedOn),
    approvedPrincipal,
    disbursedOn,
    closedOn: written.closedOn ?? null,
    overpaidOn: written.overpaidOn ?? null,
    chargedOffOn: written.chargedOffOn ?? null,
    isFraud: written.isFraud ?? false,
    isNonPerforming: written.isNonPerforming ?? false,
    overpaid: readAmount(written.overpaid),
    expectedMaturity: either(written.expectedMaturity, usual.expectedMaturity),
    actualMaturity: either(written.actualMaturity, usual.actualMaturity),
    tranches: written.tranches?.map(readTranche) ?? [oneTranche(payout)],
    variations: readList(written.variations),
    charges: readList(written.charges),
    installments: readRows(written.installments, beginningOf(payout)),
    transactions,
    accruedTill: written.accruedTill ?? null,
    delinquencyActions: readList(written.delinquencyActions),
    delinquencyTags: readList(written.delinquencyTags),
    lastClosedBusinessDate: written.lastClosedBusinessDate ?? null,
  };
  return { loan: withOptional(loan, written, OPTIONAL), repaid: readRepaid(written.repaid) };
}

/** What was written, null included. */
const either = <T>(written: T | null | undefined, usual: T | null): T | null =>
  written === undefined ? usual : written;

const amountOr = (text: string | undefined, usual: Money): Money =>
  text === undefined ? usual : readAmount(text);

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

/** Of a document that does not name them: none. */
export const readRepaid = (repaid: WrittenRepaid = {}): LeftOut => ({
  lastOn: repaid.lastOn ?? null,
  amount: readAmount(repaid.amount),
  principal: readAmount(repaid.principal),
});

const readTranche = ({ expectedOn, disbursedOn, amount }: Written<Tranche>): Tranche => ({
  expectedOn,
  disbursedOn,
  amount: readAmount(amount),
});

function readRows(written: readonly WrittenRow[], beginning: CivilDate): Installment[] {
  let [number, from] = [1, beginning];
  return written.map((row) => {
    const installment = readInstallment(row, { number: row.number ?? number, from: row.from ?? from });
    [number, from] = [installment.number + 1, installment.due];
    return installment;
  });
}

function readInstallment(row: WrittenRow, { number, from }: Pick<Installment, 'number' | 'from'>) {
  const installment: Installment = {
    number,
    kind: row.kind ?? EMPTY_ROW.kind,
    from,
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
