/** What processes take of the machine: processor time and memory, as Linux tells; nothing elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** Seconds of processor time so far, of the server's own processes. */
  readonly serverSeconds: number;
  readonly databaseSeconds: number;
  /** Of this process, which makes the calls. */
  readonly callerSeconds: number;
  /** Resident memory of the largest of the server's own processes, and of all, in MB. */
  readonly largestMegabytes: number;
  readonly serverMegabytes: number;
  readonly processes: number;
}

export interface Watched {
  readonly pid: number;
  readonly postmasterPid: number;
}

/** A tick of the kernel's accounts; Linux has 100 a second on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

export function usageOf({ pid, postmasterPid }: Watched): Usage | undefined {
  if (process.platform !== 'linux') return undefined;
  const family = parents();
  const database = descendants(postmasterPid, family);
  const server = descendants(pid, family).filter((each) => !database.includes(each));
  const sizes = server.map(megabytesOf);
  const { user, system } = process.cpuUsage();
  return {
    serverSeconds: total(server.map(secondsOf)),
    databaseSeconds: total(database.map(secondsOf)),
    callerSeconds: (user + system) / 1_000_000,
    largestMegabytes: Math.max(0, ...sizes),
    serverMegabytes: total(sizes),
    processes: server.length,
  };
}

const total = (amounts: readonly number[]): number => amounts.reduce((sum, each) => sum + each, 0);

function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = fieldsOf(Number(name))[1];
    if (parent !== undefined) found.set(Number(name), Number(parent));
  }
  return found;
}

function descendants(root: number, parentOf: ReadonlyMap<number, number>): number[] {
  const found = [root];
  for (const ancestor of found)
    for (const [child, parent] of parentOf) if (parent === ancestor) found.push(child);
  return found;
}

/** The fields of /proc/PID/stat behind the name: state, parent, ... */
function fieldsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

/** In user and kernel; with that of its children that have ended, so that a sum over all never goes back. */
function secondsOf(pid: number): number {
  const fields = fieldsOf(pid);
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / TICKS_PER_SECOND;
}

function megabytesOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Cores taken on average between two looks. */
export interface Share {
  readonly server: number;
  readonly database: number;
  readonly caller: number;
}

export function shareBetween(
  before: Usage | undefined,
  after: Usage | undefined,
  seconds: number,
): Share | null {
  if (!before || !after || seconds <= 0) return null;
  return {
    server: (after.serverSeconds - before.serverSeconds) / seconds,
    database: (after.databaseSeconds - before.databaseSeconds) / seconds,
    caller: (after.callerSeconds - before.callerSeconds) / seconds,
  };
}

/** What each of so many a second takes, in ms of a core. */
export const costOf = (share: Share, perSecond: number): Share => ({
  server: (share.server * 1000) / perSecond,
  database: (share.database * 1000) / perSecond,
  caller: (share.caller * 1000) / perSecond,
});

/** Of several runs of the same length. */
export function meanShare(shares: readonly (Share | null)[]): Share | null {
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) return null;
  const mean = (name: keyof Share): number => total(known.map((share) => share[name])) / known.length;
  return { server: mean('server'), database: mean('database'), caller: mean('caller') };
}
