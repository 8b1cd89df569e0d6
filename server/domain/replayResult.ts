/**
 * What a replay takes and gives. A replay lays the whole history of a loan over a fresh schedule: every
 * transaction keeps its id, type, date and amount; its split (portions, overpaid, charges paid) may come out
 * differently. A transaction whose split changed is booked again: it takes a new `sequence`, its old journal
 * lines are mirrored and the new ones posted.
 *
 *   330 paid on a loan of 300: overpaid 30. A fee of 12 is added: P 300, F 12, overpaid 18; its id changed
 *
 * Pure: `charges`, `transactions` and `installments` that come in are never modified. Source: engine.md
 * sections 5.3 and 11.
 */
import type { LoanCharge } from './charge.ts';
import type { CivilDate } from './date.ts';
import type { Installment } from './installment.ts';
import type { TermVariation, Tranche } from './loan.ts';
import type { Money } from './money.ts';
import type { EngineSettings, LoanTerms } from './terms.ts';
import type { LoanTransaction } from './transaction.ts';

export interface ReplayInput {
  readonly terms: LoanTerms;
  readonly submittedOn: CivilDate;
  /** Before the first disbursement transaction the schedule is that of the expected tranches. */
  readonly tranches: readonly Tranche[];
  readonly variations: readonly TermVariation[];
  /** All charges of the loan; inactive ones are passed through untouched. */
  readonly charges: readonly LoanCharge[];
  /**
   * The non-reversed transactions in any order, new ones included, accruals too (passed through untouched).
   */
  readonly transactions: readonly LoanTransaction[];
  /** Whose charges are kept for them, where not all that come are in `transactions`; cumulative loans. */
  readonly chargePayments?: readonly LoanTransaction[];
  /** Those booked by the command at hand: they are split for the first time and keep their sequence. */
  readonly newTransactionIds?: ReadonlySet<number>;
  /** The schedule before the replay: only `accrued` is carried over, row by row; empty for a new loan. */
  readonly installments: readonly Installment[];
  readonly businessDate: CivilDate;
  readonly settings: EngineSettings;
  readonly chargedOffOn: CivilDate | null;
  readonly isNonPerforming: boolean;
  /** First free sequence number: above that of every transaction of the loan, reversed ones included. */
  readonly nextSequence: number;
}

export interface ReplayResult {
  readonly installments: readonly Installment[];
  readonly charges: readonly LoanCharge[];
  /**
   * Those of the input, same ids, in list order (date, then sequence), with the new splits; `balance` is not
   * set here.
   */
  readonly transactions: readonly LoanTransaction[];
  /**
   * Ids of the earlier transactions that took a new sequence, because their split (or their place) changed.
   */
  readonly changed: readonly number[];
  /** What the payments left over and no later transaction consumed. */
  readonly overpaid: Money;
  /** First free sequence number after the replay. */
  readonly nextSequence: number;
}

export type Replay = (input: ReplayInput) => ReplayResult;
