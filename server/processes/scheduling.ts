/** How the system shares its cores between our processes. */
import { spawnSync } from 'node:child_process';

/**
 * Says that this process and those that it starts, the embedded database too, work in bulk (SCHED_BATCH of
 * Linux): one that has something to do again waits for a core to be free or for its turn, and does not
 * interrupt the one that computes there. A batch then runs through in fewer pieces (decision 19). Nobody's
 * share becomes smaller, anybody may do it, and where there is no `chrt` everything stays as it was.
 */
export function workInBulk(): void {
  if (process.platform !== 'linux') return;
  spawnSync('chrt', ['-b', '-p', '0', String(process.pid)], { stdio: 'ignore' });
}
