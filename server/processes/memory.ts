/**
 * How the processes that answer calls use memory.
 *
 * Old objects, of which there are about 50 MB, may grow by half only before they are looked through
 * (standard: several times as much); a worker stays below 250 MB. Nothing is put aside as old from the start:
 * objects of a busy moment, when everything lives for a while, are garbage like others ever after, but among
 * the old ones it is found only when all of the memory is looked through (decision 19).
 */
import { setFlagsFromString } from 'node:v8';

const OLD_OBJECTS = '--heap-growing-percent=50';

/** For a process that is started. */
export const MEMORY_OPTIONS: readonly string[] = [OLD_OBJECTS, '--no-allocation-site-pretenuring'];

/** For the one that runs already: where objects are made is settled when a process starts. */
export const saveMemory = (): void => setFlagsFromString(OLD_OBJECTS);
