/**
 * The terms of loans. Nearly all of them are the same for all loans of a product, so they are stored once, in
 * `loan_terms`, under a digest of what they say; what a loan has for itself stands in its document. A row of
 * `loan_terms` is never changed or removed, so what was read once is known for good.
 */
import { createHash } from 'node:crypto';
import type { LoanTerms } from '../../domain/terms.ts';
import { write } from '../batch/member.ts';
import type { Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { readExact, writeExact } from '../exactJson.ts';
import { rowsOfValues } from '../values.ts';

/** What differs from loan to loan of one product. */
export type OwnTerms = Pick<
  LoanTerms,
  | 'principal'
  | 'expectedDisbursementDate'
  | 'firstRepaymentDate'
  | 'interestChargedFrom'
  | 'maxOutstandingBalance'
  | 'fixedInstallmentAmount'
>;

/** With places for what a loan has for itself, so that its terms are a copy in which these are filled. */
export type SharedTerms = Omit<LoanTerms, keyof OwnTerms> & Readonly<Record<keyof OwnTerms, null>>;

export interface StoredTerms {
  /** Under which the shared ones are stored. */
  readonly id: string;
  readonly text: string;
}

function sharedTermsOf(terms: LoanTerms): Omit<LoanTerms, keyof OwnTerms> {
  const { principal, expectedDisbursementDate, firstRepaymentDate, ...others } = terms;
  const { interestChargedFrom, maxOutstandingBalance, fixedInstallmentAmount, ...shared } = others;
  return shared;
}

/** Written with every change of a loan, so without looking at all the others. */
export const ownTermsOf = (terms: LoanTerms): OwnTerms => ({
  principal: terms.principal,
  expectedDisbursementDate: terms.expectedDisbursementDate,
  firstRepaymentDate: terms.firstRepaymentDate,
  interestChargedFrom: terms.interestChargedFrom,
  maxOutstandingBalance: terms.maxOutstandingBalance,
  fixedInstallmentAmount: terms.fixedInstallmentAmount,
});

const written = new WeakMap<LoanTerms, StoredTerms>();
/** By their texts: a loan's own terms live shortly, what was written of them is the same for many. */
const rows = new Map<string, StoredTerms>();
const MOST_ROWS = 2_000;

/** The shared terms as a row. */
export function storedTermsOf(terms: LoanTerms): StoredTerms {
  const known = written.get(terms);
  if (known) return known;
  const stored = rowOf(writeExact(sharedTermsOf(terms)));
  written.set(terms, stored);
  return stored;
}

function rowOf(text: string): StoredTerms {
  const known = rows.get(text);
  if (known) return known;
  const row = { id: idOf(text), text };
  if (rows.size >= MOST_ROWS) rows.clear();
  rows.set(text, row);
  return row;
}

/** 128 bits of SHA-256, in the form of a uuid: two texts that are not the same never meet in it. */
function idOf(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20)]
    .concat(digest.slice(20, 32))
    .join('-');
}

const NEW_TERMS: Write<StoredTerms> = {
  place: 'terms',
  merged: (rows) =>
    [...new Map(rows.map((row) => [row.id, row])).values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  statements: (rows) => {
    const { places, values } = rowsOfValues(rows.map(({ id, text }) => [id, text]));
    const text = `insert into loan_terms (id, terms) values ${places} on conflict (id) do nothing`;
    return [{ text, values }];
  },
};

/** Sees to it that the shared terms are stored; in the transaction that stores the loan. */
export const keepTerms = (tx: Tx, terms: LoanTerms): Promise<void> =>
  write(tx, NEW_TERMS, [storedTermsOf(terms)]);

/** The same for many loans that are copied in; a statement takes no more than 65,535 values. */
export async function keepAllTerms(tx: Tx, all: readonly LoanTerms[]): Promise<void> {
  const rows = NEW_TERMS.merged(all.map(storedTermsOf));
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
    await write(tx, NEW_TERMS, rows.slice(start, start + ROWS_AT_ONCE));
}

const ROWS_AT_ONCE = 500;

/** Shared terms by their ids. */
const known = new Map<string, SharedTerms>();
const MOST_KNOWN = 2_000;

export type TermsById = ReadonlyMap<string, SharedTerms>;

/** The shared terms of the given ids: from memory, or in one statement. */
export async function findTerms(tx: Tx, ids: Iterable<string>): Promise<TermsById> {
  const found = new Map<string, SharedTerms>();
  const missing: string[] = [];
  for (const id of new Set(ids)) {
    const shared = known.get(id);
    if (shared) found.set(id, shared);
    else missing.push(id);
  }
  if (missing.length === 0) return found;
  const rows = await tx.query<{ id: string; terms: unknown }>(
    'select id, terms from loan_terms where id = any($1::uuid[])',
    [missing],
  );
  for (const { id, terms } of rows) {
    const shared: SharedTerms = { ...NO_OWN, ...readExact<Omit<LoanTerms, keyof OwnTerms>>(terms) };
    const [oldest] = known.keys();
    if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    known.set(id, shared);
    found.set(id, shared);
  }
  return found;
}

const NO_OWN: Readonly<Record<keyof OwnTerms, null>> = {
  principal: null,
  expectedDisbursementDate: null,
  firstRepaymentDate: null,
  interestChargedFrom: null,
  maxOutstandingBalance: null,
  fixedInstallmentAmount: null,
};

/**
 * The terms of one loan. Of one whose shared terms are gone only its own: whatever is then asked of it makes
 * no sense, which verification says, and the loans read with it are not harmed.
 */
export function joinedTerms(shared: SharedTerms | undefined, own: OwnTerms): LoanTerms {
  if (shared === undefined) return own as LoanTerms;
  return {
    ...shared,
    principal: own.principal,
    expectedDisbursementDate: own.expectedDisbursementDate,
    firstRepaymentDate: own.firstRepaymentDate,
    interestChargedFrom: own.interestChargedFrom,
    maxOutstandingBalance: own.maxOutstandingBalance,
    fixedInstallmentAmount: own.fixedInstallmentAmount,
  };
}
