/**
 * Charges: fees and penalties of a loan. A charge has an amount by its calculation, falls due once or with
 * every installment, and is paid, waived or written off. Source: engine.md section 6.
 */
import type { CivilDate } from './date.ts';
import type { DecimalText, Money } from './money.ts';

export type ChargeTime =
  | 'DISBURSEMENT'
  | 'TRANCHE_DISBURSEMENT'
  | 'SPECIFIED_DUE_DATE'
  | 'INSTALLMENT'
  | 'OVERDUE';
export type ChargeCalculation =
  | 'FLAT'
  | 'PERCENT_OF_AMOUNT'
  | 'PERCENT_OF_AMOUNT_AND_INTEREST'
  | 'PERCENT_OF_INTEREST'
  | 'PERCENT_OF_DISBURSEMENT';

/** What a lender configures once and adds to many loans. */
export interface ChargeDefinition {
  readonly code: string;
  readonly name: string;
  readonly time: ChargeTime;
  readonly calculation: ChargeCalculation;
  /** Amount in minor units (flat) as decimal text of major units, or the percentage. */
  readonly amountOrPercentage: DecimalText;
  readonly minCap: Money | null;
  readonly maxCap: Money | null;
  readonly penalty: boolean;
  readonly feeFrequency: {
    readonly every: number;
    readonly unit: 'DAYS' | 'WEEKS' | 'MONTHS' | 'YEARS';
  } | null;
}

/** A charge on one loan. */
export interface LoanCharge {
  /** Number within the loan, 1, 2, 3 ... */
  id: number;
  definition: ChargeDefinition;
  /** Null for installment charges and charges at disbursement. */
  dueDate: CivilDate | null;
  submittedOn: CivilDate;
  /**
   * Taken from the loan's transaction sequence when it was added: its place among transactions booked the
   * same day.
   */
  sequence: number;
  amount: Money;
  paid: Money;
  waived: Money;
  writtenOff: Money;
  /** The overdue installment that an overdue penalty was raised for. */
  overdueInstallment: number | null;
  active: boolean;
  isWaived: boolean;
  /** Installment fees: which installments were let off; absent = none. */
  waivedInstallments?: readonly SettledInstallment[];
  /** Installment fees: what charge payments paid in which installment; absent = none. */
  paidInstallments?: readonly SettledInstallment[];
}

/** What a waiver forgave, or a charge payment paid, of an installment fee in one installment. */
export interface SettledInstallment {
  readonly transactionId: number;
  /** 1 for the first normal installment. */
  readonly place: number;
  readonly amount: Money;
}

export const chargeOutstanding = (charge: LoanCharge): Money =>
  charge.amount - charge.paid - charge.waived - charge.writtenOff;
