/** What an import is made of: lines, and what becomes of each. */
import type { CivilDate } from '../../domain/date.ts';
import type { JournalEntry } from '../../domain/ledger.ts';
import type { Loan } from '../../domain/loan.ts';
import type { LoanProduct } from '../../domain/product.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { TransactionRemarks } from '../../store/loans/transactions.ts';
import type { FlowDeltas } from '../../store/rollups/flows.ts';
import type { LoanRequest } from '../loans/originate.ts';
import type { Payment } from '../loans/recordPayment.ts';

/** A loan as its line asks for it, names apart; lines that ask for the same may share one object. */
export interface AskedLoan {
  readonly request: LoanRequest;
  /** In the order in which they are booked. */
  readonly payments: readonly Payment[];
  /**
   * What became of it last; null: not decided yet. Kept here and not in a table beside, so that it goes when
   * the lines do: what a long-lived `WeakMap` holds stays until all of the memory is looked through.
   */
  decided: RememberedDecision | null;
}

/** A decision and what it depends on besides the request. */
export interface RememberedDecision {
  readonly product: LoanProduct;
  readonly businessDate: CivilDate;
  /** A refusal is remembered as well. */
  readonly outcome: DecidedLoan | Refusal;
}

export interface DecidedLoan {
  readonly state: Loan;
  /** The columns that follow from the state. */
  readonly values: readonly unknown[];
  /** As after the same calls over HTTP. */
  readonly version: number;
  /** What it adds to the sums by day. */
  readonly flows: FlowDeltas;
  readonly entries: readonly JournalEntry[];
  readonly earliestEntry: CivilDate | undefined;
  /** What callers said, by the transaction's number within the loan. */
  readonly remarks: ReadonlyMap<number, TransactionRemarks>;
}

export interface LoanLine {
  /** Number within the call, from 1. */
  readonly line: number;
  readonly externalId: string;
  /** A customer of the book by number, or any by the caller's name for it. */
  readonly customer: { readonly id: bigint } | { readonly externalId: string };
  readonly asked: AskedLoan;
}

/** Why a line is not in the book. */
export interface RefusedLine {
  readonly line: number;
  readonly externalId?: string | undefined;
  readonly refusal: Refusal;
}

/** `importable`: as if every line stood alone; `whole`: all lines, or nothing is stored. */
export type ImportMode = 'importable' | 'whole' | 'tried';

export interface Imported {
  readonly imported: number;
  /** Lines that are in the book already, from an earlier import. */
  readonly skipped: number;
  readonly customersMade: number;
  readonly refused: readonly RefusedLine[];
}
