/**
 * The loan as a JSON document, for storage. Amounts become decimal strings of minor units and come back as
 * `bigint`; every other value is JSON already. Transactions are kept apart, as rows, and are handed in again
 * when the document is read.
 *
 *   { overpaid: 250n, status: 'overpaid', ... }  <->  { "overpaid": "250n", "status": "overpaid", ... }
 *
 * Source: engine.md section 0.
 */
import type { Loan } from '../loan.ts';
import type { LoanTransaction } from '../transaction.ts';

export type LoanDocument = { readonly [field: string]: unknown };

/** An amount in a document: an integer of minor units, marked so that no text is ever taken for one. */
const AMOUNT = /^-?\d+n$/;

/** Everything of the loan but its transactions, free of `bigint`. */
export function toDocument(loan: Loan): LoanDocument {
  const { transactions: _apart, ...rest } = loan;
  return withoutBigints(rest) as LoanDocument;
}

/** The loan of a document and its transactions, which may come in any order. */
export function fromDocument(document: LoanDocument, transactions: readonly LoanTransaction[]): Loan {
  const inOrder = [...transactions].sort((a, b) => a.id - b.id);
  return { ...(withBigints(document) as Omit<Loan, 'transactions'>), transactions: inOrder };
}

/** The same for one transaction, where it is stored as a document. */
export const transactionToDocument = (transaction: LoanTransaction): LoanDocument =>
  withoutBigints(transaction) as LoanDocument;
export const transactionFromDocument = (document: LoanDocument): LoanTransaction =>
  withBigints(document) as unknown as LoanTransaction;

function withoutBigints(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return mapped(value, withoutBigints);
}

function withBigints(value: unknown): unknown {
  if (typeof value === 'string' && AMOUNT.test(value)) return BigInt(value.slice(0, -1));
  return mapped(value, withBigints);
}

function mapped(value: unknown, one: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(one);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, one(part)]));
}
