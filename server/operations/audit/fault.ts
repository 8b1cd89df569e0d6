/** Something that the audit trail does not bear out. */
export interface AuditFault {
  readonly kind: 'changed' | 'removed' | 'inserted';
  /** Where: a row of a chain, or a loan or customer. */
  readonly place: string;
  readonly message: string;
}
