/**
 * Loanbook as its own process on a database that outlives it: it can be killed at any moment, and is started
 * again at the same address.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, type LoanbookClient, LoanbookError } from '../../sdk/client.ts';
import { type Database, openDatabase } from '../../server/store/database.ts';
import { freePorts, type Loanbook, start, stop } from '../platform/loanbook.ts';
import { FIRST_DAY } from './script.ts';

export const LOGIN = { email: 'year@example.com', password: 'a password for the year' };

export interface Place {
  readonly apiUrl: string;
  readonly authUrl: string;
  /** Looks into the database beside the server. */
  readonly db: Database;
  readonly client: LoanbookClient;
  /** The day that is being closed right now. */
  closingDay(): Promise<string | undefined>;
  /**
   * SIGKILL; answers the day whose closing it cut in the middle, if it did. A new start is on its way then,
   * for which `persist` waits.
   */
  kill(): Promise<string | undefined>;
  /** Sends a call until it is answered, under one key; a refusal is an answer too. */
  persist<T>(
    key: string,
    call: (options: { readonly idempotencyKey: string }) => Promise<T>,
  ): Promise<Told<T>>;
  /** SIGTERM; what it printed over all its lives. */
  close(): Promise<void>;
}

export type Told<T> = { readonly answer: T } | { readonly refused: string };

export interface PlaceOptions {
  readonly databaseUrl: string;
  readonly workers: number;
}

const LONGEST_CALL_MILLISECONDS = 30 * 60_000;

export async function openPlace({ databaseUrl, workers }: PlaceOptions): Promise<Place> {
  const ports = await freePorts();
  const settings = {
    ...ports,
    DATABASE_URL: databaseUrl,
    LOANBOOK_WORKERS: String(workers),
    LOANBOOK_MODE: 'sandbox',
    LOANBOOK_BUSINESS_DATE: FIRST_DAY,
    LOANBOOK_LOG_LEVEL: 'error',
    // A machine that is busy with other things proves nothing about ours.
    LOANBOOK_CONNECT_TIMEOUT_MS: '60000',
    LOANBOOK_STATEMENT_TIMEOUT_MS: '120000',
    LOANBOOK_ADMIN_EMAIL: LOGIN.email,
    LOANBOOK_ADMIN_PASSWORD: LOGIN.password,
  };
  let running: Promise<Loanbook> = startPatiently(settings);
  const { apiUrl, authUrl } = await running;
  const db = openDatabase(databaseUrl, {
    // Tests hold rows by some of them.
    poolSize: 4,
    statementTimeoutMilliseconds: LONGEST_CALL_MILLISECONDS,
  });
  const client = createClient({
    ...{ apiUrl, authUrl, login: LOGIN, timeout: LONGEST_CALL_MILLISECONDS },
    retries: { retries: 0 },
  });
  const kill = async (): Promise<string | undefined> => {
    const before = await running;
    before.process.kill('SIGKILL');
    await before.ended;
    const cut = await openRun(db);
    running = startPatiently(settings);
    // Whoever waits for it hears of a failure.
    running.catch(() => {});
    return cut;
  };
  const persist: Place['persist'] = async (idempotencyKey, call) => {
    for (;;) {
      await running;
      try {
        return { answer: await call({ idempotencyKey }) };
      } catch (error) {
        if (!(error instanceof LoanbookError)) throw error;
        if (error.code === 'internal') throw error;
        if (!MENDS_ITSELF.has(error.code)) return { refused: `${error.code}: ${error.message}` };
        await pause(20);
      }
    }
  };
  const close = async (): Promise<void> => {
    await db.close();
    await stop(await running);
  };
  return { apiUrl, authUrl, db, client, closingDay: () => openRun(db), kill, persist, close };
}

const STARTS = 5;

/** A start may come too early for a database that is busy with whatever else the machine does. */
async function startPatiently(settings: Parameters<typeof start>[0]): Promise<Loanbook> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(settings);
    } catch (error) {
      const isEarly = error instanceof Error && /no PostgreSQL answers/.test(error.message);
      if (!isEarly || attempt === STARTS) throw error;
    }
  }
}

const MENDS_ITSELF: ReadonlySet<string> = new Set(['network', 'timeout', 'unavailable']);

async function openRun(db: Database): Promise<string | undefined> {
  const [row] = await db.read.query<{ day: string }>(
    'select day::text as day from close_of_business_run where finished_at is null order by day limit 1',
  );
  return row?.day;
}
