/**
 * How fast the machine itself is just now: the same calculation and the same flush to disk, before the bench
 * and after it. Where they differ, so do all figures in between, and the machine was not alone.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface Pace {
  /** Millions of steps of a calculation that one thread takes in a second, alone on the machine. */
  readonly alone: number;
  /** The same for each of as many threads as there are cores, all at once. */
  readonly together: number;
  /** 8 KB appended to a file and flushed, where the bench has its database: ms. */
  readonly flush: { readonly p50: number; readonly p99: number };
}

export async function measurePace(cores: number): Promise<Pace> {
  const [alone = 0] = await stepsOf(1);
  const each = await stepsOf(cores);
  return { alone, together: each.reduce((sum, steps) => sum + steps, 0) / cores, flush: flushTimes() };
}

/** Runs in a thread of its own, which has its code as text. */
const CALCULATION = `
const { parentPort } = require('node:worker_threads');
const end = performance.now() + 1000;
let steps = 0;
let value = 1;
while (performance.now() < end) {
  for (let step = 0; step < 1e6; step += 1) value = (Math.imul(value, 1664525) + 1013904223) | 0;
  steps += 1;
}
parentPort.postMessage(value === 0 ? 0 : steps);
`;

const stepsOf = (threads: number): Promise<number[]> =>
  Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(CALCULATION, { eval: true });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );

const FLUSHES = 300;

function flushTimes(): Pace['flush'] {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-pace-'));
  try {
    const file = openSync(join(folder, 'log'), 'w');
    const page = Buffer.alloc(8_192, 1);
    const times = Array.from({ length: FLUSHES }, () => {
      const since = performance.now();
      writeSync(file, page);
      fdatasyncSync(file);
      return performance.now() - since;
    }).sort((a, b) => a - b);
    closeSync(file);
    const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
