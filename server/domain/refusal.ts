/**
 * Refusals: a business rule says no, and nothing changes. The code names the rule, the message tells the
 * caller what to do next. One total table (http/errors) maps every code to an HTTP status. Source: engine.md
 * section 10, contract "Errors".
 */

/**
 * What the rule that refused was about; the table in http/errors gives each its HTTP status and contract
 * code.
 */
export type RefusalKind =
  | 'invalid_argument' // a value breaks a limit of the product or of the call
  | 'failed_precondition' // a repayment on a loan that is not active
  | 'permission_denied' // a date rule, or an act that the loan's state forbids for good
  | 'not_found'
  | 'aborted'; // the loan is in another state, or the key is taken

/** One of several inputs at fault. */
export interface FieldFault {
  readonly field: string;
  readonly error: string;
}

/**
 * A rule's "no": `code` names the rule (`loan_must_be_active`), `field` the input at fault where there is
 * one, `faults` all of them where several were looked for.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly kind: RefusalKind,
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly faults: readonly FieldFault[] = [],
  ) {
    super(message);
  }
}

/** Refuses with every fault that was found; does nothing when there is none. */
export function requireNoFaults(faults: readonly FieldFault[], code: string): void {
  const [first] = faults;
  if (first) throw new Refusal('invalid_argument', code, first.error, first.field, faults);
}

/** Throws `Refusal` unless the rule holds. */
export function requireRule(
  holds: boolean,
  refusal: { kind: RefusalKind; code: string; message: string; field?: string },
): asserts holds {
  if (!holds) throw new Refusal(refusal.kind, refusal.code, refusal.message, refusal.field);
}
