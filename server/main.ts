/**
 * The only wiring: configuration -> database -> tables -> first rows -> the two hosts -> listen -> stop in
 * good order.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from './clock.ts';
import { type Config, ConfigError, type Environment, loadConfig } from './config.ts';
import { normalEmail } from './domain/account.ts';
import { buildApi, buildAuth } from './http/app.ts';
import type { App, AppContext } from './http/context.ts';
import { createLog } from './http/edge/log.ts';
import { ensureFirstAccount, setPassword } from './operations/accounts/accounts.ts';
import { KeySealError } from './operations/accounts/keySeal.ts';
import { generatePassword } from './operations/accounts/passwords.ts';
import { keysOfAuthHost } from './operations/accounts/publicKeys.ts';
import { ensureSigningKey, readPublicKeys } from './operations/accounts/signingKeys.ts';
import { openTokenVerifier } from './operations/accounts/tokenVerifier.ts';
import { onBehalfOf } from './operations/accounts/wiring.ts';
import { bySystem } from './operations/audit/trail.ts';
import { seedBook } from './operations/seed/seedBook.ts';
import { type Stopping, stopOnSignals, within } from './stopping.ts';
import { findCredentials } from './store/accounts/accounts.ts';
import { describeFailure, type OpenedDatabase, openConfigured } from './store/configured.ts';
import { StartFailure } from './store/embedded/startFailure.ts';
import { migrate } from './store/migrate.ts';
import { type Welcome, welcomeText } from './welcome.ts';

type Host = 'auth' | 'api';

const say = (line: string): void => void process.stderr.write(`loanbook: ${line}\n`);

/** Runs the server until a signal ends it: exit code 0; or 1 when it could not start or broke. */
export async function main(args: readonly string[], env: Environment = process.env): Promise<void> {
  const stopping = stopOnSignals(say);
  let config: Config | undefined;
  const fail = async (error: unknown): Promise<void> => {
    say(textOf(describeFailure(error, config)));
    await stopping.stop(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    const wish = wishOf(args);
    config = loadConfig(env);
    const opened = await openConfigured(config, { say, onLost: (error) => void fail(error) });
    stopping.add(async () => opened.embedded?.stop());
    stopping.add(() => within(2_000, opened.db.close()));
    await migrate(opened.db);
    if ('hosts' in wish) return await start(config, opened, { hosts: wish.hosts, stopping });
    await resetPassword(contextOf(config, opened, ['auth']), wish.resetPasswordOf);
    await stopping.stop(0);
  } catch (error) {
    await fail(error);
  }
}

/** What a person can mend is a plain line; a defect is told in full. */
function textOf(error: unknown): string {
  const plain = [StartFailure, ConfigError, KeySealError].some((kind) => error instanceof kind);
  if (!(error instanceof Error)) return String(error);
  return plain ? error.message : (error.stack ?? error.message);
}

/**
 * What the command line asks for: to serve (both hosts, or the one named), or to let a locked-out operator in
 * again.
 */
type Wish = { readonly hosts: readonly Host[] } | { readonly resetPasswordOf: string };

function wishOf(args: readonly string[]): Wish {
  if (args.length === 0) return { hosts: ['auth', 'api'] };
  const [option, value, ...rest] = args.flatMap((each) => each.split('='));
  if (rest.length > 0) throw new StartFailure(`unknown options ${args.join(' ')}: ${USAGE}`);
  if (option === '--only' && value === 'worker')
    throw new StartFailure('--only worker: this release has no background work yet, there is nothing to run');
  if (option === '--only' && (value === 'auth' || value === 'api')) return { hosts: [value] };
  if (option === '--reset-password' && value?.includes('@')) return { resetPasswordOf: value };
  throw new StartFailure(`unknown options ${args.join(' ')}: ${USAGE}`);
}

const USAGE =
  'there are --only auth, --only api and --reset-password EMAIL; settings are environment variables, see README.md';

interface Run {
  readonly hosts: readonly Host[];
  readonly stopping: Stopping;
}

async function start(config: Config, opened: OpenedDatabase, { hosts, stopping }: Run): Promise<void> {
  await seedBook(opened.db, config);
  const context = contextOf(config, opened, hosts);
  await ensureSigningKey(context);
  const urls = await serve(context, hosts, stopping);
  // After the ports are ours: a password that is made up can be told this once only.
  const firstAccount = await firstAccountOf(context);
  const suffix = randomBytes(3).toString('hex');
  const database = placeOf(opened, config);
  process.stdout.write(
    welcomeText({ ...urls, firstAccount, adminEmail: config.adminEmail, suffix, database }),
  );
}

/** For the operator who cannot log in any more, so cannot use the API: needs the database instead. */
async function resetPassword(context: AppContext, email: string): Promise<void> {
  const account = await findCredentials(context.db.read, normalEmail(email));
  if (account === null) throw new StartFailure(`there is no account ${email}`);
  const password = generatePassword();
  await setPassword(onBehalfOf(context, bySystem('resetPassword')), account.id, password);
  process.stdout.write(`The new password of ${account.email} is ${password}\nIts tokens have ended.\n`);
}

/**
 * An api that runs apart learns the public keys from the auth host; together they read them from the
 * database.
 */
function contextOf(config: Config, { db }: OpenedDatabase, hosts: readonly Host[]): AppContext {
  const clock = systemClock;
  const keys = hosts.includes('auth') ? () => readPublicKeys({ db }) : keysOfAuthHost(config.authUrl);
  return { config, db, clock, tokens: openTokenVerifier({ db, clock, keys }), log: createLog(config) };
}

async function firstAccountOf(context: AppContext): Promise<Welcome['firstAccount']> {
  const made = await ensureFirstAccount(context);
  if (made === null) return undefined;
  return { email: made.account.email, password: made.generatedPassword ?? undefined };
}

type Urls = Pick<Welcome, 'apiUrl' | 'authUrl'>;

const BUILDERS = { auth: buildAuth, api: buildApi } as const;

async function serve(context: AppContext, hosts: readonly Host[], stopping: Stopping): Promise<Urls> {
  const { config } = context;
  const apps = await Promise.all(hosts.map((host) => BUILDERS[host](context)));
  stopping.add(() => Promise.all(apps.map((app) => drain(app, config.shutdownSeconds))));
  const urls: Urls = { apiUrl: undefined, authUrl: undefined };
  for (const [index, app] of apps.entries()) {
    const host = hosts[index] ?? 'api';
    const port = await listen(app, { config, host });
    const given = host === 'api' ? config.apiUrl : config.authUrl;
    Object.assign(urls, { [`${host}Url`]: given.replace(/:0$/, `:${port}`) });
  }
  return urls;
}

/** Answers the port, which the system chose where 0 was asked for. */
async function listen(app: App, { config, host }: { config: Config; host: Host }): Promise<number> {
  const port = host === 'api' ? config.apiPort : config.authPort;
  try {
    await app.listen({ host: config.host, port, backlog: 1024 });
  } catch (error) {
    throw portFailure(error, { address: config.host, port, setting: `LOANBOOK_${host.toUpperCase()}_PORT` });
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function portFailure(error: unknown, place: { address: string; port: number; setting: string }): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const { address, port, setting } = place;
  switch (code) {
    case 'EADDRINUSE':
      return new StartFailure(
        `port ${port} on ${address} is taken: stop the program that has it, or set ${setting} to another port`,
      );
    case 'EACCES':
      return new StartFailure(`port ${port} needs more rights: set ${setting} to a port above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartFailure(`this machine has no address ${address}: correct LOANBOOK_HOST`);
    default:
      return error;
  }
}

/** Takes no more, finishes what is in flight, and cuts what has not finished in time. */
async function drain(app: App, seconds: number): Promise<void> {
  const closed = app.close();
  // Connections kept alive by clients become idle one by one, as their last answers go out.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  const finished = await within(seconds * 1000, closed);
  clearInterval(sweep);
  if (finished) return;
  say(`some calls did not finish within ${seconds} s and were cut`);
  app.server.closeAllConnections();
  await within(1_000, closed);
}

function placeOf(opened: OpenedDatabase, config: Config): string {
  if (opened.embedded) return `embedded PostgreSQL, files in ${config.dataDir}`;
  const { host, pathname } = new URL(config.databaseUrl ?? '');
  return `PostgreSQL at ${host}${pathname}`;
}
