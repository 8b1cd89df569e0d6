/**
 * The server cannot start for a reason that a person can mend: `message` is one line that says what to do.
 */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** Says in words what the operating system refused. */
export function startFailure(what: string, error: unknown): StartFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new StartFailure(`${what}: ${reason}`, { cause: error });
}

const ELSEWHERE = 'or name another folder with LOANBOOK_DATA_DIR';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: `no permission to write; run as the folder's owner, ${ELSEWHERE}`,
  EPERM: `no permission to write; run as the folder's owner, ${ELSEWHERE}`,
  EROFS: `the file system is read-only; ${ELSEWHERE.slice(3)}`,
  ENOSPC: `the disk is full; free some space, ${ELSEWHERE}`,
  EDQUOT: `the disk quota is used up; free some space, ${ELSEWHERE}`,
  ENOTDIR: `a part of this path is a file, not a folder; ${ELSEWHERE.slice(3)}`,
  EEXIST: `a file of this name is in the way; remove it, ${ELSEWHERE}`,
};
