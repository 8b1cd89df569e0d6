/** What the command line asks for. */
import { parseArgs } from 'node:util';

export const LOAD_NAMES = ['repay', 'hot', 'create', 'mixed', 'read'] as const;
export const EXTRA_NAMES = ['tokens', 'ceiling', 'pgbench', 'memory'] as const;
export const ALONE_NAMES = ['close-of-business'] as const;
const NAMES: readonly string[] = [...LOAD_NAMES, ...EXTRA_NAMES, ...ALONE_NAMES];

/** How long a server is broken in, in rounds. */
export interface BreakInLimits {
  readonly roundSeconds: number;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

export interface Options {
  /** Names of scenarios; everything but those that run alone when none was named. */
  readonly names: readonly string[];
  /** Loans of the first book, and of the second one; 0 = no second one. */
  readonly small: number;
  readonly large: number;
  readonly connections: readonly number[];
  /** Of the scenario `read`, which has an aim of its own. */
  readonly readConnections: readonly number[];
  /** Runs on both books, one after the other, of each scenario. */
  readonly pairs: number;
  readonly breakIn: BreakInLimits;
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly pacedSeconds: number;
  readonly workers: number | undefined;
  /** Requests after which memory is looked at. */
  readonly requests: number;
  readonly pgbenchScale: number;
  readonly json: string | undefined;
  /** Puts the figures into docs/performance.md. */
  readonly docs: boolean;
}

export const USAGE = `npm run bench -- [scenario ...] [options]

Scenarios (all of them when none is named, close-of-business apart):
  repay              repayments on random loans
  hot                repayments on one loan
  create             loans of 12 installments
  mixed              70 % reads, 20 % repayments, 10 % loans
  read               a loan with its schedule
  tokens             what verifying a token costs
  ceiling            bare HTTP, and bare SQL that writes the rows of repayments
  pgbench            TPC-B, where pgbench is found
  memory             the server after a million requests
  close-of-business  days closed on a book of --loans

Options:
  --json FILE        all figures
  --docs             puts the tables into docs/performance.md
  --quick            a look in three minutes: small books, short runs
  --long             runs five times as long
  --small N          loans of the first book     (10,000)
  --large N          loans of the second book    (1,000,000; 0 = none)
  --loans N          one book only, of so many loans
  --connections LIST closed loops                (1,16,64,256; read also 32)
  --seconds N        of each run                 (5)
  --workers N        processes of the server     (as it starts by itself: one for each core)
  --requests N       for memory                  (1,000,000)`;

const STANDARD = {
  ...{ small: 10_000, large: 1_000_000, pairs: 4 },
  ...{ connections: [1, 16, 64, 256], readConnections: [1, 16, 32, 64, 256] },
  breakIn: { roundSeconds: 10, leastSeconds: 40, mostSeconds: 180 },
  ...{ warmupSeconds: 1, seconds: 5, pacedSeconds: 6, requests: 1_000_000, pgbenchScale: 64 },
};
const QUICK = {
  ...{ small: 1_000, large: 10_000, pairs: 2, connections: [1, 16], readConnections: [1, 16, 32] },
  breakIn: { roundSeconds: 2, leastSeconds: 6, mostSeconds: 12 },
  ...{ warmupSeconds: 0.5, seconds: 2, pacedSeconds: 2, requests: 20_000, pgbenchScale: 4 },
};
const LONG = { ...STANDARD, warmupSeconds: 5, seconds: 25, pacedSeconds: 30, requests: 5_000_000 };

/** Throws a plain line when something is not understood. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const unknown = positionals.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`no scenario ${unknown}: there are ${NAMES.join(', ')}`);
  const standard = values.quick ? QUICK : values.long ? LONG : STANDARD;
  const count = (name: 'small' | 'large' | 'loans' | 'workers' | 'requests'): number | undefined =>
    values[name] === undefined ? undefined : whole(name, values[name]);
  const loans = count('loans');
  const seconds = values.seconds === undefined ? undefined : whole('seconds', values.seconds);
  return {
    ...standard,
    names: positionals.length > 0 ? positionals : [...LOAD_NAMES, ...EXTRA_NAMES],
    small: loans ?? count('small') ?? standard.small,
    large: loans === undefined ? (count('large') ?? standard.large) : 0,
    ...(seconds !== undefined && { seconds, pacedSeconds: seconds }),
    ...(values.connections !== undefined && connectionsIn(values.connections)),
    workers: count('workers'),
    requests: count('requests') ?? standard.requests,
    json: values.json,
    docs: values.docs === true,
  };
}

/** What was asked for holds for every scenario. */
function connectionsIn(text: string): Pick<Options, 'connections' | 'readConnections'> {
  const connections = text.split(',').map((each) => whole('connections', each));
  return { connections, readConnections: connections };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ json: text, small: text, large: text, loans: text, connections: text, seconds: text },
      ...{ workers: text, requests: text, quick: flag, long: flag, docs: flag },
    },
  });
}

/** `1000000`, `1,000,000` and `1_000_000` alike. */
function whole(name: string, text: string): number {
  const bare = name === 'connections' ? text.trim() : text.replace(/[_,]/g, '');
  if (!/^\d{1,9}$/.test(bare)) throw new Error(`--${name} must be a whole number, not "${text}"`);
  return Number(bare);
}
