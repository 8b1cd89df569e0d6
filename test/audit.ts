/** A whole book proved after a test has done with it, by the verification that operators run. */
import { loadConfig } from '../server/config.ts';
import { verifyBook } from '../server/operations/verification/verifyBook.ts';
import type { Database } from '../server/store/database.ts';
import { manualClock } from './manualClock.ts';

export interface Audit {
  readonly loans: number;
  readonly transactions: number;
  /** Empty, or the books are wrong. */
  readonly faults: readonly string[];
}

export async function auditBook(db: Database, businessDate: string): Promise<Audit> {
  const wiring = { db, config: loadConfig({}), clock: manualClock(businessDate) };
  const { checked, findings } = await verifyBook(wiring);
  const faults = findings.map(({ where, rule, message }) => `${where}: ${rule}: ${message}`);
  return { loans: checked.loans, transactions: checked.transactions, faults };
}
