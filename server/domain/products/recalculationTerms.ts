/**
 * Whether interest recalculation fits the rest of a product: cumulative schedules absorb an early payment in
 * one of three ways, progressive ones in their last unpaid period; only cumulative ones compound.
 *
 *   progressive with REDUCE_EMI_AMOUNT: `interestRecalculation.rescheduleStrategy: must be ...`
 *
 * Source: engine.md sections 3.10, 4.4, 4.5 and 10 (create).
 */
import type { ProductTerms } from '../product.ts';
import type { FieldFault } from '../refusal.ts';
import { unless } from './faults.ts';

export function recalculationFaults(terms: ProductTerms): FieldFault[] {
  const { interestRecalculation: recalculation, scheduleType, interestType } = terms;
  if (recalculation === null) return [];
  const { rescheduleStrategy, compounding, compoundingDay } = recalculation;
  const adjustsLast = rescheduleStrategy === 'ADJUST_LAST_UNPAID_PERIOD';
  const isProgressive = scheduleType === 'PROGRESSIVE';
  const field = 'interestRecalculation';
  return [
    ...unless(interestType === 'DECLINING_BALANCE', field, 'needs interest on a declining balance'),
    ...unless(
      adjustsLast === isProgressive,
      `${field}.rescheduleStrategy`,
      isProgressive
        ? 'must be Adjust last unpaid period with a progressive schedule'
        : 'Adjust last unpaid period needs a progressive schedule',
    ),
    ...unless(
      compounding === 'NONE' || !isProgressive,
      `${field}.compounding`,
      'must be None with a progressive schedule',
    ),
    ...unless(
      compounding === 'NONE' || compoundingDay !== null,
      `${field}.compoundingDay`,
      'is required with compounding',
    ),
    ...unless(
      compounding !== 'NONE' || compoundingDay === null,
      `${field}.compoundingDay`,
      'goes with compounding only',
    ),
    ...unless(
      compoundingDay === null || (compoundingDay >= 1 && compoundingDay <= 31),
      `${field}.compoundingDay`,
      'must be a day of the month, 1 to 31',
    ),
  ];
}
