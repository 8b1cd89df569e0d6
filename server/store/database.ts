/**
 * The only door to PostgreSQL: a pool, single reads, and transactions.
 *
 * Statements of one transaction may be sent without waiting for each other (`Promise.all`): they are
 * pipelined, several to a message (pipeline.ts). A failed one does not stop those of later messages from
 * being sent: the transaction therefore hears of every statement, and believes in COMMIT only when the server
 * answers COMMIT. COMMIT leaves with the statements that the work did not wait for.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Answer, type Ask, openPipeline, type Sent, type Statement, textOf } from './batch/pipeline.ts';
import {
  classified,
  DatabaseUnavailable,
  isAnswer,
  isConflict,
  isDisconnected,
  isStalePlan,
  isUndoneByCluster,
  isUnsent,
  sqlState,
} from './failure.ts';

export interface Tx {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  /** Single statements, each committed by itself. */
  readonly read: Tx;
  /** The same for look-ups of a few keys, which one plan serves well whatever the keys are. */
  readonly readByKey: Tx;
  /**
   * Runs `work` in one READ COMMITTED transaction; runs it again when the database undid it for a conflict.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * The same with transactions that can copy rows in (bulk/copying.ts), on a few connections of their own.
   */
  readonly bulk: Database;
  /** The pool as it stands, for the figures. */
  connections(): Connections;
  /** Waits for what is in flight, then closes every connection. */
  close(): Promise<void>;
}

export interface TransactionOptions {
  /** How long a statement may wait for a lock; absent: as long as any statement may take. */
  readonly lockTimeoutMilliseconds?: number;
  /** A conflict with another transaction is the caller's to deal with. */
  readonly conflicts?: 'thrown';
  /**
   * `once`: its statements are by key, so a plan made once serves all values. By itself PostgreSQL plans a
   * list of keys anew as long as that seems cheaper than a plan for ten: ten times the work of the look-up.
   */
  readonly plans?: 'once';
  /**
   * The database gives it a number at once: by this number one can ask, should COMMIT be lost, whether it is
   * still at work (`DatabaseUnavailable.transaction`).
   */
  readonly numbered?: true;
}

/** Open connections, those of them that are idle, and callers waiting for one. */
export interface Connections {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface DatabaseOptions {
  readonly poolSize?: number;
  readonly statementTimeoutMilliseconds?: number;
  readonly connectTimeoutMilliseconds?: number;
  /** Hears of connections lost while idle; they are replaced by themselves. */
  readonly onConnectionLost?: (error: Error) => void;
  /** Hears of new connections, but not of those for bulk: the database's process that serves it. */
  readonly onConnected?: (pid: number) => void;
}

const ATTEMPTS = 10;

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = openPool(url, options, {
    max: options.poolSize ?? 10,
    statement_timeout: options.statementTimeoutMilliseconds ?? 15_000,
  });
  pool.on('connect', (client) => options.onConnected?.(pidOf(client)));
  // COPY takes a connection to itself; unused ones are closed soon.
  const bulkPool = openPool(url, options, {
    max: BULK_CONNECTIONS,
    idleTimeoutMillis: 10_000,
    statement_timeout: BULK_STATEMENT_MILLISECONDS,
  });
  const [nameOf, nameByKey] = [statementNames('s'), statementNames('k')];
  const close = async (): Promise<void> => {
    await Promise.all([pool.end(), bulkPool.end()]);
  };
  const read: Tx = { query: async (text, values) => readOnce(pool, [queryOf(nameOf(text), values)]) };
  const readByKey: Tx = {
    query: async (text, values) => readOnce(pool, [PLAN_ONCE, queryOf(nameByKey(text), values)]),
  };
  const bulk: Database = {
    read,
    readByKey,
    transaction: (work, how) => runTransaction({ pool: bulkPool, nameOf, isBulk: true }, work, how),
    connections: () => connectionsOf(bulkPool),
    close,
    get bulk() {
      return bulk;
    },
  };
  return {
    read,
    readByKey,
    transaction: (work, how) =>
      runTransaction({ pool, nameOf: how?.plans === 'once' ? nameByKey : nameOf }, work, how),
    connections: () => connectionsOf(pool),
    close,
    bulk,
  };
}

