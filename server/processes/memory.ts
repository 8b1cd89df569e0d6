/**
 * How the processes that answer calls use memory.
 *
 * What a batch of changes makes lives until its commit. In the standard 16 MB for young objects every other
 * collection finds it alive and copies it, which took a fifth of the processor time; in 32 MB most of it is
 * over by then. In return old objects, of which there are about 50 MB, may grow by half only before they are
 * looked through (standard: several times as much): together a worker stays below 250 MB.
 *
 * Workers are as many as cores, so none is left for the collector's helpers: it works on the thread that
 * made the garbage, which spares what threads cost each other. And it does not put objects aside as old from
 * the start: those of a busy moment, when everything lives for a while, are garbage like others ever after,
 * but found only when all of the memory is looked through (decision 19).
 */
import { setFlagsFromString } from 'node:v8';

const OLD_OBJECTS = '--heap-growing-percent=50';

/** For a process that is started. */
export const MEMORY_OPTIONS: readonly string[] = [
  '--max-semi-space-size=32',
  OLD_OBJECTS,
  '--single-threaded-gc',
  '--no-allocation-site-pretenuring',
];

/** For the one that runs already: room for young objects is taken when a process starts. */
export const saveMemory = (): void => setFlagsFromString(OLD_OBJECTS);
