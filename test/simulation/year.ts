/**
 * A year of a lender, simulated on a real server and its database. `prove` lives it through and looks at the
 * book in every way there is; with kills it lives the same year twice and compares the two books.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../server/root.ts';
import { chanceOf } from '../fuzz/random.ts';
import { cleanEnvironment } from '../platform/loanbook.ts';
import { type Lived, live } from './life.ts';
import { differencesOf, type Outcome, readOutcome } from './outcome.ts';
import { LOGIN, openPlace, type Place } from './place.ts';
import { reckon } from './reckoning.ts';
import type { Plan } from './script.ts';

export interface YearOptions {
  readonly plan: Plan;
  readonly workers: number;
  /** How often the server is killed; 0 = never. */
  readonly kills: number;
  /** Of a database without tables. */
  readonly databaseUrl: string;
  readonly say: (line: string) => void;
}

export interface Year {
  readonly lived: Lived;
  readonly outcome: Outcome;
  /** Everything that is wrong with the book, in words. */
  readonly faults: readonly string[];
  readonly seconds: number;
}

export async function year(options: YearOptions): Promise<Year> {
  const { plan, kills, say } = options;
  const since = Date.now();
  const place = await openPlace(options);
  try {
    // Another seed than the script's, so that a year is the same however often it is interrupted.
    const dying = kills === 0 ? undefined : { count: kills, chance: chanceOf(plan.seed + 1) };
    const lived = await live({ plan, place, say, kills: dying });
    const seconds = (Date.now() - since) / 1000;
    say(`lived through in ${seconds.toFixed(0)} s: ${lived.calls} calls, ${lived.kills} kills`);
    const outcome = await readOutcome(place, plan);
    say(`read ${outcome.read.length} loans with ${outcome.transactions} transactions`);
    const faults = [...reckon(outcome, plan), ...(await proofs(place))];
    return { lived, outcome, faults, seconds };
  } finally {
    await place.close();
  }
}

/** Of the same plan. */
export function compareYears(one: Year, other: Year): string[] {
  const refusals = (each: Year): string => JSON.stringify([...each.lived.refused].sort());
  return [
    ...differencesOf(one.outcome, other.outcome),
    ...(refusals(one) === refusals(other) ? [] : [`refusals: ${refusals(one)} and ${refusals(other)}`]),
  ];
}

async function proofs(place: Place): Promise<string[]> {
  const { client } = place;
  const { failures, runs } = await client.closeOfBusiness.status();
  const open = runs.filter(({ status }) => status !== 'finished');
  const found = runs.flatMap(({ date, findings = [] }) =>
    findings.map((each) => `${date}: ${JSON.stringify(each)}`),
  );
  const said = await Promise.all([loanbook(place, ['verify']), loanbook(place, ['audit', 'verify'])]);
  return [
    ...(failures === 0 ? [] : [`${failures} loans could not be closed`]),
    ...open.map(({ date }) => `${date} is not closed`),
    ...found,
    ...said.filter(({ code }) => code !== 0).map(({ text }) => text),
  ];
}

/** The command as operators run it. */
function loanbook(
  { apiUrl, authUrl }: Place,
  args: readonly string[],
): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'cli', 'bin.mjs'), ...args], {
    env: {
      ...cleanEnvironment(),
      LOANBOOK_URL: apiUrl,
      LOANBOOK_AUTH_URL: authUrl,
      LOANBOOK_EMAIL: LOGIN.email,
      LOANBOOK_PASSWORD: LOGIN.password,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}
