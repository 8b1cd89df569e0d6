/** How the system shares its cores between our processes. */
import { spawnSync } from 'node:child_process';
import { textOf } from '../store/embedded/dataFolder.ts';

/** SCHED_OTHER: what Linux gives a process when nobody says otherwise. */
const USUAL = 0;

/**
 * Says that this process and those that it starts, the embedded database too, work in bulk (SCHED_BATCH of
 * Linux): one that has something to do again waits for a core to be free or for its turn, and does not
 * interrupt the one that computes there. A batch then runs through in fewer pieces (decision 19, eleventh
 * look). Anybody may say so; what the operator has chosen stays, and without `chrt` of util-linux everything
 * stays as it is.
 */
export function workInBulk(): void {
  if (process.platform !== 'linux' || policyOf(process.pid) !== USUAL) return;
  spawnSync('chrt', ['-a', '-b', '-p', '0', String(process.pid)], { stdio: 'ignore' });
}

/**
 * How Linux schedules a process: the 41st field of its `stat`; the second one ends with the last bracket. Not
 * a number where nothing is told.
 */
export function policyOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[41 - 3]);
}
