/**
 * The payment of one charge. It pays that charge in the installment where it lies; of an installment fee the
 * installment that was named. On a cumulative loan the charge is kept for it (a *claim*) until its turn
 * comes: no other payment can take it, whatever its date. What the charge no longer asks is left in the
 * payment.
 *
 *   fee 10 due 10 Feb, paid by itself on 20 Feb; 110 dated 15 Feb comes in later -> P 110, not P 100 F 10
 *
 * Source: engine.md sections 5.5 and 5.6; decision 26.
 */
import { noteWhetherMet, type PaymentInHand, payComponent } from '../allocation/settle.ts';
import { chargeOutstanding, type LoanCharge } from '../charge.ts';
import { byDateThenSequence } from '../history/history.ts';
import { type Installment, outstandingOf, totalOutstanding } from '../installment.ts';
import { type Money, minimum } from '../money.ts';
import type { ChargePayment, LoanTransaction } from '../transaction.ts';
import { feePieces } from './installmentFee.ts';
import { componentOf, installmentOfCharge, isInSchedule } from './landing.ts';
import type { ChargeBook } from './settleCharges.ts';

export interface Claim {
  readonly payment: LoanTransaction;
  readonly component: 'fees' | 'penalties';
  readonly amount: Money;
}

/**
 * What charge payments will pay, by their ids; until then it is let off in the rows and charges of the run.
 */
export type Claims = Map<number, Claim>;

/** Lets off what each charge payment will pay. Changes the charges, which nobody has paid yet. */
export function claim(book: ChargeBook, payments: readonly LoanTransaction[]): Claims {
  const claims: Claims = new Map();
  for (const payment of [...payments].sort(byDateThenSequence)) {
    const charge = paidCharge(book, payment);
    const amount = charge ? minimum(payment.amount, openFor(book, charge, payment)) : 0n;
    if (!charge || amount <= 0n) continue;
    claims.set(payment.id, { payment, component: componentOf(charge), amount });
    charge.waived += amount;
    if (payment.place !== undefined)
      charge.waivedInstallments = [
        ...(charge.waivedInstallments ?? []),
        { transactionId: payment.id, place: payment.place, amount },
      ];
  }
  return claims;
}

/** The charge asks for the claim again: its payment has its turn now, or none in this run. */
export function giveUpClaim(book: ChargeBook, claims: Claims, payment: LoanTransaction): void {
  const kept = claims.get(payment.id);
  const charge = paidCharge(book, payment);
  if (!kept || !charge) return;
  const { amount, component } = kept;
  claims.delete(payment.id);
  const row = rowFor(book, charge, payment);
  charge.waived -= amount;
  if (charge.waivedInstallments) {
    const left = charge.waivedInstallments.filter(({ transactionId }) => transactionId !== payment.id);
    if (left.length > 0) charge.waivedInstallments = left;
    else delete charge.waivedInstallments;
  }
  if (!row) return;
  row.waived[component] -= amount;
  if (totalOutstanding(row) > 0n) row.metOn = null;
}

/** Pays the charge that the transaction is for, as far as it is open; answers what went to it. */
export function payClaimed(book: ChargeBook, hand: PaymentInHand, payment: LoanTransaction): ChargePayment[] {
  const charge = paidCharge(book, payment);
  const row = charge && rowFor(book, charge, payment);
  if (!charge || !row) return [];
  const amount = payComponent(
    hand,
    { row, component: componentOf(charge) },
    minimum(hand.left, openFor(book, charge, payment)),
  );
  if (amount === 0n) return [];
  charge.paid += amount;
  const { id: transactionId, place } = payment;
  if (place !== undefined)
    charge.paidInstallments = [...(charge.paidInstallments ?? []), { transactionId, place, amount }];
  noteWhetherMet(row, payment.date);
  return [{ chargeId: charge.id, amount }];
}

const paidCharge = ({ charges }: ChargeBook, { relatedChargeId }: LoanTransaction): LoanCharge | undefined =>
  charges.find((each) => each.id === relatedChargeId && isInSchedule(each));

function openFor({ rows, currency }: ChargeBook, charge: LoanCharge, { place }: LoanTransaction): Money {
  if (charge.definition.time !== 'INSTALLMENT') return chargeOutstanding(charge);
  return feePieces(charge, rows, currency).find((each) => each.place === place)?.open ?? 0n;
}

function rowFor(
  { rows, currency }: ChargeBook,
  charge: LoanCharge,
  { place }: LoanTransaction,
): Installment | undefined {
  if (charge.definition.time === 'INSTALLMENT')
    return feePieces(charge, rows, currency).find((each) => each.place === place)?.row;
  const { dueDate } = charge;
  if (dueDate === null) return undefined;
  // Re-aged rows may lie inside the additional one that carries the charge.
  const carrying = rows.find(
    (row) =>
      row.kind !== 'downPayment' &&
      row.from < dueDate &&
      dueDate <= row.due &&
      outstandingOf(row, componentOf(charge)) > 0n,
  );
  return carrying ?? installmentOfCharge(rows, dueDate);
}
