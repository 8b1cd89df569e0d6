/** Charges that somebody wants on a loan, as they come in. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { LoanCharge } from '../../domain/charge.ts';
import type { Currency } from '../../domain/money.ts';
import { currencyNamed } from '../../operations/currency.ts';
import type { RequestedCharge } from '../../operations/loans/requestedCharges.ts';
import type { Charge } from '../../store/configuration/charges.ts';
import { codeOrLabel, DateIn, IdIn, readDate, readMoney } from '../values.ts';
import { decimalOf } from './terms.ts';

export const ChargeAmount = Type.Optional(
  Type.Number({ exclusiveMinimum: 0, description: 'In place of what the charge says', examples: [2_500] }),
);

export const requestedChargeFields = {
  chargeId: Type.Unsafe<string | number>({
    ...IdIn,
    description: 'Id of the charge, or its code',
    examples: ['3'],
  }),
  dueDate: Type.Optional(DateIn),
  amount: ChargeAmount,
};
const RequestedChargeIn = Type.Object(requestedChargeFields);

export const RequestedCharges = Type.Optional(
  Type.Array(RequestedChargeIn, {
    maxItems: 50,
    description:
      'Besides those that every loan of the product has; those of the product that fall due on a specified date ' +
      'are named here with it',
    examples: [[{ chargeId: 'VISIT', dueDate: '2025-02-10' }]],
  }),
);

export function readRequestedCharge(given: Static<typeof RequestedChargeIn>): RequestedCharge {
  const { chargeId, dueDate, amount } = given;
  return {
    charge: codeOrLabel(chargeId, 'chargeId'),
    dueDate: dueDate === undefined ? undefined : readDate(dueDate, 'dueDate'),
    amount: readChargeAmount(amount, undefined),
  };
}

/** An amount as its charge understands it: money of the currency when flat, else percent. */
export function readChargeAmount(amount: number | undefined, currency: Currency | undefined) {
  if (amount === undefined) return undefined;
  return ({ definition, ...charge }: Charge | LoanCharge): string => {
    const ofCharge = 'currencyCode' in charge ? currencyNamed(charge.currencyCode) : currency;
    if (definition.calculation === 'FLAT' && ofCharge) readMoney(amount, ofCharge, 'amount');
    return decimalOf(amount, 'amount');
  };
}
