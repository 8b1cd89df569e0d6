/**
 * Work without a caller. Every process with the part `worker` runs every job now and then, so a job must bear
 * being run by several at a time, and being cut off anywhere: it leases rows, or does what may be done twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { closeOfBusinessJob } from './closeOfBusiness.ts';
import { foldRollupsJob } from './foldRollups.ts';
import { forgetOldJob } from './forgetOld.ts';
import type { Job, JobContext } from './job.ts';
import { sendWebhooksJob } from './sendWebhooks.ts';

const JOBS: readonly Job[] = [closeOfBusinessJob, foldRollupsJob, sendWebhooksJob, forgetOldJob];

export interface RunningJobs {
  /** Begins nothing new; answers when what runs has ended. */
  stop(): Promise<void>;
}

export function startJobs(context: JobContext, jobs: readonly Job[] = JOBS): RunningJobs {
  const ending = new AbortController();
  const loops = jobs.map((job) => repeat(job, context, ending.signal));
  return {
    stop: async () => {
      ending.abort();
      await Promise.all(loops);
    },
  };
}

async function repeat(job: Job, context: JobContext, signal: AbortSignal): Promise<void> {
  while (await rested(job, signal)) {
    try {
      await job.run(context, signal);
      context.log.debug({ job: job.name }, 'job done');
    } catch (error) {
      context.log.error({ job: job.name, err: error }, 'job failed, it is tried again later');
    }
  }
}

/** A little more or less each time, so that processes started together do not stay together. */
function rested({ everyMilliseconds }: Job, signal: AbortSignal): Promise<boolean> {
  const milliseconds = everyMilliseconds * (0.75 + Math.random() / 2);
  return pause(milliseconds, true, { signal }).catch(() => false);
}