/** As the database said when the connection was made; the driver's types do not know of it. */
const pidOf = (client: pg.PoolClient): number =>
  (client as unknown as { processID: number | null }).processID ?? 0;

const BULK_CONNECTIONS = 2;
const BULK_STATEMENT_MILLISECONDS = 60_000;

function openPool(url: string, options: DatabaseOptions, own: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'loanbook',
    keepAlive: true,
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: options.connectTimeoutMilliseconds ?? 5_000,
    types: { getTypeParser },
    ...own,
  });
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // For life: when the server ends a connection in the very moment in which it is handed out, nobody else
  // listens, and the error would end the process. Whoever has the connection fails on its next use.
  pool.on('connect', (client) => void client.on('error', (reason) => noteEnding(client, reason)));
  return pool;
}

/** Why connections were lost that waited for their next statement: who sends it is only told that it was. */
const endings = new WeakMap<pg.PoolClient, Error>();

/** The first reason: that the connection is gone comes behind it. */
function noteEnding(client: pg.PoolClient, reason: Error): void {
  if (!endings.has(client)) endings.set(client, reason);
}

function explained(error: unknown, client: pg.PoolClient): unknown {
  const unsent = error instanceof DatabaseUnavailable ? error.cause : error;
  if (unsent instanceof Error && isUnsent(unsent)) unsent.cause ??= endings.get(client);
  return error;
}

const connectionsOf = (pool: pg.Pool): Connections => ({
  total: pool.totalCount,
  idle: pool.idleCount,
  waiting: pool.waitingCount,
});

const bulkClients = new WeakMap<Tx, pg.PoolClient>();

/** The connection of a transaction of `Database.bulk`; undefined for any other. */
export const bulkClientOf = (tx: Tx): pg.PoolClient | undefined => bulkClients.get(tx);

interface Session {
  readonly pool: pg.Pool;
  readonly nameOf: (text: string) => Prepared;
  readonly isBulk?: true;
}

/** A text and the name under which it is prepared. */
type Prepared = Omit<Statement, 'values'>;

/** Answers the rows of the last statement. */
async function readOnce<Row extends object>(pool: pg.Pool, statements: readonly Statement[]): Promise<Row[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce<Row>(pool, statements);
    } catch (error) {
      // Its connection is dropped; the next one that was idle may have prepared the statement then as well.
      if (attempt > pool.options.max || !isStalePlan(error)) throw classified(error);
    }
  }
}

async function askOnce<Row extends object>(pool: pg.Pool, statements: readonly Statement[]): Promise<Row[]> {
  const client = await pool.connect();
  try {
    const answers = await Promise.all(statements.map(openPipeline(client, getTypeParser)));
    client.release();
    return (answers.at(-1)?.rows ?? []) as Row[];
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

async function runTransaction<T>(
  session: Session,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryTransaction(session, work, options);
    } catch (error) {
      if (!isWorthRepeating(error, options)) throw classified(error);
      if (attempt === ATTEMPTS)
        throw new DatabaseUnavailable('too many conflicts with other transactions', { cause: error });
      await pause(Math.random() * Math.min(200, 5 * 2 ** attempt));
    }
  }
}

/** Marks a failure before the first statement: a connection that had gone stale in the pool. */
class NotBegun extends Error {}

function isWorthRepeating(error: unknown, { conflicts }: TransactionOptions): boolean {
  if (error instanceof NotBegun || isStalePlan(error)) return true;
  return conflicts !== 'thrown' && (isConflict(error) || isUndoneByCluster(error));
}

async function tryTransaction<T>(
  session: Session,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const client = await session.pool.connect();
  const ask = session.isBulk ? oneByOne(client) : openPipeline(client, getTypeParser);
  let broken: Error | undefined;
  const begun = begin(ask, options);
  try {
    return await commitAfter({ session, client, ask }, { begun: quiet(begun), work });
  } catch (failure) {
    // Without a beginning everything else failed for its sake.
    const error = await begun.then(
      () => failure,
      (reason: unknown) => reason,
    );
    broken = await undo(ask, error);
    throw explained(error, client);
  } finally {
    client.release(broken);
  }
}

