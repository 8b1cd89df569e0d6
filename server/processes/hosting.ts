/** What one process runs of a deployment: the hosts that listen, and the work without a caller. */
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { buildApi, buildAuth } from '../http/app.ts';
import { type App, type AppContext, createContext } from '../http/context.ts';
import { createLog } from '../http/edge/log.ts';
import type { Peers } from '../http/edge/peers.ts';
import { startJobs } from '../jobs/startJobs.ts';
import { type Stopping, within } from '../stopping.ts';
import type { Database } from '../store/database.ts';
import { StartFailure } from '../store/embedded/startFailure.ts';
import type { Part } from './options.ts';

export type Host = 'auth' | 'api';

/** Where callers reach the hosts that run here. */
export interface Urls {
  readonly apiUrl: string | undefined;
  readonly authUrl: string | undefined;
}

export interface Hosting {
  readonly config: Config;
  readonly db: Database;
  readonly parts: readonly Part[];
  /** Other processes of the same start; absent: there is only this one. */
  readonly peers?: Peers;
}

/**
 * An api that runs apart learns the public keys from the auth host; together they read them from the
 * database.
 */
export function contextOf({ config, db, parts, peers }: Hosting): AppContext {
  const log = createLog({ logLevel: config.logLevel, worker: peers?.worker ?? 1 });
  const authRunsApart = parts.includes('api') && !parts.includes('auth');
  const context = createContext({ config, db, clock: systemClock, log, authRunsApart });
  return { ...context, ...(peers && { peers }) };
}

const BUILDERS = { auth: buildAuth, api: buildApi } as const;

/** Starts what this process is to run; answers once its ports are taken. */
export async function host(
  context: AppContext,
  { parts, stopping, say }: { parts: readonly Part[]; stopping: Stopping; say: (line: string) => void },
): Promise<Urls> {
  const { config } = context;
  const hosts = parts.filter((part) => part !== 'worker');
  const apps = await Promise.all(hosts.map((each) => BUILDERS[each](context)));
  stopping.add(() => Promise.all(apps.map((app) => drain(app, { seconds: config.shutdownSeconds, say }))));
  const urls: Record<keyof Urls, string | undefined> = { apiUrl: undefined, authUrl: undefined };
  for (const [index, app] of apps.entries()) {
    const name = hosts[index] ?? 'api';
    const port = await listen(app, { config, host: name });
    const given = name === 'api' ? config.apiUrl : config.authUrl;
    urls[`${name}Url`] = given.replace(/:0$/, `:${port}`);
  }
  if (parts.includes('worker')) {
    const jobs = startJobs(context);
    stopping.add(() => within(config.shutdownSeconds * 1000, jobs.stop()));
  }
  return urls;
}

/** Answers the port, which the system chose where 0 was asked for. */
async function listen(app: App, { config, host: name }: { config: Config; host: Host }): Promise<number> {
  const port = name === 'api' ? config.apiPort : config.authPort;
  try {
    await app.listen({ host: config.host, port, backlog: 1024 });
  } catch (error) {
    throw portFailure(error, { address: config.host, port, setting: `LOANBOOK_${name.toUpperCase()}_PORT` });
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
async function drain(
  app: App,
  { seconds, say }: { seconds: number; say: (line: string) => void },
): Promise<void> {
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
