/** Charges that somebody wants on a loan, looked up among those that are configured. */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanCommand } from '../../domain/decide.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { DecimalText } from '../../domain/terms.ts';
import { type Charge, findCharge } from '../../store/configuration/charges.ts';
import type { Tx } from '../../store/database.ts';

export interface RequestedCharge {
  /** By number or by code. */
  readonly charge: bigint | string;
  readonly dueDate: CivilDate | undefined;
  /** In place of what the charge says. */
  readonly amount: ((charge: Charge) => DecimalText) | undefined;
}

/** An active charge in the currency of the loan. */
export async function requireUsable(tx: Tx, given: bigint | string, currency: string): Promise<Charge> {
  const charge = await findCharge(tx, given);
  const fault = (message: string) => new Refusal('invalid_argument', 'charge_unfit', message, 'chargeId');
  if (!charge) throw new Refusal('not_found', 'charge_unknown', `charge ${given} does not exist`);
  if (!charge.active) throw fault('is not active');
  if (charge.currencyCode !== currency) throw fault(`is in ${charge.currencyCode}, the loan in ${currency}`);
  return charge;
}

export type Addition = Extract<LoanCommand, { readonly kind: 'addCharge' }>;

export const additionOf = (charge: Charge, asked: RequestedCharge): Addition => ({
  kind: 'addCharge',
  definition: charge.definition,
  ...(asked.dueDate && { dueDate: asked.dueDate }),
  ...(asked.amount && { amountOrPercentage: asked.amount(charge) }),
});
