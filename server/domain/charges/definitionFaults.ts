/**
 * Whether the definition of a charge makes sense: when it falls due, what it is a share of and what kind of
 * income it is must fit together. Every fault is told.
 *
 *   a flat fee of 500 with minCap 100: `minCap: goes with percentages only`
 *
 * Fields are named as callers write them. Source: engine.md sections 6.1, 6.2 and 6.5.
 */
import { Decimal } from 'decimal.js';
import type { ChargeDefinition } from '../charge.ts';
import type { FieldFault } from '../refusal.ts';

const unless = (holds: boolean, field: string, error: string): FieldFault[] =>
  holds ? [] : [{ field, error }];

export function definitionFaults(definition: ChargeDefinition): FieldFault[] {
  const { time, calculation, amountOrPercentage, minCap, maxCap, penalty, feeFrequency } = definition;
  const isFlat = calculation === 'FLAT';
  const amount = new Decimal(amountOrPercentage);
  const atDisbursement = time === 'DISBURSEMENT' || time === 'TRANCHE_DISBURSEMENT';
  return [
    ...unless(amount.greaterThan(0), 'amount', 'must be greater than 0'),
    ...unless(isFlat || amount.lessThanOrEqualTo(1000), 'amount', 'must be at most 1000 percent'),
    ...unless(!isFlat || minCap === null, 'minCap', 'goes with percentages only'),
    ...unless(!isFlat || maxCap === null, 'maxCap', 'goes with percentages only'),
    ...unless(minCap === null || maxCap === null || minCap <= maxCap, 'maxCap', 'must be at least minCap'),
    ...unless(time !== 'OVERDUE' || penalty, 'penalty', 'must be true for a charge on overdue installments'),
    ...unless(!atDisbursement || !penalty, 'penalty', 'must be false for a charge at disbursement'),
    ...unless(
      calculation !== 'PERCENT_OF_DISBURSEMENT' || time === 'TRANCHE_DISBURSEMENT',
      'chargeCalculationType',
      'a share of the disbursement goes with tranche disbursements only',
    ),
    ...unless(feeFrequency === null || time === 'OVERDUE', 'feeInterval', 'goes with overdue charges only'),
  ];
}
