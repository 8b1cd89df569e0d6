/** `loanbook close-of-business ...`, `loanbook clock ...`: the lender's day. Needs the role OPERATOR. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CloseOfBusinessStatus, LoanbookClient } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

const RUN_COLUMNS = ['date', 'status', 'chunksFinished', 'chunks', 'loans', 'accruals', 'finishedAt'];
const FINDING_COLUMNS = ['date', 'where', 'rule', 'message'];
const FAILURE_COLUMNS = ['loanId', 'date', 'attempts', 'reason'];

export function addDay(program: Command): void {
  const isJson = (): boolean => program.opts().json === true;
  const closing = program
    .command('close-of-business')
    .description('closes business days and shows how far it is');
  closing
    .command('run')
    .description(
      'closes every day that is over, and waits until they are; exit code 1 when a loan failed, or the books ' +
        'do not agree',
    )
    .option('--through <date>', 'the last day to close')
    .action((options: { readonly through?: string }) => run(options, { json: isJson() }));
  closing
    .command('status')
    .description('the last runs, and the loans that could not be closed')
    .action(async () => {
      await show(await connect(), { json: isJson() });
    });
  const clock = program.command('clock').description('the date of a sandbox');
  clock
    .command('advance')
    .argument('[days]', 'how many', count, 1)
    .description('lets days pass, each closed before the next begins')
    .option('--to <date>', 'in place of days')
    .action((days: number, options: { readonly to?: string }) =>
      advance({ days, ...options }, { json: isJson() }),
    );
  clock
    .command('set <date>')
    .description('moves the date forwards and leaves the days in between open')
    .action((date: string) => set(date, { json: isJson() }));
}

async function set(date: string, { json }: Shown): Promise<void> {
  const day = await (await connect()).businessDate.set(date);
  print(day, { json, text: `the business date is ${day.date}` });
}

interface Shown {
  readonly json: boolean;
}

const LOOK_MILLISECONDS = 500;

async function run(options: { readonly through?: string }, shown: Shown): Promise<void> {
  const client = await connect();
  const { dates } = await client.closeOfBusiness.start(options);
  for (;;) {
    const status = await client.closeOfBusiness.status();
    const open = status.runs.filter((each) => each.status === 'running');
    drawBar(open);
    if (open.length === 0) break;
    await pause(LOOK_MILLISECONDS);
  }
  const { failures, runs } = await show(client, shown);
  const isWrong = runs.some(({ date, findings = [] }) => dates.includes(date) && findings.length > 0);
  if (failures > 0 || isWrong) process.exitCode = 1;
}

const WIDTH = 40;

/** The oldest open day; on a terminal only, in place. */
function drawBar(open: CloseOfBusinessStatus['runs']): void {
  if (!process.stderr.isTTY) return;
  const current = open.at(-1);
  process.stderr.write('\r\x1b[K');
  if (!current) return;
  const { date, chunks, chunksFinished, loans, accruals } = current;
  const share = chunks === 0 ? 1 : chunksFinished / chunks;
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const more = open.length > 1 ? `, ${open.length - 1} more days` : '';
  process.stderr.write(`${date} [${bar}] ${Math.floor(share * 100)} %, ${loans + accruals} loans${more}`);
}

async function show(client: LoanbookClient, { json }: Shown): Promise<CloseOfBusinessStatus> {
  const [status, failures] = await Promise.all([
    client.closeOfBusiness.status(),
    client.closeOfBusiness.failures(),
  ]);
  const { businessDate, closedThrough = 'no day yet', runs } = status;
  const lines = [`business date ${businessDate}, closed through ${closedThrough}`, table(runs, RUN_COLUMNS)];
  const found = runs.flatMap(({ date, findings = [] }) =>
    findings.map((each) => ({ date, ...(each as object) })),
  );
  if (found.length > 0) lines.push('wrong:', table(found, FINDING_COLUMNS));
  if (failures.length > 0) lines.push('not closed:', table(failures, FAILURE_COLUMNS));
  print({ ...status, failed: failures }, { json, text: lines.join('\n') });
  return status;
}

/** Days in a call: the answer comes when they are closed. */
const TOGETHER = 7;
const MINUTES = 10;

async function advance(
  { days, to }: { readonly days: number; readonly to?: string },
  { json }: Shown,
): Promise<void> {
  const client = await connect();
  const { date: from } = await client.businessDate.get();
  const end = to ?? dayAfter(from, days);
  let today = from;
  while (today < end) {
    const next = dayAfter(today, TOGETHER);
    const step = { to: next < end ? next : end };
    ({ to: today } = await client.businessDate.advance(step, { timeout: MINUTES * 60_000 }));
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${today}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  print({ from, to: today }, { json, text: `the business date is ${today}` });
}

function count(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('days must be a number from 1 on.');
}

const DAY_MILLISECONDS = 86_400_000;

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