/** A connection that can copy rows in takes one statement at a time. */
function oneByOne(client: pg.PoolClient): Ask {
  let last: Promise<unknown> = Promise.resolve();
  const run = async (statement: Statement): Promise<Answer> => {
    const { rows, command } = await client.query<object>(statement as pg.QueryConfig);
    return { rows, tag: command };
  };
  return (statement) => {
    const answer = last.then(() => run(statement));
    last = answer.then(noResult, noResult);
    return answer;
  };
}

const NO_VALUES: readonly Sent[] = [];

/** Answers the number of the transaction if it was asked for. */
async function begin(ask: Ask, options: TransactionOptions): Promise<string | undefined> {
  const behind = behindBegin(options);
  try {
    const [, answer] = await Promise.all([BEGIN, ...(behind ? [behind] : [])].map(ask));
    return (answer?.rows[0] as { number?: string } | undefined)?.number;
  } catch (error) {
    if (isDisconnected(error)) throw new NotBegun('the connection was lost while idle', { cause: error });
    throw error;
  }
}

const BEGIN = { text: 'begin isolation level read committed', name: 'begin', values: NO_VALUES };

/** What is set until the transaction ends, and what is asked for, in one statement. */
function behindBegin({ lockTimeoutMilliseconds: lock, plans, numbered }: TransactionOptions) {
  const parts: string[] = [];
  if (lock) parts.push(`set_config('lock_timeout', '${lock}', true)`);
  if (plans === 'once') parts.push(PLANS_BY_KEY);
  if (numbered) parts.push('pg_current_xact_id()::text as number');
  if (parts.length === 0) return undefined;
  return { text: `select ${parts.join(', ')}`, name: `${lock} ${plans} ${numbered}`, values: NO_VALUES };
}

/**
 * A plan that is made once must not go through a table that happened to be all but empty then: it would go
 * on doing so while the table grows, until it is next analyzed. Where there is no index to take, the price
 * put on that would have PostgreSQL before 18 compile the plan first.
 */
const PLANS_BY_KEY = Object.entries({
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  jit: 'off',
})
  .map(([name, value]) => `set_config('${name}', '${value}', true)`)
  .join(', ');

/** Until the statements that leave with it have ended: they are a transaction of their own. */
const PLAN_ONCE: Statement = {
  text: `select ${PLANS_BY_KEY}`,
  name: 'plan once',
  values: NO_VALUES,
};

/** A connection for the time of a transaction. */
interface Line {
  readonly session: Session;
  readonly client: pg.PoolClient;
  readonly ask: Ask;
}

interface Beginning<T> {
  /** Answers the number of the transaction, if any. */
  readonly begun: Promise<string | undefined>;
  readonly work: (tx: Tx) => Promise<T>;
}

async function commitAfter<T>(line: Line, { begun, work }: Beginning<T>): Promise<T> {
  const failures: unknown[] = [];
  const sent: Promise<void>[] = [];
  const send = sender(line.ask, begun);
  let unsendable: { readonly error: unknown } | undefined;
  let open = true;
  const query = <Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    if (!open)
      return quiet(Promise.reject(new Error('a statement was sent to a transaction that has ended')));
    try {
      const answer = send<Row>(queryOf(line.session.nameOf(text), values));
      sent.push(answer.then(noResult, (error: unknown) => void failures.push(error)));
      // Several statements may fail while `work` waits for the first of them: none may count as unhandled.
      return quiet(answer);
    } catch (error) {
      // Who reads hears of it.
      if (!isReading(text)) unsendable = { error };
      return quiet(Promise.reject(error));
    }
  };
  const tx: Tx = { query };
  if (line.session.isBulk) bulkClients.set(tx, line.client);
  try {
    // What is copied in does not come by here: nobody could hold it back.
    if (line.session.isBulk) await begun;
    const result = await work(tx);
    const transaction = await begun;
    open = false;
    // The database knows nothing of it, and would store the rest.
    if (unsendable) throw unsendable.error;
    const lost = failures.find(isDisconnected);
    // What comes of COMMIT would then look unknown.
    if (lost !== undefined) throw lost;
    await commit(line.ask, { failures, sent, transaction });
    return result;
  } catch (error) {
    open = false;
    await Promise.all(sent);
    throw isAftermath(error) && failures.length > 0 ? failures[0] : error;
  }
}

