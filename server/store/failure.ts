/**
 * What can go wrong between the server and PostgreSQL, told apart by SQLSTATE and by the driver's connection
 * errors. SQLSTATE only: on a cluster the fields `constraint` and `table` come empty and names carry a shard
 * suffix (scaling.md).
 */

interface Outcome {
  readonly outcomeUnknown?: boolean;
  /** The database's number of the transaction. */
  readonly transaction?: string | undefined;
}

/**
 * The database cannot be reached, is shutting down or overloaded: nothing is wrong with the request. HTTP:
 * 503.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
  /** True when the connection was lost while COMMIT was on its way: the effect may or may not be there. */
  readonly outcomeUnknown: boolean;
  /** By which the database can be asked whether the transaction is still at work. */
  readonly transaction: string | undefined;
  constructor(message: string, { cause, outcomeUnknown = false, transaction }: { cause: unknown } & Outcome) {
    super(message, { cause });
    this.outcomeUnknown = outcomeUnknown;
    this.transaction = transaction;
  }
}

/** Thrown when a row was changed by another writer since it was read: running it again is right. */
export class LostVersion extends Error {
  override readonly name = 'LostVersion';
}

/**
 * SQL for a number that is there only where the condition holds: else the statement fails, and all that
 * leaves with it, COMMIT included (`isLostVersion`). No function of PostgreSQL raises an error; a text that
 * is no number does, and says why. `row` names the row in SQL, by a column: what is constant would be
 * computed, and fail, when the statement is planned.
 */
export const provided = (condition: string, number: string, row: string): string =>
  `case when ${condition} then ${number} else ('${CHANGED}: ' || ${row})::int end`;

const CHANGED = 'changed by another writer';
const NO_NUMBER = '22P02';

/** A row was changed by another writer since it was read, whoever found out: we or the database. */
export const isLostVersion = (error: unknown): boolean =>
  error instanceof LostVersion ||
  (sqlState(error) === NO_NUMBER && error instanceof Error && error.message.includes(CHANGED));

/** The five-character code of a PostgreSQL error, or of the driver's connection errors (`ECONNREFUSED`). */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** The name in `violates unique constraint "loan_pkey_102199"`, without a cluster's shard suffix. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /constraint "([^"]+?)(?:_\d{5,})?"/.exec(error.message)?.[1];
}

/** Two transactions got in each other's way and this one was undone: running it again is right. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '');

/** A cluster reports a conflict found at COMMIT as XX000 (scaling.md rule 12); the transaction is undone. */
export const isUndoneByCluster = (error: unknown): boolean =>
  sqlState(error) === 'XX000' && error instanceof Error && /could not commit transaction/.test(error.message);

/** Another writer came first, in whatever way it shows; nothing was stored. */
export const isOvertaken = (error: unknown): boolean =>
  isLostVersion(error) || isUniqueViolation(error) || isConflict(error) || isUndoneByCluster(error);

/** A lock was not to be had within the time that the transaction gave itself. */
export const isLockTimeout = (error: unknown): boolean => sqlState(error) === '55P03';

/** A statement prepared before a migration changed its tables: the connection must be replaced. */
export const isStalePlan = (error: unknown): boolean =>
  sqlState(error) === '0A000' && error instanceof Error && /cached plan/.test(error.message);

// 08 connection, 57P0x shutdown, 57014 statement timeout, 53 out of connections, memory or disk, 25006 a
// standby after a failover, 25P03 idle too long, 28 and 3D000 wrong password or database.
const UNAVAILABLE = /^(08...|57P0.|57014|53...|25006|25P03|28...|3D000)$/;
const SOCKET = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/;
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered))/;

/** True when the database is the trouble, not the statement. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  if (!(error instanceof Error)) return false;
  const code = sqlState(error);
  if (code !== undefined) return UNAVAILABLE.test(code) || SOCKET.test(code) || isFailedConnect(error);
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  return DRIVER.test(error.message);
}

/** A socket file that is missing (ENOENT) or closed to us (EACCES). */
const isFailedConnect = (error: Error): boolean => 'syscall' in error && error.syscall === 'connect';

/**
 * True of what the database itself has said of a statement and lives on to say more: not of what ends a
 * connection, which it or somebody in between may say at any time.
 */
export const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && !/^(08...|57P0.)$/.test(sqlState(error) ?? '');

/** True when the connection itself is gone (a statement timeout leaves it usable). */
export const isDisconnected = (error: unknown): boolean =>
  isUnavailable(error) && sqlState(error) !== '57014';

/**
 * True when a connection that worked was cut before COMMIT went out: nothing was stored, and another
 * connection may do.
 */
export function isCutOff(error: unknown): boolean {
  if (!(error instanceof DatabaseUnavailable) || error.outcomeUnknown) return false;
  const { cause } = error;
  if (!(cause instanceof Error)) return false;
  const isCut = CUT.test(cause.message) || isUnsent(cause);
  return isCut || /^(57P0[12]|08006|ECONNRESET|EPIPE)$/.test(sqlState(cause) ?? '');
}

const CUT = /^Connection terminated/;

/** True when the driver knew that the connection is gone, and did not send the statement at all. */
export const isUnsent = (error: unknown): boolean =>
  error instanceof Error && /^Client has encountered a connection error/.test(error.message);

/** Turns trouble of the database into `DatabaseUnavailable`, leaves every other error as it is. */
export function classified(error: unknown, outcome: Outcome = {}): unknown {
  if (error instanceof DatabaseUnavailable || !isUnavailable(error)) return error;
  const why = error instanceof Error ? error.message || sqlState(error) : String(error);
  return new DatabaseUnavailable(`the database is not available: ${why}`, { cause: error, ...outcome });
}
