/**
 * The socket by which our own processes reach the embedded server. What they say to each other goes straight
 * from one to the other; by a port it would pass through all that the system does for a network, which is a
 * part of each call that can be measured (docs/decisions/0019-write-path.md).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where there are no such sockets, or the path does not fit into an address: 104 bytes on some systems. */
const LONGEST_PATH = 100;

/** The database's own folder, which nobody else can enter; undefined when it cannot hold one. */
export function socketFolder(cluster: string): string | undefined {
  // PostgreSQL takes a list of folders: characters that mean something there are left to the port.
  const isPlain = /^\/[\w./+-]*$/.test(cluster);
  const isShort = Buffer.byteLength(socketIn(cluster, 65_535)) <= LONGEST_PATH;
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

/** Said by PostgreSQL where the file system has no sockets: some of those that containers mount. */
export const isWithoutSockets = (log: string): boolean =>
  /could not create any Unix-domain sockets/.test(log);
