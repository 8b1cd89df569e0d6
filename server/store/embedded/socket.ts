/**
 * The socket by which our own processes reach the embedded server. What they say to each other goes straight
 * from one to the other; by a port it would pass through all that the system does for a network (decision 19,
 * eleventh look).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes: an address has room for 104 on some systems, for 108 on others. */
const LONGEST_PATH = 100;
const HIGHEST_PORT = 65_535;

/**
 * Where the socket goes: the database's own folder, which nobody else can enter. Undefined where the system
 * has no such sockets, or the path does not fit.
 */
export function socketFolder(cluster: string): string | undefined {
  // PostgreSQL takes a list of folders: characters that mean something there are left to the port.
  const isPlain = /^\/[\w./+-]*$/.test(cluster);
  const isShort = Buffer.byteLength(socketIn(cluster, HIGHEST_PORT)) <= LONGEST_PATH;
  return process.platform !== 'win32' && isPlain && isShort ? cluster : undefined;
}

/** The name that PostgreSQL and its clients agree on. */
const socketIn = (folder: string, port: number): string => join(folder, `.s.PGSQL.${port}`);

/**
 * A killed server leaves the lock of its socket behind, with a process number that may be another's by now:
 * PostgreSQL would refuse to start. The folder is ours alone (`lockFolder`), and an orphan has been stopped.
 */
export const removeStaleLock = (folder: string, port: number): void =>
  rmSync(`${socketIn(folder, port)}.lock`, { force: true });

/** Whether PostgreSQL ended because it could make none: file systems that containers mount may have none. */
export const isWithoutSocket = (log: string): boolean => /could not create any Unix-domain sockets/.test(log);
