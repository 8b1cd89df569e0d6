/**
 * A server is broken in until it no longer gets faster: V8 goes on compiling for minutes, and what is
 * measured first would look slower than what comes later. Rounds of all that is measured; over when the last
 * two are no more than 3 % above the best one before them:
 *
 *   1,800  2,400  2,700  2,900  2,950  2,930 a second   -> over, as 2,950 and 2,930 are within 3 % of 2,900
 */
import { runClosedLoop } from './load/closedLoop.ts';
import type { Shot } from './load/tally.ts';
import type { BreakInLimits } from './options.ts';
import { type Play, targetOf } from './play.ts';
import type { BreakInFigures } from './results.ts';
import { create } from './scenarios/create.ts';
import { hot } from './scenarios/hot.ts';
import { mixed } from './scenarios/mixed.ts';
import { read } from './scenarios/read.ts';
import { repay } from './scenarios/repay.ts';
import { oneOf, type Stage } from './scenarios/scenario.ts';

const CONNECTIONS = 64;
const GAIN = 1.03;

/** Whether the last two rounds, in answers a second, gained nothing on those before them. */
export function isSteady(rounds: readonly number[]): boolean {
  const [before, last] = [rounds.slice(0, -2), rounds.slice(-2)];
  return before.length > 0 && Math.max(...last) <= GAIN * Math.max(...before);
}

/** Whether there have been rounds enough. */
export function isBrokenIn(rounds: readonly number[], limits: BreakInLimits): boolean {
  const seconds = rounds.length * limits.roundSeconds;
  if (seconds + limits.roundSeconds > limits.mostSeconds) return true;
  return seconds >= limits.leastSeconds && isSteady(rounds);
}

export async function breakIn(play: Play): Promise<BreakInFigures> {
  const { breakIn: limits } = play.options;
  const rounds: number[] = [];
  do rounds.push(await playRound(play));
  while (!isBrokenIn(rounds, limits));
  const figures = { seconds: rounds.length * limits.roundSeconds, rounds, isSteady: isSteady(rounds) };
  const shown = rounds.map((perSecond) => Math.round(perSecond)).join(', ');
  play.say(`broken in for ${figures.seconds} s: ${shown} a second`);
  return figures;
}

/** Answers the answers a second. */
export async function playRound(play: Play): Promise<number> {
  const { stage, options, requests } = play;
  const loop = { target: targetOf(play), connections: CONNECTIONS, warmupSeconds: 0 };
  const seconds = options.breakIn.roundSeconds;
  const { calls, perSecond } = await runClosedLoop({ ...loop, seconds, next: callsOf(stage) });
  requests.sent += calls;
  return perSecond;
}

/** Of ten calls. Few new loans: the book should stay about as large as it is. */
const PARTS = [mixed, mixed, mixed, read, read, repay, repay, hot, hot, create];

function callsOf(stage: Stage): () => Shot {
  const opened = new Map(PARTS.map((scenario) => [scenario, scenario.open(stage)]));
  const calls = PARTS.flatMap((scenario) => opened.get(scenario) ?? []);
  return () => oneOf(calls)();
}