/**
 * A reading may go out right behind BEGIN. A write waits until BEGIN is answered: were that to fail, the
 * write would commit by itself. What comes behind a write that waits, waits too.
 */
function sender(ask: Ask, begun: Promise<unknown>) {
  let hasBegun = false;
  let isHeld = false;
  // Before anybody waits for the same: who waits goes on in turn, and nobody gets in between.
  void quiet(
    begun.then(() => {
      hasBegun = true;
    }),
  );
  return async <Row extends object>(statement: Statement): Promise<Row[]> => {
    if (!hasBegun && (isHeld || !isReading(statement.text))) {
      isHeld = true;
      await begun;
    }
    return (await ask(statement)).rows as Row[];
  };
}

const isReading = (text: string): boolean => /^\s*select\b/i.test(text);

const noResult = (): void => {};

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(noResult);
  return promise;
}

/**
 * Statements behind a failed one fail too, for its sake: 25P02 transaction aborted, 26000 its statement was
 * not prepared, or the connection is gone.
 */
const isAftermath = (error: unknown): boolean =>
  ['25P02', '26000'].includes(sqlState(error) ?? '') || isUnsent(error);

/** What was sent so far, the failures among it, and all of it ended. */
interface Course {
  readonly failures: readonly unknown[];
  readonly sent: readonly Promise<void>[];
  readonly transaction: string | undefined;
}

/** COMMIT leaves with the statements that nobody has waited for. */
async function commit(ask: Ask, { failures, sent, transaction }: Course): Promise<void> {
  let tag: string;
  try {
    ({ tag } = await ask({ text: 'commit', name: 'commit', values: NO_VALUES }));
  } catch (error) {
    await Promise.all(sent);
    // The server passes over COMMIT when a statement of the same message fails.
    if (failures.includes(error) && isAnswer(error)) throw error;
    throw classified(error, { outcomeUnknown: !isUnsent(error), transaction });
  }
  if (tag === 'COMMIT') return;
  await Promise.all(sent);
  throw failures[0] ?? new Error(`the transaction was not committed: the server answered ${tag}`);
}

/** Rolls back; answers why the connection cannot be used again, if so. */
async function undo(ask: Ask, error: unknown): Promise<Error | undefined> {
  const gone = error instanceof NotBegun || isDisconnected(error) || isStalePlan(error);
  if (gone) return error instanceof Error ? error : new Error(String(error));
  try {
    await ask({ text: 'rollback', values: NO_VALUES });
    return undefined;
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(String(failure));
  }
}

/** Fails where a value cannot be sent. */
function queryOf(prepared: Prepared, values?: readonly unknown[]): Statement {
  const { text, name } = prepared;
  if (values !== undefined) return { text, name, values: values.map(textOf) };
  // Without values a text may hold several statements, which cannot be prepared; a reading is one.
  return isReading(text) ? { text, name, values: NO_VALUES } : { text };
}

const MOST_NAMES = 500;

/**
 * Names a text from its second use on, so that the server plans it once; texts made up per call stay unnamed.
 * Whoever wants other plans needs other names.
 */
function statementNames(prefix: string): (text: string) => Prepared {
  const seen = new Map<string, Prepared>();
  return (text) => {
    const known = seen.get(text);
    if (known?.name !== undefined) return known;
    if (known === undefined && seen.size >= MOST_NAMES) return { text };
    const name = known && `${prefix}${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`;
    const statement = name === undefined ? { text } : { text, name };
    seen.set(text, statement);
    return statement;
  };
}

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
const DATE_ARRAY = 1182;
const NUMERIC_ARRAY = 1231;
const asText = (text: string): string => text;
const TEXT_ARRAY: number = 1009;
const parseTextArray: (text: string) => string[] = pg.types.getTypeParser(TEXT_ARRAY);

/** int8 comes as bigint, date as YYYY-MM-DD, numeric as text, timestamptz as Date, json parsed. */
function getTypeParser(type: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (type === INT8) return BigInt;
  if (type === DATE) return asText;
  if (type === DATE_ARRAY || type === NUMERIC_ARRAY) return parseTextArray;
  if (type === INT8_ARRAY) return (text) => parseTextArray(text).map(BigInt);
  return pg.types.getTypeParser(type, format);
}
