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
import type { InterestRecalculation } from '../terms.ts';
import { unless } from './faults.ts';

export function recalculationFaults(terms: ProductTerms): FieldFault[] {
  const { interestRecalculation: recalculation, scheduleType, interestType } = terms;
  if (recalculation === null) return [];
  const { rescheduleStrategy, compounding } = recalculation;
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
    ...compoundingFaults(recalculation),
  ];
}

/** The frequency, and which day it asks for. */
function compoundingFaults(recalculation: InterestRecalculation): FieldFault[] {
  const { compounding, compoundingDay: day, compoundingInterval: every } = recalculation;
  const isWeekly = recalculation.compoundingFrequency === 'WEEKLY';
  const takesDay = isWeekly || (recalculation.compoundingFrequency ?? 'MONTHLY') === 'MONTHLY';
  const field = 'interestRecalculation.compoundingDay';
  if (compounding === 'NONE')
    return [
      ...unless(day === null, field, 'goes with compounding only'),
      ...unless(
        recalculation.compoundingFrequency === undefined && every === undefined,
        'interestRecalculation.compoundingFrequency',
        'goes with compounding only',
      ),
    ];
  const most = isWeekly ? 7 : 31;
  return [
    ...unless(day !== null || !takesDay, field, 'is required with compounding'),
    ...unless(day === null || takesDay, field, 'goes with monthly and weekly compounding only'),
    ...unless(
      day === null || (day >= 1 && day <= most),
      field,
      isWeekly ? 'must be a day of the week, 1 (Monday) to 7' : 'must be a day of the month, 1 to 31',
    ),
    ...unless(
      every === undefined || every >= 1,
      'interestRecalculation.compoundingInterval',
      'must be at least 1',
    ),
  ];
}
