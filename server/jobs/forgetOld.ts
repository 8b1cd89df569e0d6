/** Removes what is older than the settings want it; one process at a time does it. */
import { randomUUID } from 'node:crypto';
import { forgetApprovals } from '../operations/approvals/forgetApprovals.ts';
import { forgetMessages } from '../operations/webhooks/forgetMessages.ts';
import { giveBackLease, takeLease } from '../store/leases.ts';
import type { Job } from './job.ts';

const LEASE = 'forgetOld';
/** Longer than any step takes. */
const LEASE_MILLISECONDS = 60_000;

export const forgetOldJob: Job = {
  name: LEASE,
  everyMilliseconds: 600_000,
  run: async (context, signal) => {
    const { db, clock } = context;
    const owner = randomUUID();
    const mayGoOn = async (): Promise<boolean> => {
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + LEASE_MILLISECONDS);
      return !signal.aborted && takeLease(db.read, { name: LEASE, owner, now, expiresAt });
    };
    if (!(await mayGoOn())) return;
    try {
      await forgetMessages({ ...context, mayGoOn });
      await forgetApprovals({ ...context, mayGoOn });
    } finally {
      await giveBackLease(db.read, LEASE, owner);
    }
  },
};
