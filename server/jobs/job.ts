/** A piece of work without a caller, and what it works with. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../store/database.ts';

export interface JobContext {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Readonly<Record<'error' | 'info' | 'debug', (facts: object, text: string) => void>>;
}

export interface Job {
  readonly name: string;
  /** The rest between two runs. */
  readonly everyMilliseconds: number;
  /** Ends soon once the signal says so. */
  run(context: JobContext, signal: AbortSignal): Promise<void>;
}
