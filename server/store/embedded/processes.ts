/**
 * What the operating system knows about other processes: enough to tell a live one from a number used again.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Sends a signal; a process that is gone already is no failure. */
export function signal(pid: number, name: NodeJS.Signals): void {
  if (!(pid > 0)) return; // 0 would mean our own process group
  try {
    process.kill(pid, name);
  } catch {
    // Gone, or not ours: `isAlive` tells.
  }
}

/** True once the process has ended, false when it still lives after `milliseconds`. */
export async function hasEnded(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

/** The command line, or undefined when it cannot be had. */
export function commandOf(pid: number): string | undefined {
  const text = readProc(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? ps(pid, 'command=');
  return text?.trim() || undefined;
}

/** When the process started: together with its number it names the process for good. */
export function startOf(pid: number): string | undefined {
  const fields = statOf(pid);
  if (fields === undefined) return ps(pid, 'lstart=');
  return `${readProc('/proc/sys/kernel/random/boot_id')?.trim()} ${fields[19]}`;
}

const isZombie = (pid: number): boolean => statOf(pid)?.[0] === 'Z';

/** The fields of /proc/pid/stat behind the command, which may itself hold spaces and brackets. */
function statOf(pid: number): string[] | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ps(pid: number, field: string): string | undefined {
  const answer = spawnSync('ps', ['-p', String(pid), '-o', field], { encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
