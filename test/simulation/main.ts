/** `npm run simulate:year`: see `--help`. Exit code 1 when anything about the book is wrong. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbedded } from '../../server/store/embedded.ts';
import { cleanUp, freshFolder } from '../platform/loanbook.ts';
import { compareYears, type Year, type YearOptions, year } from './year.ts';

const HELP = `npm run simulate:year -- [options]

Lives through days of a lender on a real server: loans are made, paid and not paid, each day is closed; then
proves the book: verify, audit verify, reports against a count of the loans one by one.

  --loans N    loans made over the time (10000)
  --days N     days (365)
  --seed N     decides everything that happens (1)
  --kills [N]  the same year once more, in which the server is killed N times (20) in the middle of closing
               days and of payments; the two books must be the same
  --workers N  processes of the server (1)
`;

export async function simulate(args: readonly string[]): Promise<void> {
  const given = withNumber(args);
  const { values } = parseArgs({ args: given, options: OPTIONS });
  if (values.help) return void process.stdout.write(HELP);
  const plan = { loans: number(values.loans), days: number(values.days), seed: number(values.seed) };
  const asked = { plan, workers: number(values.workers) };
  try {
    const kills = values.kills === undefined ? undefined : number(values.kills);
    const [peaceful, killed] = await Promise.all([
      inFreshDatabase({ ...asked, kills: 0 }, 'without kills'),
      kills === undefined ? undefined : inFreshDatabase({ ...asked, kills }, 'with kills'),
    ]);
    const differences = killed === undefined ? [] : compareYears(peaceful, killed);
    if (killed !== undefined) tellFaults('comparison', differences);
    const isWrong = [peaceful.faults, killed?.faults ?? [], differences].some((faults) => faults.length > 0);
    process.exitCode = isWrong ? 1 : 0;
  } finally {
    cleanUp();
  }
}

const MOST_TOLD = 100;

function tellFaults(which: string, faults: readonly string[]): void {
  for (const fault of faults.slice(0, MOST_TOLD)) process.stdout.write(`${which}: wrong: ${fault}\n`);
  process.stdout.write(
    `${which}: ${faults.length === 0 ? 'nothing is' : `${faults.length} things are`} wrong\n`,
  );
}

const text = (standard?: string) =>
  ({ type: 'string', ...(standard !== undefined && { default: standard }) }) as const;
const OPTIONS = {
  loans: text('10000'),
  days: text('365'),
  seed: text('1'),
  kills: text(),
  workers: text('1'),
  help: { type: 'boolean' },
} as const;

/** `--kills` may stand alone. */
const withNumber = (args: readonly string[]): string[] =>
  args.flatMap((each, place) =>
    each === '--kills' && !/^\d+$/.test(args[place + 1] ?? '') ? ['--kills', '20'] : [each],
  );

function number(given: string | undefined): number {
  if (given !== undefined && /^\d{1,9}$/.test(given)) return Number(given);
  throw new Error(`${given} is not a number; --help tells the options`);
}

const since = Date.now();
const sayer =
  (which: string) =>
  (line: string): void =>
    void process.stdout.write(
      `${((Date.now() - since) / 1000).toFixed(0).padStart(6)} s  ${which}: ${line}\n`,
    );

/** A power cut is another test's matter: here the database may keep in memory what it likes. */
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

async function inFreshDatabase(
  options: Omit<YearOptions, 'databaseUrl' | 'say'>,
  which: string,
): Promise<Year> {
  const embedded = await startEmbedded({ dataDir: join(freshFolder(), 'data'), settings: FORGETFUL });
  try {
    const lived = await year({ ...options, databaseUrl: embedded.url, say: sayer(which) });
    tell(which, lived);
    tellFaults(which, lived.faults);
    return lived;
  } finally {
    await embedded.stop();
  }
}

function tell(which: string, { lived, outcome, seconds }: Year): void {
  const { calls, refused, kills, cutDays } = lived;
  const facts = {
    loans: outcome.read.length,
    transactions: outcome.transactions,
    calls,
    kills,
    cutDays: cutDays.length,
    seconds: Math.round(seconds),
    refused: Object.fromEntries(refused),
  };
  process.stdout.write(`${which}: ${JSON.stringify(facts, null, 2)}\n`);
}
