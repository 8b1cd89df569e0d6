/** What an import is made of: lines, and what becomes of each. */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanProduct } from '../../domain/product.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { AlikeLoans } from '../../store/bulk/loans.ts';
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
  /** What the payment types that it names meant. */
  readonly paymentTypes: string;
  /** A refusal is remembered as well. */
  readonly outcome: DecidedLoan | Refusal;
}

export interface DecidedLoan extends AlikeLoans {
  readonly earliestEntry: CivilDate | undefined;
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
