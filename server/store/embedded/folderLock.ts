/** One live Loanbook per data folder: a lock file names the process that has it, by number and start time. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startOf } from './processes.ts';
import { StartFailure, startFailure } from './startFailure.ts';

interface Holder {
  readonly pid: number;
  readonly started: string | undefined;
}

/** Takes the lock or says who has it; answers how to give it back. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'loanbook.lock');
  const self: Holder = { pid: process.pid, started: startOf(process.pid) };
  for (let attempt = 0; !tryLock(path, self); attempt += 1) {
    const holder = readHolder(path);
    if (attempt > 5 || (holder !== undefined && isHolding(holder)))
      throw new StartFailure(
        `another Loanbook (process ${holder?.pid}) uses the data folder ${folder}: stop it, or name another folder with LOANBOOK_DATA_DIR`,
      );
    rmSync(path, { force: true });
  }
  return () => {
    if (readHolder(path)?.pid === self.pid) rmSync(path, { force: true });
  };
}

/** A hard link to a finished file appears whole or not at all, and fails when the name is taken. */
function tryLock(path: string, self: Holder): boolean {
  const draft = `${path}.${self.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(self), { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw startFailure(`cannot use the data folder ${path.slice(0, path.lastIndexOf('/'))}`, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isHolding(holder: Holder): boolean {
  return isAlive(holder.pid) && startOf(holder.pid) === holder.started;
}
