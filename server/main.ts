/**
 * The only wiring: configuration -> database -> tables -> first rows -> the hosts and jobs, in this process
 * or in several -> stop in good order.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from './clock.ts';
import { type Config, ConfigError, type Environment, loadConfig } from './config.ts';
import { normalEmail } from './domain/account.ts';
import { saveMemory } from './memory.ts';
import { ensureFirstAccount, setPassword } from './operations/accounts/accounts.ts';
import { KeySealError } from './operations/accounts/keySeal.ts';
import { generatePassword } from './operations/accounts/passwords.ts';
import { ensureSigningKey } from './operations/accounts/signingKeys.ts';
import { type AccountWiring, onBehalfOf } from './operations/accounts/wiring.ts';
import { bySystem } from './operations/audit/trail.ts';
import { keepSettings, requireSameSettings, SettingsError } from './operations/configuration/bookSettings.ts';
import { seedBook } from './operations/seed/seedBook.ts';
import type { Urls } from './processes/hosting.ts';
import { type Part, wishOf } from './processes/options.ts';
import { poolSizeFor } from './processes/poolSize.ts';
import { coresFor, workInBulk } from './processes/scheduling.ts';
import { startTeam } from './processes/team.ts';
import { type Stopping, stopOnSignals, within } from './stopping.ts';
import { findCredentials } from './store/accounts/accounts.ts';
import { describeFailure, type OpenedDatabase, openConfigured } from './store/configured.ts';
import { readConnectionLimit } from './store/connections.ts';
import { StartFailure } from './store/embedded/startFailure.ts';
import { migrate } from './store/migrate.ts';
import { type Welcome, welcomeText } from './welcome.ts';

const say = (line: string): void => void process.stderr.write(`loanbook: ${line}\n`);

/** Runs the server until a signal ends it: exit code 0; or 1 when it could not start or broke. */
export async function main(args: readonly string[], env: Environment = process.env): Promise<void> {
  const stopping = stopOnSignals(say);
  workInBulk();
  let config: Config | undefined;
  const fail = async (error: unknown): Promise<void> => {
    say(textOf(describeFailure(error, config)));
    await stopping.stop(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    const wish = wishOf(args);
    const settings = loadConfig(env);
    config = { ...settings, ...('workers' in wish && wish.workers && { workers: wish.workers }) };
    const opened = await openConfigured(config, { say, onLost: (error) => void fail(error) });
    stopping.add(async () => opened.embedded?.stop());
    stopping.add(() => within(2_000, opened.db.close()));
    await migrate(opened.db);
    if ('parts' in wish) return await start(config, opened, { ...wish, stopping, fail });
    await resetPassword({ config, db: opened.db, clock: systemClock }, wish.resetPasswordOf);
    await stopping.stop(0);
  } catch (error) {
    await fail(error);
  }
}

/** What a person can mend is a plain line; a defect is told in full. */
function textOf(error: unknown): string {
  const plain = [StartFailure, ConfigError, KeySealError, SettingsError].some(
    (kind) => error instanceof kind,
  );
  if (!(error instanceof Error)) return String(error);
  return plain ? error.message : (error.stack ?? error.message);
}

interface Run {
  readonly parts: readonly Part[];
  readonly acceptSettings: boolean;
  readonly stopping: Stopping;
  readonly fail: (error: unknown) => Promise<void>;
}

async function start(config: Config, opened: OpenedDatabase, run: Run): Promise<void> {
  const { db } = opened;
  const allowed = await readConnectionLimit(db.read);
  const databasePoolSize = poolSizeFor({ asked: config.databasePoolSize, workers: config.workers, allowed });
  const wiring = { config, db, clock: systemClock };
  // The auth host alone has no part in the book.
  if (run.parts.some((part) => part !== 'auth')) {
    await keepSettings(wiring, { accept: run.acceptSettings });
    await seedBook(db, config);
    run.stopping.add(watchSettings(config, opened, run));
  }
  await ensureSigningKey(wiring);
  const hosted = config.workers === 1 ? hostHere : hostTogether;
  const urls = await hosted({ ...config, databasePoolSize }, opened, run);
  // After the ports are ours: a password that is made up can be told this once only.
  const firstAccount = await firstAccountOf(wiring);
  const suffix = randomBytes(3).toString('hex');
  const database = placeOf(opened, config);
  process.stdout.write(
    welcomeText({ ...urls, firstAccount, adminEmail: config.adminEmail, suffix, database }),
  );
}

const WATCH_MILLISECONDS = 10_000;

/** Ends a server whose book another one changed the settings of; answers how to end the watch. */
function watchSettings(config: Config, { db }: OpenedDatabase, { fail }: Run): () => Promise<void> {
  const timer = setInterval(async () => {
    try {
      await requireSameSettings(db.read, config);
    } catch (error) {
      if (error instanceof SettingsError) await fail(error);
    }
  }, WATCH_MILLISECONDS);
  timer.unref();
  return async () => clearInterval(timer);
}

/** In this process. What it takes is loaded here only: several workers leave this process a small one. */
async function hostHere(config: Config, { db }: OpenedDatabase, run: Run): Promise<Urls> {
  saveMemory();
  const { contextOf, host } = await import('./processes/hosting.ts');
  return host(contextOf({ config, db, parts: run.parts }), { ...run, say });
}

/** In several processes, which have nothing but the database in common. */
async function hostTogether(config: Config, opened: OpenedDatabase, run: Run): Promise<Urls> {
  const { workers, shutdownSeconds } = config;
  const environment = {
    DATABASE_URL: opened.embedded?.nearUrl ?? config.databaseUrl ?? '',
    LOANBOOK_DATABASE_POOL: String(config.databasePoolSize),
  };
  const onGivenUp = (error: unknown): void => void run.fail(error);
  // The processes of a database elsewhere are not ours to place.
  const cores = config.ownCores && opened.embedded ? coresFor(workers) : [];
  const team = await startTeam({ workers, parts: run.parts, cores, environment, say, onGivenUp });
  run.stopping.add(() => team.stop(shutdownSeconds + SECONDS_TO_CLOSE));
  return team.urls;
}

/** What a worker may need beyond its calls in flight: to cut them, and to leave the database. */
const SECONDS_TO_CLOSE = 5;

/** For the operator who cannot log in any more, so cannot use the API: needs the database instead. */
async function resetPassword(wiring: AccountWiring, email: string): Promise<void> {
  const account = await findCredentials(wiring.db.read, normalEmail(email));
  if (account === null) throw new StartFailure(`there is no account ${email}`);
  const password = generatePassword();
  await setPassword(onBehalfOf(wiring, bySystem('resetPassword')), account.id, password);
  process.stdout.write(`The new password of ${account.email} is ${password}\nIts tokens have ended.\n`);
}

async function firstAccountOf(
  wiring: Parameters<typeof ensureFirstAccount>[0],
): Promise<Welcome['firstAccount']> {
  const made = await ensureFirstAccount(wiring);
  if (made === null) return undefined;
  return { email: made.account.email, password: made.generatedPassword ?? undefined };
}

function placeOf(opened: OpenedDatabase, config: Config): string {
  if (opened.embedded) return `embedded PostgreSQL, files in ${config.dataDir}`;
  const { host, pathname } = new URL(config.databaseUrl ?? '');
  return `PostgreSQL at ${host}${pathname}`;
}
