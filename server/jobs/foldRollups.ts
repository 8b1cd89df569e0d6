/** Keeps the tables of counts and sums short: readers add up what is spread over their slots. */
import { calendarDate } from '../clock.ts';
import { addDays, type CivilDate } from '../domain/date.ts';
import { foldRollups } from '../store/rollups/folding.ts';
import type { Job } from './job.ts';

export const foldRollupsJob: Job = {
  name: 'foldRollups',
  everyMilliseconds: 600_000,
  run: async ({ config, db, clock }) => {
    const today = calendarDate(clock.now(), config.timeZone) as CivilDate;
    await foldRollups(db, addDays(today, -1));
  },
};
