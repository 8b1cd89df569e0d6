/**
 * Schedules whose interest follows the payments. A run builds row after row, lays the payments on them as it goes, and lets
 * early money lower and overdue principal raise the balance that bears interest.
 *
 * Source: engine.md section 3.10.
 */
import type { CivilDate } from '../date.ts';
import type { Installment } from '../installment.ts';
import type { RecalculationInput } from './recalculation.ts';

/** The installments of a loan that recalculates interest, as of the business date. */
export type GenerateRecalculatedSchedule = (input: RecalculationInput) => Installment[];

/**
 * The schedule cut at a pay-off on `on` (or its rest date): the last row ends there and takes all remaining principal. The
 * quote is what is outstanding after charges are laid in and all transactions are replayed over it.
 */
export type GeneratePayoffSchedule = (input: RecalculationInput, on: CivilDate) => Installment[];
