/**
 * Faults of a product: which field is at fault and why, in the words of the callers' fields.
 *
 *   unless(grace < 12, 'graceOnPrincipalPayment', 'must be less than 12') = []   with grace 3
 */
import type { FieldFault } from '../refusal.ts';

/** A fault unless the rule holds. */
export const unless = (holds: boolean, field: string, error: string): FieldFault[] =>
  holds ? [] : [{ field, error }];
