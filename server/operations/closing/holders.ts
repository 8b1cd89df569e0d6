/**
 * Processes that hold leases, by names that tell whether they still live: a lease is given up early when its
 * holder was on this very machine and is gone. Of a process anywhere else only the end of its lease tells.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from '../../store/embedded/processes.ts';

/** For one piece of work of this process. */
export const holderName = (): string => `${hostname()} ${process.pid} ${randomUUID()} ${place()}`;

/** True only where it is certain. */
export function isGone(holder: string): boolean {
  const [, pid, , itsPlace] = holder.split(' ');
  return itsPlace !== undefined && itsPlace !== ELSEWHERE && itsPlace === place() && !isAlive(Number(pid));
}

const ELSEWHERE = '?';
let here: string | undefined;

/**
 * Where process numbers mean the same: one start of one kernel and, within it, one container. Only Linux
 * says so.
 */
function place(): string {
  here ??= readPlace();
  return here;
}

function readPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return ELSEWHERE;
  }
}
