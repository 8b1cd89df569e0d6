/** Charges of one loan: added, paid, waived, adjusted; of an application also changed and taken off. */
import type { LoanCharge } from '../../domain/charge.ts';
import type { CivilDate } from '../../domain/date.ts';
import type { LoanCommand } from '../../domain/decide.ts';
import { parseMoney } from '../../domain/money.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { DecimalText } from '../../domain/terms.ts';
import { isActive } from '../../domain/transaction.ts';
import type { Tx } from '../../store/database.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import type { BookedTransaction, TransactionRemarks } from '../../store/loans/transactions.ts';
import type { Book } from '../book.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { changeLoan, requireLoan } from './changeLoan.ts';
import { type Occasion, remarksOf } from './lifecycle.ts';
import { requirePaymentType } from './recordPayment.ts';
import { additionOf, type RequestedCharge, requireUsable } from './requestedCharges.ts';

/** A charge after something was done to it, and what was booked for it. */
export interface ChargedLoan {
  readonly loan: BookedLoan;
  readonly charge: LoanCharge;
  readonly transaction?: BookedTransaction | undefined;
}

export type ChargeAddition = Occasion & RequestedCharge;

export async function addLoanCharge(tx: Tx, book: Book, asked: ChargeAddition): Promise<ChargedLoan> {
  const loan = await requireLoan(tx, asked.loanId);
  const charge = await requireUsable(tx, asked.charge, loan.state.terms.currency.code);
  const commands = [additionOf(charge, asked)];
  const after = await changeLoan(tx, book, { loan, commands, remarks: remarksOf(asked) });
  const added = after.state.charges.at(-1);
  if (!added) throw new Error(`loan ${loan.id} did not take the charge`);
  return { loan: after, charge: added, transaction: newOf(loan, after, added.id) };
}

export interface ChargeOccasion extends Occasion {
  readonly chargeId: number;
}

export const waiveLoanCharge = (tx: Tx, book: Book, asked: ChargeOccasion): Promise<ChargedLoan> =>
  act(tx, book, { ...asked, commandOf: () => ({ kind: 'waiveCharge', chargeId: asked.chargeId }) });

/** Takes the latest waiver of the charge back. */
export const undoChargeWaiver = (tx: Tx, book: Book, asked: ChargeOccasion): Promise<ChargedLoan> =>
  act(tx, book, {
    ...asked,
    commandOf: ({ state }) => {
      const waiver = state.transactions.findLast(
        (each) => each.type === 'waiveCharges' && each.relatedChargeId === asked.chargeId && isActive(each),
      );
      if (waiver) return { kind: 'undoWaiveCharge', transactionId: waiver.id };
      throw new Refusal('aborted', 'charge_not_waived', 'The charge has no waiver in force');
    },
  });

export interface ChargeAdjustment extends ChargeOccasion {
  readonly on: CivilDate | undefined;
  readonly amount: number;
}

export async function adjustLoanCharge(tx: Tx, book: Book, asked: ChargeAdjustment): Promise<ChargedLoan> {
  const on = asked.on ?? (await readBusinessDate(tx, book));
  return act(tx, book, {
    ...asked,
    commandOf: ({ state }) => ({
      kind: 'adjustCharge',
      chargeId: asked.chargeId,
      on,
      amount: parseMoney(asked.amount, state.terms.currency, 'transactionAmount'),
    }),
  });
}

export interface ChargeToPay extends ChargeOccasion {
  readonly on: CivilDate | undefined;
  /** Absent: all that is open. */
  readonly amount: number | undefined;
  /** Of an installment fee; absent: the first open one. */
  readonly installment: number | undefined;
  readonly paymentType: bigint | string | undefined;
  readonly receiptNumber: string | undefined;
}

