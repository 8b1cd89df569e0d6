/**
 * A chain of audit rows: each holds a digest over its content and the digest of the row before, so nothing in
 * it can be changed, taken out or put in between without a trace.
 */
import { hash } from 'node:crypto';
import type { AuditEntry } from '../../store/audit.ts';

/** What the digest is over, its own place in the chain included; the instant apart. */
export type Hashed = Omit<AuditEntry, 'hash' | 'recordedAt'>;

/** In front of the first row. */
export const NO_HASH = '';

/** `micros` is the instant of the row, in microseconds since 1970. */
export function hashOf(entry: Hashed, micros: bigint, previous: string): string {
  const { place, chain, seq, accountId, operation, address, requestId } = entry;
  const { subjectKind, subjectId, version, facts } = entry;
  const content = [
    previous,
    String(place),
    chain,
    String(seq),
    String(micros),
    accountId,
    operation,
    address,
    requestId,
    subjectKind,
    subjectId,
    version,
    facts,
  ];
  return hash('sha256', JSON.stringify(content), 'base64url');
}
