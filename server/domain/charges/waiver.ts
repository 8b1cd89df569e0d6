/**
 * A charge waiver put on a charge and taken off again. Taking it back leaves the charge open and its row
 * owing the amount; nothing else moves until the next replay: payments and a charge-off made meanwhile stay
 * as they are.
 *
 *   fee 10 waived, 100 paid, the waiver taken back: the fee is open, the payment still P 100
 *
 * Source: engine.md section 6.4.
 */
import { present } from '../assert.ts';
import type { LoanCharge } from '../charge.ts';
import { copyInstallment, type Installment, totalOutstanding } from '../installment.ts';
import type { Loan } from '../loan.ts';
import type { LoanTransaction } from '../transaction.ts';
import { feePieces } from './installmentFee.ts';
import { componentOf, installmentOfCharge } from './landing.ts';

type Waiver = Pick<LoanTransaction, 'id' | 'amount' | 'relatedChargeId' | 'lifted'>;

/** The installment of an installment fee that the waiver forgave; undefined for charges on a date. */
export const waivedPlace = (charge: LoanCharge, waiver: Waiver): number | undefined =>
  charge.waivedInstallments?.find(({ transactionId }) => transactionId === waiver.id)?.place;

/** The loan after the waiver was taken back, its payments left alone. */
export function withoutWaiver(loan: Loan, waiver: Waiver): Loan {
  const charge = waivedCharge(loan, waiver);
  const row = rowOf(loan, charge, waiver);
  return {
    ...loan,
    charges: loan.charges.map((each) => (each === charge ? openAgain(charge, waiver) : each)),
    installments: loan.installments.map((each) => (each === row ? owing(each, charge, waiver) : each)),
  };
}

/** The charge as it stood before the waiver was taken back. */
export function withWaiver(loan: Loan, waiver: Waiver): Loan {
  const charge = waivedCharge(loan, waiver);
  const { waivedInstallments = [] } = charge;
  const place = waiver.lifted?.place;
  const waived = charge.waived + waiver.amount;
  const again: LoanCharge = {
    ...charge,
    waived,
    isWaived: waived + charge.paid >= charge.amount,
    ...(place === undefined
      ? {}
      : {
          waivedInstallments: [
            ...waivedInstallments,
            { transactionId: waiver.id, place, amount: waiver.amount },
          ],
        }),
  };
  return { ...loan, charges: loan.charges.map((each) => (each === charge ? again : each)) };
}

const waivedCharge = (loan: Loan, { relatedChargeId }: Waiver): LoanCharge =>
  present(
    loan.charges.find(({ id }) => id === relatedChargeId),
    `charge ${relatedChargeId}`,
  );

function openAgain(charge: LoanCharge, { id, amount }: Waiver): LoanCharge {
  const left = (charge.waivedInstallments ?? []).filter(({ transactionId }) => transactionId !== id);
  return {
    ...charge,
    waived: charge.waived - amount,
    isWaived: false,
    ...(charge.waivedInstallments === undefined ? {} : { waivedInstallments: left }),
  };
}

/** Undefined where the installment of a waived fee is gone: the loan was paid off, or needs fewer rows. */
function rowOf(loan: Loan, charge: LoanCharge, waiver: Waiver): Installment | undefined {
  const place = waivedPlace(charge, waiver);
  if (place !== undefined)
    return feePieces(charge, loan.installments, loan.terms.currency).find((piece) => piece.place === place)
      ?.row;
  const row = charge.dueDate && installmentOfCharge(loan.installments, charge.dueDate);
  return present(row || null, `installment of charge ${charge.id}`);
}

function owing(row: Installment, charge: LoanCharge, { amount }: Waiver): Installment {
  const open = copyInstallment(row);
  open.waived[componentOf(charge)] -= amount;
  if (totalOutstanding(open) > 0n) open.metOn = null;
  return open;
}
