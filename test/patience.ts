/** A machine that is busy with other things proves nothing about ours: tests wait longer than callers. */
import { type Database, type DatabaseOptions, openDatabase } from '../server/store/database.ts';

export const PATIENCE_MILLISECONDS = 60_000;

/** For `vi.waitFor` and `expect.poll`, whose own second is soon over on a busy machine. */
export const SOON = { timeout: PATIENCE_MILLISECONDS };

/** The pool of a server that a test runs in its own process. */
export const openPatiently = (url: string, options: DatabaseOptions = {}): Database =>
  openDatabase(url, {
    connectTimeoutMilliseconds: PATIENCE_MILLISECONDS,
    statementTimeoutMilliseconds: PATIENCE_MILLISECONDS,
    ...options,
  });
