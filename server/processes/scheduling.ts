/** How the system shares its cores between our processes. */
import { execFile, spawnSync } from 'node:child_process';
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
 * A core for each of so many workers, where this process may use exactly as many; else none. By the numbers
 * of Linux.
 */
export function coresFor(workers: number): readonly number[] {
  const cores = coresOf(process.pid);
  return cores.length === workers ? cores : [];
}

/** Where a process may run, by the numbers of Linux; empty where nothing is told. */
export const coresOf = (pid: number): number[] =>
  coresIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? '');

/** `0-2,5` are 0, 1, 2 and 5. */
export function coresIn(list: string): number[] {
  const ranges = list.matchAll(/(\d+)(?:-(\d+))?/g);
  return [...ranges].flatMap(([, from, to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
}

/**
 * Keeps a process on one core. A worker and the database's processes that answer it take turns, so they need
 * no more than one; left to itself Linux puts two of them on a core where others wait and leaves another one
 * idle (decision 19, twelfth look). Without `taskset` of util-linux everything stays as it is.
 */
export function keepOn(core: number, pid: number): void {
  execFile('taskset', ['-a', '-p', '-c', String(core), String(pid)], () => {});
}
