/**
 * Stopping in good order: what was started is ended last first, whether a signal came, the start failed or a
 * defect showed. A second signal does not wait.
 */
import { setTimeout as pause } from 'node:timers/promises';

export interface Stopping {
  /** Remembers how to end something that has just been started. */
  add(step: () => Promise<unknown>): void;
  /** Ends everything, then the process with this exit code. */
  stop(code: number): Promise<void>;
}

/** A terminal sends Ctrl-C to us and to npm, which passes it on: the same wish twice, not impatience. */
const SAME_SIGNAL_MILLISECONDS = 1_000;

/** A stop that nobody has asked for yet. */
export function openStopping(say: (line: string) => void): Stopping {
  const steps: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | undefined;
  return {
    add: (step) => void steps.push(step),
    stop: (code) => {
      stopping ??= endAll(steps, say).then(() => process.exit(code));
      return stopping;
    },
  };
}

/** From now on SIGINT and SIGTERM stop in good order; `say` gets a line of what happens. */
export function stopOnSignals(say: (line: string) => void): Stopping {
  const { add, stop } = openStopping(say);
  let asked = 0;
  const onSignal = (): void => {
    if (asked === 0) {
      asked = Date.now();
      say('stopping: what is in flight is finished first (once more to stop at once)');
      void stop(0);
    } else if (Date.now() - asked > SAME_SIGNAL_MILLISECONDS) {
      say('stopped at once');
      process.exit(1);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return { add, stop };
}

async function endAll(steps: (() => Promise<unknown>)[], say: (line: string) => void): Promise<void> {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch (error) {
      say(`while stopping: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Waits for the work, but no longer than this. Answers whether it was done. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(milliseconds, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
