/**
 * How the processes that answer calls use memory.
 *
 * Old objects, of which there are about 50 MB, may grow by a fifth only before they are looked through
 * (standard: several times as much); a worker stays below 250 MB. Young ones have 16 MB twice, as is standard
 * up to Node 22: Node 24 would take four times that, up to 100 MB more, and was slower (decision 19).
 * Nothing is put aside as old from the start: objects of a busy moment, when everything lives for a while,
 * are garbage like others ever after, but among the old ones only a full collection finds it.
 */
import { setFlagsFromString } from 'node:v8';

const OLD_OBJECTS = '--heap-growing-percent=20';
const YOUNG_OBJECTS = '--max-semi-space-size=16';

/** For a process that is started. */
export const MEMORY_OPTIONS: readonly string[] = [
  OLD_OBJECTS,
  YOUNG_OBJECTS,
  '--no-allocation-site-pretenuring',
];

/**
 * For the one that runs already. Where objects are made is settled when a process starts, and how many young
 * ones there may be: `npm start` says that one itself, for the process that answers alone.
 */
export const saveMemory = (): void => setFlagsFromString(OLD_OBJECTS);
