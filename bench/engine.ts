/**
 * How fast the engine computes, on one core: schedules of 12 and 360 installments, a repayment on a loan of
 * 12 installments, a replay of 1,000 transactions; and whether the time grows in proportion to installments
 * and to transactions. Beside each schedule, in turn with it, the same table in plain doubles: what the exact
 * figures cost.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { date } from '../server/domain/date.ts';
import { type DecisionContext, decide } from '../server/domain/decide.ts';
import { replayed } from '../server/domain/history/replaying.ts';
import { originateLoan } from '../server/domain/life/preview.ts';
import type { Loan } from '../server/domain/loan.ts';
import { generateCumulativeSchedule } from '../server/domain/schedule/cumulative.ts';
import { exampleInput, exampleTerms, money } from '../server/domain/schedule/exampleLoan.ts';
import { DEFAULT_SETTINGS } from '../server/domain/terms.ts';
import { STANDARD_ACCOUNTING } from '../server/operations/seed/chartOfAccounts.ts';

const START = date('2025-01-15');
const context: DecisionContext = { businessDate: START, settings: DEFAULT_SETTINGS };

interface Figure {
  readonly what: string;
  readonly perSecond: number;
  readonly aim: number | null;
}

/**
 * Runs `work` in rounds for about `seconds` of processor time and answers the middle round, in calls per
 * second of processor time: what other programs on the machine take does not count.
 */
function perSecond(work: () => unknown, seconds = 2): number {
  const calls = callsPerRound(work);
  const rounds = Array.from({ length: Math.max(5, seconds * 10) }, () => calls / secondsOf(work, calls));
  return rounds.sort((a, b) => a - b)[rounds.length >> 1] ?? 0;
}

/** As many calls as take about a tenth of a second, found after a warm-up of at least half a second. */
function callsPerRound(work: () => unknown): number {
  let calls = 1;
  for (let warm = 0; warm < 0.5; calls *= 2) warm += secondsOf(work, calls);
  return Math.max(1, Math.round((calls * 0.1) / secondsOf(work, calls)));
}

/** Processor time of all threads of this process, the garbage collector's too. */
function secondsOf(work: () => unknown, calls: number): number {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** The same equal installments in doubles, each row rounded to cents: no dates, no bigint, no decimals. */
function scheduleInDoubles(numberOfRepayments: number): number {
  const rate = 0.015;
  const growth = (1 + rate) ** numberOfRepayments;
  const installment = (5000 * rate * growth) / (growth - 1);
  let balance = 5000;
  for (let row = 0; row < numberOfRepayments; row += 1) {
    const interest = Math.round(balance * rate * 100) / 100;
    balance -= Math.round((installment - interest) * 100) / 100;
  }
  return balance;
}

const booked = (numberOfRepayments: number, principal = 5000): Loan => {
  const own = { numberOfRepayments, principal: money(principal), accounting: STANDARD_ACCOUNTING };
  const terms = exampleTerms(own);
  return originateLoan({ terms, submittedOn: START }, context).loan;
};

const repaid = (loan: Loan, amount: string): Loan =>
  decide(loan, { kind: 'pay', type: 'repayment', on: START, amount: money(amount) }, context).loan;

function withRepayments(count: number): Loan {
  let loan = booked(12, 100_000);
  for (let payment = 0; payment < count; payment += 1) loan = repaid(loan, '50');
  return loan;
}

function scheduleFigures(): Figure[] {
  return [12, 60, 360].map((rows) => {
    const input = exampleInput({ numberOfRepayments: rows });
    const exact = perSecond(() => generateCumulativeSchedule(input));
    const doubles = perSecond(() => scheduleInDoubles(rows), 0.5);
    print(`schedule of ${rows} installments`, exact, `${(doubles / exact).toFixed(0)} x slower than doubles`);
    return { what: `schedule-${rows}`, perSecond: exact, aim: rows === 12 ? 20_000 : null };
  });
}

function repaymentFigures(): Figure[] {
  return [12, 60, 360].map((rows) => {
    const loan = booked(rows);
    const rate = perSecond(() => repaid(loan, '100'));
    print(`repayment on ${rows} installments`, rate, '');
    return { what: `repayment-${rows}`, perSecond: rate, aim: rows === 12 ? 50_000 : null };
  });
}

function replayFigures(): Figure[] {
  return [10, 100, 1_000].map((count) => {
    const loan = withRepayments(count);
    const rate = perSecond(() => replayed(loan, context));
    print(`replay of ${count} transactions`, rate, `${Math.round(rate * count)} transactions/s`);
    return { what: `replay-${count}`, perSecond: rate, aim: null };
  });
}

const print = (what: string, rate: number, beside: string): void =>
  console.log(`${what.padEnd(34)}${Math.round(rate).toString().padStart(10)}/s   ${beside}`);

/**
 * Time per unit of the largest size over that of the smallest: 1 = grows in proportion, more = faster than
 * that.
 */
function growth(figures: readonly Figure[], sizes: readonly [number, number]): string {
  const [small, large] = [figures[0], figures.at(-1)];
  if (!small || !large) return '-';
  return ((small.perSecond * sizes[0]) / (large.perSecond * sizes[1])).toFixed(2);
}

export function benchEngine(args: readonly string[]): void {
  console.log(`node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, one core\n`);
  const schedules = scheduleFigures();
  const repayments = repaymentFigures();
  const replays = replayFigures();
  const shape = {
    schedules: growth(schedules, [12, 360]),
    repayments: growth(repayments, [12, 360]),
    replays: growth(replays, [10, 1_000]),
  };
  console.log(`\ntime per installment or transaction, largest against smallest: ${JSON.stringify(shape)}`);
  const figures = [...schedules, ...repayments, ...replays];
  for (const { what, perSecond: rate, aim } of figures)
    if (aim !== null) console.log(`${what}: ${((100 * rate) / aim).toFixed(0)} % of the aim of ${aim}/s`);
  const file = args[args.indexOf('--json') + 1];
  if (args.includes('--json') && file)
    writeFileSync(file, JSON.stringify({ figures, growth: shape }, null, 2));
}
