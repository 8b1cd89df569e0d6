/**
 * Calls that nobody decided for too long expire; what carried-out calls answered is forgotten after as long.
 * What stays of every call: which it was, its digest, who asked, who decided, and its status.
 */
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { expireApprovals, forgetApprovalAnswers } from '../../store/approvals/approvals.ts';
import type { Database } from '../../store/database.ts';
import { bySystem, noteChange } from '../audit/trail.ts';
import { change } from '../change.ts';
import { oldestWaiting, subjectOf } from './approvals.ts';

export interface ForgettingApprovals {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'approvalDays'>;
  /** Asked before each step. */
  readonly mayGoOn: () => Promise<boolean>;
}

const MOST_AT_ONCE = 500;
/** Whoever approved one in the last moment has it carried out. */
const GRACE_MILLISECONDS = 60 * 60 * 1000;

/** Answers how many calls expired. */
export async function forgetApprovals(forgetting: ForgettingApprovals): Promise<number> {
  const { db, mayGoOn } = forgetting;
  const before = new Date(oldestWaiting(forgetting).getTime() - GRACE_MILLISECONDS);
  let expired = 0;
  for (let step = MOST_AT_ONCE; step === MOST_AT_ONCE && (await mayGoOn()); expired += step)
    step = await expireSome(forgetting, before);
  const forget = () => forgetApprovalAnswers(db.read, { before, most: MOST_AT_ONCE });
  while ((await mayGoOn()) && (await forget()) === MOST_AT_ONCE);
  return expired;
}

function expireSome({ db, clock }: ForgettingApprovals, before: Date): Promise<number> {
  return change({ db, clock }, bySystem('expireApprovals'), async (tx) => {
    const expired = await expireApprovals(tx, { before, most: MOST_AT_ONCE, now: clock.now() });
    for (const { id, status } of expired)
      noteChange(tx, { ...subjectOf(id), before: { status }, after: { status: 'expired' } });
    return expired.length;
  });
}
