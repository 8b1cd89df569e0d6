/**
 * The database that the configuration names: of DATABASE_URL, else the embedded one. It is looked at before
 * anything relies on it, and what does not fit is said in one line that says what to do.
 */
import type { Config } from '../config.ts';
import { type Database, openDatabase } from './database.ts';
import { StartFailure } from './embedded/startFailure.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { DatabaseUnavailable, sqlState } from './failure.ts';
import { MigrationError } from './migrate.ts';

export interface OpenedDatabase {
  readonly db: Database;
  readonly embedded: Embedded | undefined;
}

/** The database of DATABASE_URL, else the embedded one. */
export async function openConfigured(
  config: Config,
  onTrouble: { say: (line: string) => void; onLost: (error: unknown) => void },
): Promise<OpenedDatabase> {
  const embedded = config.databaseUrl
    ? undefined
    : await startEmbedded({ dataDir: config.dataDir, say: onTrouble.say, onLost: onTrouble.onLost });
  const db = openDatabase(embedded?.nearUrl ?? config.databaseUrl ?? '', {
    ...(config.databasePoolSize !== undefined && { poolSize: config.databasePoolSize }),
    statementTimeoutMilliseconds: config.statementTimeoutMilliseconds,
    connectTimeoutMilliseconds: config.connectTimeoutMilliseconds,
  });
  try {
    await requireFitting(db);
    return { db, embedded };
  } catch (error) {
    await db.close();
    await embedded?.stop();
    throw describeFailure(error, config);
  }
}

const OLDEST_POSTGRES = 150_000;

async function requireFitting(db: Database): Promise<void> {
  const [row] = await db.read.query<{ version: string; encoding: string; standby: boolean }>(
    `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
       pg_is_in_recovery() as standby`,
  );
  if (Number(row?.version) < OLDEST_POSTGRES)
    throw new StartFailure('DATABASE_URL names a PostgreSQL older than 15: upgrade it, or name another');
  if (row?.encoding !== 'UTF8')
    throw new StartFailure(
      `the database of DATABASE_URL is encoded in ${row?.encoding}: create it with encoding UTF8`,
    );
  if (row.standby)
    throw new StartFailure('DATABASE_URL names a standby, which cannot be written: name the primary');
}

/** One line that says what to do, for everything that a person can mend; other errors stay as they are. */
export function describeFailure(error: unknown, config: Config | undefined): unknown {
  if (error instanceof DatabaseUnavailable && config?.databaseUrl)
    return new StartFailure(databaseAdvice(error, config.databaseUrl), { cause: error });
  if (error instanceof DatabaseUnavailable && config)
    return new StartFailure(
      `the embedded database does not answer: ${error.message} (${config.dataDir}/postgres.log says more)`,
      { cause: error },
    );
  if (sqlState(error) === '42501')
    return new StartFailure(
      'the user of DATABASE_URL may not create tables: make it the owner of the database (alter database ... owner to ...)',
      { cause: error },
    );
  if (error instanceof MigrationError) return new StartFailure(error.message, { cause: error });
  return error;
}

function databaseAdvice(error: DatabaseUnavailable, url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  // The folder of a socket comes as %2Fvar%2Frun.
  const host = hostname.replaceAll(/%2f/gi, '/');
  const place = `${host || 'the local socket'}${port === '' ? '' : `:${port}`}`;
  const code = sqlState(error.cause) ?? '';
  if (/^28/.test(code))
    return `the database at ${place} refuses user "${username}": check user and password in DATABASE_URL`;
  if (code === '3D000')
    return `the database "${pathname.slice(1)}" does not exist at ${place}: create it (createdb) or correct DATABASE_URL`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host ${hostname} of DATABASE_URL is not known: check its name`;
  if (code === '53300') return `the database at ${place} has no free connection: raise its max_connections`;
  return `no PostgreSQL answers at ${place}: start it or correct DATABASE_URL (${error.message})`;
}
