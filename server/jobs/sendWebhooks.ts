/** Sends webhooks for as long as the process has the part `worker`; one process at a time holds the lease. */
import { once } from 'node:events';
import type { Job } from './job.ts';
import { startWebhooks } from './webhooks/webhooks.ts';

export const sendWebhooksJob: Job = {
  name: 'sendWebhooks',
  everyMilliseconds: 500,
  run: async ({ config, db, clock, log }, signal) => {
    if (signal.aborted) return;
    const onFailure = (error: unknown): void =>
      log.error({ job: 'sendWebhooks', err: error }, 'webhooks failed, they are tried again');
    const running = startWebhooks({ config, db, clock, onFailure });
    await once(signal, 'abort');
    await running.stop();
  },
};
