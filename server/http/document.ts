/**
 * The OpenAPI document without a database behind it: routes only describe themselves while they are recorded.
 */
import { systemClock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import type { Database } from '../store/database.ts';
import { buildApi } from './app.ts';
import { createContext } from './context.ts';
import { createLog } from './edge/log.ts';

/** The document of a deployment with standard settings, the same at every call. */
export async function standardDocument(): Promise<Record<string, unknown>> {
  const config: Config = { ...loadConfig({}), logLevel: 'silent' };
  const context = createContext({
    config,
    db: NO_DATABASE,
    clock: systemClock,
    log: createLog(config),
    authRunsApart: false,
  });
  const app = await buildApi(context);
  try {
    return (await app.inject('/openapi.json')).json<Record<string, unknown>>();
  } finally {
    await app.close();
  }
}

const unreachable = (): never => {
  throw new Error('a route reached for the database while it was being recorded');
};

const NO_DATABASE: Database = {
  read: { query: unreachable },
  readByKey: { query: unreachable },
  transaction: unreachable,
  get bulk() {
    return NO_DATABASE;
  },
  connections: () => ({ total: 0, idle: 0, waiting: 0 }),
  close: async () => {},
};
