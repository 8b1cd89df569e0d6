/** The only wiring: configuration -> database -> tables -> first rows -> the two hosts -> listen -> stop in good order. */
import { randomBytes } from 'node:crypto';
import { systemClock } from './clock.ts';
import { type Config, ConfigError, type Environment, loadConfig } from './config.ts';
import { buildApi, buildAuth } from './http/app.ts';
import type { App, AppContext } from './http/context.ts';
import { createLog } from './http/edge/log.ts';
import { ensureFirstAccount } from './operations/accounts/accounts.ts';
import { KeySealError } from './operations/accounts/keySeal.ts';
import { keysOfAuthHost } from './operations/accounts/publicKeys.ts';
import { ensureSigningKey, readPublicKeys } from './operations/accounts/signingKeys.ts';
import { openTokenVerifier } from './operations/accounts/tokenVerifier.ts';
import { seedBook } from './operations/seed/seedBook.ts';
import { type Stopping, stopOnSignals, within } from './stopping.ts';
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
    const hosts = hostsToServe(args);
    config = loadConfig(env);
    await start(config, { hosts, stopping, fail });
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

/** `--only auth` or `--only api` leaves the other host to another process. */
function hostsToServe(args: readonly string[]): readonly Host[] {
  if (args.length === 0) return ['auth', 'api'];
  const [option, host, ...rest] = args.flatMap((each) => each.split('='));
  if (option !== '--only' || rest.length > 0)
    throw new StartFailure(`unknown option ${args.join(' ')}: ${USAGE}`);
  if (host === 'worker')
    throw new StartFailure('--only worker: this release has no background work yet, there is nothing to run');
  if (host !== 'auth' && host !== 'api') throw new StartFailure(`--only ${host ?? ''}: ${USAGE}`);
  return [host];
}

const USAGE =
  'the only option is --only auth | --only api; settings are environment variables, see README.md';

interface Run {
  readonly hosts: readonly Host[];
  readonly stopping: Stopping;
  readonly fail: (error: unknown) => Promise<void>;
}

async function start(config: Config, { hosts, stopping, fail }: Run): Promise<void> {
  const opened = await openConfigured(config, { say, onLost: (error) => void fail(error) });
  const { db, embedded } = opened;
  stopping.add(async () => embedded?.stop());
  stopping.add(() => within(2_000, db.close()));
  await migrate(db);
  await seedBook(db, config);
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

/** An api that runs apart learns the public keys from the auth host; together they read them from the database. */
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
