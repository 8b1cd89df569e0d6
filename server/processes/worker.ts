/**
 * One of several processes behind the same ports (team.ts starts it). The database is there and its tables
 * are up to date. It ends when it is told to, by its parent or by SIGTERM; Ctrl-C reaches every process of a
 * terminal, and there the parent decides.
 */
import { loadConfig } from '../config.ts';
import { KeySealError } from '../operations/accounts/keySeal.ts';
import { ensureSigningKey } from '../operations/accounts/signingKeys.ts';
import { openStopping, within } from '../stopping.ts';
import { describeFailure } from '../store/configured.ts';
import { openDatabase } from '../store/database.ts';
import { StartFailure } from '../store/embedded/startFailure.ts';
import { openTeamLine } from './figures.ts';
import { contextOf, host } from './hosting.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { PARTS } from './options.ts';
import { keepOn } from './scheduling.ts';

const number = Number(wordAfter('--worker='));
const core = wordAfter('--core=');
const parts = PARTS.filter((part) => wordAfter('--parts=').split(',').includes(part));

const say = (line: string): void => void process.stderr.write(`loanbook: worker ${number}: ${line}\n`);
/** Answers once the message is on its way, or cannot be sent any more. */
const tell = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });

const stopping = openStopping(say);
const config = loadConfig(process.env);

/** Told in full by the parent where a start fails, else here. */
async function fail(error: unknown): Promise<void> {
  const described = describeFailure(error, config);
  say(described instanceof Error ? (described.stack ?? described.message) : String(described));
  await stopping.stop(1);
}

async function start(): Promise<void> {
  const line = openTeamLine(number, (message) => void tell(message));
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') void stopping.stop(0);
    else line.hear(message);
  });
  const keepHere = (pid: number): void => {
    if (core !== '') keepOn(Number(core), pid);
  };
  keepHere(process.pid);
  const db = openDatabase(config.databaseUrl ?? '', {
    ...(config.databasePoolSize !== undefined && { poolSize: config.databasePoolSize }),
    statementTimeoutMilliseconds: config.statementTimeoutMilliseconds,
    connectTimeoutMilliseconds: config.connectTimeoutMilliseconds,
    onConnected: keepHere,
  });
  stopping.add(() => within(2_000, db.close()));
  const context = contextOf({ config, db, parts, peers: line.peers });
  // Connected before the routes are built: that keeps a busy machine from anything else for seconds.
  await ensureSigningKey(context);
  await tell({ kind: 'ready', urls: await host(context, { parts, stopping, say }) });
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('SIGTERM', () => void stopping.stop(0));
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => {});

try {
  await start();
} catch (error) {
  const described = describeFailure(error, config);
  const isPlain = described instanceof StartFailure || described instanceof KeySealError;
  const why = described instanceof Error ? (isPlain ? described.message : described.stack) : undefined;
  await tell({ kind: 'failed', why: why ?? String(described) });
  await stopping.stop(1);
}

function wordAfter(name: string): string {
  return (
    process.argv
      .slice(2)
      .find((each) => each.startsWith(name))
      ?.slice(name.length) ?? ''
  );
}