/** Money for this charge and no other. */
export async function payLoanCharge(tx: Tx, book: Book, asked: ChargeToPay): Promise<ChargedLoan> {
  const on = asked.on ?? (await readBusinessDate(tx, book));
  const paymentType = await requirePaymentType(tx, asked.paymentType);
  const { chargeId, amount, installment, receiptNumber = null } = asked;
  return act(tx, book, {
    ...asked,
    remarks: { ...remarksOf(asked), receiptNumber, paymentTypeId: paymentType?.id ?? null },
    commandOf: ({ state }) => ({
      kind: 'payCharge',
      chargeId,
      on,
      ...(amount !== undefined && { amount: parseMoney(amount, state.terms.currency, 'transactionAmount') }),
      ...(installment !== undefined && { installment }),
      ...(paymentType && { paymentType: paymentType.shortName }),
    }),
  });
}

export interface ChargeRefund extends ChargeOccasion {
  readonly on: CivilDate | undefined;
  /** Absent: all that was paid on it and not given back yet. */
  readonly amount: number | undefined;
}

/** What was paid on the charge comes off the loan, and its income is taken back. */
export async function refundLoanCharge(tx: Tx, book: Book, asked: ChargeRefund): Promise<ChargedLoan> {
  const on = asked.on ?? (await readBusinessDate(tx, book));
  const { chargeId, amount } = asked;
  return act(tx, book, {
    ...asked,
    commandOf: ({ state }) => ({
      kind: 'refundCharge',
      chargeId,
      on,
      ...(amount !== undefined && { amount: parseMoney(amount, state.terms.currency, 'transactionAmount') }),
    }),
  });
}

export interface ChargeModification extends ChargeOccasion {
  readonly dueDate: CivilDate | undefined;
  readonly amount: ((charge: LoanCharge) => DecimalText) | undefined;
}

export const changeLoanCharge = (tx: Tx, book: Book, asked: ChargeModification): Promise<ChargedLoan> =>
  act(tx, book, {
    ...asked,
    commandOf: (loan) => ({
      kind: 'changeCharge',
      chargeId: asked.chargeId,
      ...(asked.dueDate && { dueDate: asked.dueDate }),
      ...(asked.amount && { amountOrPercentage: asked.amount(requireLoanCharge(loan, asked.chargeId)) }),
    }),
  });

export const removeLoanCharge = (tx: Tx, book: Book, asked: ChargeOccasion): Promise<ChargedLoan> =>
  act(tx, book, { ...asked, commandOf: () => ({ kind: 'removeCharge', chargeId: asked.chargeId }) });

async function act(
  tx: Tx,
  book: Book,
  asked: ChargeOccasion & {
    readonly commandOf: (loan: BookedLoan) => LoanCommand;
    readonly remarks?: TransactionRemarks;
  },
): Promise<ChargedLoan> {
  const loan = await requireLoan(tx, asked.loanId);
  requireLoanCharge(loan, asked.chargeId);
  const commands = [asked.commandOf(loan)];
  const { remarks = remarksOf(asked) } = asked;
  const after = await changeLoan(tx, book, { loan, commands, remarks });
  const charge = after.state.charges.find(({ id }) => id === asked.chargeId);
  if (!charge) throw new Error(`loan ${loan.id} lost charge ${asked.chargeId}`);
  return { loan: after, charge, transaction: newOf(loan, after, charge.id) };
}

export function requireLoanCharge({ state }: BookedLoan, id: number): LoanCharge {
  const charge = state.charges.find((each) => each.id === id && each.active);
  if (charge) return charge;
  throw new Refusal('not_found', 'charge_not_found', `Charge ${id} does not exist on this loan`);
}

/** What the act booked about the charge itself. */
function newOf(before: BookedLoan, after: BookedLoan, chargeId: number): BookedTransaction | undefined {
  const known = new Set(before.transactions.map(({ id }) => id));
  return after.transactions.find(
    ({ id, transaction }) => !known.has(id) && transaction.relatedChargeId === chargeId,
  );
}
