/** The course of the bench: a book for itself, a larger one and both in turns, then what spoils a book. */
import { breakIn, playRound } from './breakIn.ts';
import { measureBareHttp } from './ceilings/bareHttp.ts';
import { measureBareSql } from './ceilings/bareSql.ts';
import { measurePgbench, type Turns } from './ceilings/pgbench.ts';
import { agedLoans, FIRST_DAY, measureClosing } from './closeOfBusiness.ts';
import { runClosedLoop } from './load/closedLoop.ts';
import { LOAD_NAMES, type Options } from './options.ts';
import { playBeside, playPairs } from './pairs.ts';
import { importAll } from './place/book.ts';
import { settle, startServer } from './place/server.ts';
import { type Asked, EMPTY, openPlay, type Play, part, sampleMemory, settingsOf, targetOf } from './play.ts';
import { playPaced, playScenario } from './runs.ts';
import { create } from './scenarios/create.ts';
import { hot } from './scenarios/hot.ts';
import { mixed } from './scenarios/mixed.ts';
import { read } from './scenarios/read.ts';
import { repay } from './scenarios/repay.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { measureTokens } from './scenarios/tokens.ts';

const SCENARIOS: Readonly<Record<(typeof LOAD_NAMES)[number], Scenario>> = {
  ...{ repay, hot, create, mixed, read },
};

const scenariosOf = ({ names }: Options): Scenario[] =>
  LOAD_NAMES.filter((name) => names.includes(name)).map((name) => SCENARIOS[name]);

/** The first book stays up while the second one is filled and measured. */
export async function playBooks(asked: Asked): Promise<void> {
  const { options } = asked;
  const first = await openPlay(asked, options.small);
  try {
    await playFirst(first);
    if (options.large > 0) await part(first, 'the second book', () => playSecond(asked, first));
    if (options.names.includes('memory')) await part(first, 'memory', () => fillUp(first));
    await playCeiling(first);
  } finally {
    await first.close();
  }
}

async function playFirst(play: Play): Promise<void> {
  const { server, options, result, say } = play;
  const scenarios = scenariosOf(options);
  if (scenarios.length > 0) result.breakIn = await breakIn(play);
  sampleMemory(play);
  for (const scenario of scenarios)
    await part(play, scenario.name, async () => {
      await settle(server);
      await playScenario(play, scenario);
      sampleMemory(play);
    });
  if (options.names.includes('tokens'))
    await part(play, 'tokens', async () => {
      result.tokens = await measureTokens(server);
    });
  if (options.names.includes('pgbench'))
    await part(play, 'pgbench', async () => {
      const turns: Turns = (once) => playBeside(play, SCENARIOS.repay, once);
      const asked = { seconds: options.seconds, scale: options.pgbenchScale, turns };
      const pgbench = await measurePgbench(server, asked);
      result.pgbench = pgbench;
      if (!pgbench.found) return say(`pgbench: ${pgbench.why}`);
      const { small, large, share } = pgbench.turns;
      say(`pgbench: ${Math.round(small)}/s, repayments ${Math.round(large)}/s: ${share.toFixed(2)} x`);
    });
}

async function playSecond(asked: Asked, first: Play): Promise<void> {
  const { options, shares, say } = asked;
  const second = await openPlay(asked, options.large);
  try {
    const scenarios = scenariosOf(options);
    if (scenarios.length > 0) {
      second.result.breakIn = await breakIn(second);
      sampleMemory(second);
      say(`the first book again: ${Math.round(await playRound(first))} a second`);
    }
    for (const scenario of scenarios)
      await part(second, scenario.name, async () => {
        shares.push(await playPairs({ small: first, large: second }, scenario));
        if (scenario === SCENARIOS.repay) await playPaced(second, scenario);
        for (const play of [first, second]) sampleMemory(play);
      });
    await playCeiling(second);
  } finally {
    await second.close();
  }
}

const FILL_SECONDS = 15;
const LONGEST_FILL_MILLISECONDS = 600_000;

/** More of the mixed load, until so many requests have been answered. */
async function fillUp(play: Play): Promise<void> {
  const { stage, options, requests, result, say } = play;
  const since = Date.now();
  while (requests.sent < options.requests && Date.now() - since < LONGEST_FILL_MILLISECONDS) {
    const loop = { target: targetOf(play), connections: 64, warmupSeconds: 0 };
    const run = await runClosedLoop({ ...loop, seconds: FILL_SECONDS, next: mixed.open(stage) });
    requests.sent += run.calls;
    sampleMemory(play);
    const largest = result.memory.at(-1)?.largestMegabytes.toFixed(0);
    say(`${requests.sent} requests, ${largest} MB the largest process`);
  }
}

/** Last of all on a book: from here on it holds rows that mean nothing. */
async function playCeiling(play: Play): Promise<void> {
  const { server, stage, options, result, say } = play;
  if (!options.names.includes('ceiling')) return;
  await part(play, 'ceiling', async () => {
    await settle(server);
    const asked = { ids: stage.book.walletIds, seconds: options.seconds };
    result.ceilings = [await measureBareHttp(play), ...(await measureBareSql(server, asked))];
    for (const { what, perSecond } of result.ceilings) say(`${what}: ${Math.round(perSecond)}/s`);
  });
}

/** A sandbox of its own, whose days are closed. */
export async function playClosing({ options, say, onStart, books }: Asked): Promise<void> {
  const loans = Math.max(options.small, options.large);
  say(`a fresh sandbox, and a book of ${loans.toLocaleString('en-US')} loans made on the 40 days before`);
  const sandbox = { LOANBOOK_MODE: 'sandbox', LOANBOOK_BUSINESS_DATE: FIRST_DAY };
  const server = await startServer({ ...settingsOf(options), ...sandbox });
  try {
    await onStart(server);
    const products = await server.client.loanProducts.list();
    const productId = products.find((each) => each.shortName === 'WL30')?.id ?? '';
    const seconds = await importAll(server, agedLoans(loans, productId));
    const imported = { loans, seconds, perSecond: loans / seconds, customers: 0, customersPerSecond: 0 };
    await settle(server);
    const closedDays = await measureClosing(server, { say });
    books.push({ ...EMPTY, loans, imported, closedDays });
  } finally {
    await server.stop();
  }
}
