/**
 * What a charge amounts to: flat, or a percentage of a base that depends on when the charge is due, kept
 * within the definition's caps. An installment fee is computed row by row.
 *
 *   percent charge = round2(base * percentage / 100);   1.5 % of 1,000.00 = 15.00
 *
 * Source: engine.md section 6.1.
 */
import { Decimal } from 'decimal.js';
import type { ChargeDefinition, LoanCharge } from '../charge.ts';
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import { type Currency, type Money, maximum, minimum, parseMoney, sum, toMajor, toMinor } from '../money.ts';

/** What percentages are taken of. */
export interface ChargeBases {
  readonly currency: Currency;
  /** Principal of the loan: what was disbursed, or what is expected to be. */
  readonly principal: Money;
  readonly approvedPrincipal: Money;
  readonly multiDisburse: boolean;
  readonly tranches: readonly { readonly date: CivilDate; readonly amount: Money }[];
  readonly installments: readonly Installment[];
}

type ChargeTerms = Pick<LoanCharge, 'definition' | 'dueDate'>;

/** The whole amount of a charge. */
export function chargeAmount(charge: ChargeTerms, bases: ChargeBases): Money {
  if (charge.definition.time === 'INSTALLMENT')
    return sum(installmentShares(charge.definition, bases.installments, bases.currency).values());
  return amountOn(baseOf(charge, bases), charge.definition, bases.currency);
}

/** Amount of an installment fee per installment number; down payments and additional rows carry none. */
export function installmentShares(
  definition: ChargeDefinition,
  rows: readonly Installment[],
  currency: Currency,
): Map<number, Money> {
  const shares = new Map<number, Money>();
  for (const row of rows)
    if (row.kind === 'normal')
      shares.set(row.number, amountOn(installmentBase(definition, row), definition, currency));
  return shares;
}

function installmentBase(definition: ChargeDefinition, row: Installment): Money {
  const principal = row.charged.principal - row.credited.principal;
  switch (definition.calculation) {
    case 'PERCENT_OF_AMOUNT_AND_INTEREST':
      return principal + row.charged.interest;
    case 'PERCENT_OF_INTEREST':
      return row.charged.interest;
    default:
      return principal;
  }
}

/** The flat amount, or the percentage of `base`; then the caps. */
export function amountOn(base: Money, definition: ChargeDefinition, currency: Currency): Money {
  const { calculation, amountOrPercentage } = definition;
  if (calculation === 'FLAT') return parseMoney(amountOrPercentage, currency);
  const share = toMinor(toMajor(base, currency).mul(new Decimal(amountOrPercentage)).div(100), currency);
  const atLeast = definition.minCap === null ? share : maximum(share, definition.minCap);
  return definition.maxCap === null ? atLeast : minimum(atLeast, definition.maxCap);
}

function baseOf({ definition, dueDate }: ChargeTerms, bases: ChargeBases): Money {
  const interest = sum(bases.installments.map((row) => row.charged.interest));
  switch (definition.calculation) {
    case 'PERCENT_OF_AMOUNT_AND_INTEREST':
      return bases.principal + interest;
    case 'PERCENT_OF_INTEREST':
      return interest;
    default:
      return principalBase(definition, dueDate, bases);
  }
}

/** On loans with several disbursements only the tranches count that a charge could know of. */
function principalBase(definition: ChargeDefinition, dueDate: CivilDate | null, bases: ChargeBases): Money {
  if (!bases.multiDisburse || bases.tranches.length === 0) return bases.principal;
  if (definition.time === 'DISBURSEMENT') return bases.approvedPrincipal;
  if (definition.time === 'TRANCHE_DISBURSEMENT') return bases.tranches.at(-1)?.amount ?? 0n;
  if (dueDate === null) return bases.principal;
  return sum(bases.tranches.filter(({ date }) => date <= dueDate).map(({ amount }) => amount));
}
