/**
 * How the processes that answer calls use memory.
 *
 * Old objects, of which there are about 50 MB, may grow by a fifth only before they are looked through
 * (standard: several times as much; `withRoomForMany`: by as much again); a worker stays below 250 MB.
 * Young ones have 16 MB twice, as is standard up to Node 22: Node 24 would take four times that, up to 100 MB
 * more, and was slower (decision 19). One thread goes through them: helpers would wait for cores that the
 * database and the other workers have. Nothing is put aside as old from the start: objects of a busy moment,
 * when everything lives for a while, are garbage like others ever after, but among the old ones only a full
 * collection finds it.
 */
import { setFlagsFromString } from 'node:v8';

const OLD_OBJECTS = '--heap-growing-percent=20';
const OLD_OBJECTS_OF_MANY = '--heap-growing-percent=100';
const YOUNG_OBJECTS = ['--max-semi-space-size=16', '--no-parallel-scavenge'];

/** For a process that is started. */
export const MEMORY_OPTIONS: readonly string[] = [
  OLD_OBJECTS,
  ...YOUNG_OBJECTS,
  '--no-allocation-site-pretenuring',
];

/**
 * For the one that runs already. Where objects are made is settled when a process starts, and how many young
 * ones there may be: `npm start` says that one itself, for the process that answers alone.
 */
export function saveMemory(): void {
  isSaving = true;
  setFlagsFromString(OLD_OBJECTS);
}

/** Processes that were started otherwise, as those of tests, keep what they have. */
let isSaving = process.execArgv.includes(OLD_OBJECTS);
let underWay = 0;

/**
 * Runs what has thousands of rows in hand for as long as its transaction takes: they grow old, so that by the
 * rule above all old objects would be looked through again and again, more than a quarter of the server's
 * processor time of an import (decision 21). Meanwhile old ones may double. V8 asks at the end of each look.
 */
export async function withRoomForMany<T>(work: () => Promise<T>): Promise<T> {
  if (!isSaving) return work();
  if (underWay === 0) setFlagsFromString(OLD_OBJECTS_OF_MANY);
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
    if (underWay === 0) setFlagsFromString(OLD_OBJECTS);
  }
}
