/**
 * How the contract's tables are written down: one row is one call, the state it meets, and what comes of it.
 * Where nothing else is said, a refusal changes nothing at all, a call on a loan answers the loan as it can
 * be read afterwards, and a POST that is sent again with its key is answered again and has no second effect.
 */
import type { Who } from '../beginning.ts';
import type { State } from './states.ts';

export interface Row {
  /** `{loan}` and `{customer}` stand for both addressings; `{repayment}` for the one that the state has. */
  readonly call: string;
  /** What is there before; nothing in particular when it is not said. */
  readonly given?: State;
  /** `partner` when it is not said, who has both roles. */
  readonly as?: Who;
  /** A text is sent as it is. `$loan`, `$customer` stand for ids, `#customer` for one as a number. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: 200 | 204 | Refused;
  /** The message, word by word. */
  readonly says?: string;
  /** For `invalid_argument`: every field at fault, with its text. */
  readonly faults?: Readonly<Record<string, string>>;
  /** What the answer holds, among other things. */
  readonly shows?: object;
  /** Fields that have no value and are left out. */
  readonly lacks?: readonly string[];
  /** What the loan or the customer holds afterwards, among other things. */
  readonly leaves?: object;
  /** The loan or the customer can not be found afterwards. */
  readonly removes?: true;
  /** The refusal is not kept for the key: settings gave it, which may be changed, or a key itself did. */
  readonly isMendable?: true;
  /** A successful POST that only computes. */
  readonly changes?: 'nothing';
}

export type Refused =
  | '400 invalid_argument'
  | '400 failed_precondition'
  | '401 unauthenticated'
  | '403 permission_denied'
  | '404 not_found'
  | '409 aborted'
  | '413 invalid_argument'
  | '415 invalid_argument';

/** Rows of one call: what differs from row to row is all that is written. */
export const rowsOf = (call: string, ...rows: readonly Omit<Row, 'call'>[]): readonly Row[] =>
  rows.map((row) => ({ call, ...row }));

export const REQUIRED = 'is required';
export const UNKNOWN = 'unknown field';
export const NOT_AN_ID = 'must be a numeric id';
export const NOT_A_DATE = 'must be a date of the form YYYY-MM-DD';
