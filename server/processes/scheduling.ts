/** How the system shares its cores between our processes. */
import { execFile, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
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

/**
 * A core for each of so many workers, by the numbers of Linux, where this process may use exactly as many
 * and `taskset` of util-linux is there to say so; else none.
 */
export function coresFor(workers: number): readonly number[] {
  const { stdout } = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  const cores = coresIn(stdout?.slice(stdout.lastIndexOf(':') + 1) ?? '');
  return cores.length === workers ? cores : [];
}

/** `0-2,5` are 0, 1, 2 and 5. */
export function coresIn(list: string): number[] {
  const ranges = list.matchAll(/(\d+)(?:-(\d+))?/g);
  return [...ranges].flatMap(([, from, to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
}

/**
 * Keeps a process on one core. A worker and the database's processes that answer it take turns, so they need
 * no more than one; the kernel this was measured on puts two workers on one core and leaves the other idle
 * (decision 19, twelfth look). Root asks as the owner of the process, which needs no right over other ones.
 */
export function keepOn(core: number, pid: number): void {
  try {
    const { uid, gid } = statSync(`/proc/${pid}`);
    const asOwner = process.getuid?.() === 0 ? { uid, gid } : {};
    execFile('taskset', ['-a', '-p', '-c', String(core), String(pid)], asOwner, () => {});
  } catch {
    // It has ended, or no process can be started: what only helps speed ends nothing.
  }
}
