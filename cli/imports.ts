/** `loanbook import ...`: takes over customers and loans of another system. Needs the role OPERATOR. */
import type { CustomerLine, ImportPart, ImportSettings, LoanbookClient, LoanLine } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from './connection.ts';
import { type CellTypes, type FileLine, type LineFile, type LineFormat, openLines } from './lineFiles.ts';
import { print, UsageError } from './terminal.ts';

interface ImportFlags {
  readonly format?: LineFormat;
  readonly dryRun?: true;
  readonly allOrNothing?: true;
  readonly calls: number;
}

const KINDS = {
  customers: {
    does: 'customers, one a line, with the fields of POST /v1/customers',
    cells: { active: 'boolean' },
  },
  loans: {
    does: 'loans, one a line, with the fields of POST /v1/loans, an externalId, and repayments so far',
    cells: {
      ...{ principal: 'number', disburse: 'boolean', repayments: 'json', interestRatePerPeriod: 'number' },
      ...{ numberOfRepayments: 'number', repaymentEvery: 'number', graceOnPrincipalPayment: 'number' },
      ...{ graceOnInterestPayment: 'number', graceOnInterestCharged: 'number' },
    },
  },
} as const satisfies Record<string, { does: string; cells: CellTypes }>;
type Kind = keyof typeof KINDS;

const HELP = `
FILE is CSV with a head line (by its ending .csv), or NDJSON; "-" reads the input.
Lines that are in the book already are skipped: run it again after whatever stopped it.
Refused lines are printed with their number and reason; the others are taken over. Exit code 1 if any was.`;

export function addImport(program: Command): void {
  const imports = program.command('import').description('takes over customers and loans of another system');
  for (const kind of Object.keys(KINDS) as Kind[])
    imports
      .command(`${kind} <file>`)
      .description(KINDS[kind].does)
      .option('--format <format>', 'csv or ndjson, whatever the name of the file', formatOf)
      .option('--dry-run', 'judge every line, store nothing')
      .option('--all-or-nothing', 'one refused line, and nothing is stored; for files of up to 5,000 lines')
      .option('--calls <count>', 'calls at a time', count, 4)
      .addHelpText('after', HELP)
      .action((file: string, flags: ImportFlags) =>
        run({ kind, file, flags, json: program.opts().json === true }),
      );
}

function formatOf(text: string): LineFormat {
  if (text === 'csv' || text === 'ndjson') return text;
  throw new InvalidArgumentError('must be csv or ndjson.');
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('must be a number from 1 to 99.');
  return Number(text);
}

interface Run {
  readonly kind: Kind;
  readonly file: string;
  readonly flags: ImportFlags;
  readonly json: boolean;
}

type Refused = ImportPart['refused'][number];

interface Outcome {
  lines: number;
  imported: number;
  skipped: number;
  customersMade: number;
  readonly refused: Refused[];
  seconds: number;
}

async function run({ kind, file, flags, json }: Run): Promise<void> {
  const source = openLines(file, flags.format, KINDS[kind].cells);
  const client = await connect();
  const outcome: Outcome = { lines: 0, imported: 0, skipped: 0, customersMade: 0, refused: [], seconds: 0 };
  const since = Date.now();
  // Numbers of the lines in the file by their place among those that were sent.
  const numbers: number[] = [];
  const bar = openBar(source, outcome, since);
  try {
    for await (const part of partsOf(client, { kind, file, flags, json }, valuesOf(source.lines, numbers))) {
      add(outcome, part, numbers);
      bar.draw();
    }
  } finally {
    bar.end();
  }
  outcome.seconds = (Date.now() - since) / 1000;
  print(outcome, { json, text: textOf(kind, outcome, flags) });
  if (outcome.refused.length > 0) process.exitCode = 1;
}

async function* valuesOf(
  lines: AsyncIterable<FileLine>,
  numbers: number[],
): AsyncGenerator<FileLine['value'], void, undefined> {
  for await (const { number, value } of lines) {
    numbers.push(number);
    yield value;
  }
}

function partsOf(
  client: LoanbookClient,
  { kind, file, flags }: Run,
  values: AsyncIterable<FileLine['value']>,
): AsyncIterable<ImportPart> {
  const settings: ImportSettings = {
    ...(file !== '-' && { source: nameOf(file) }),
    ...(flags.dryRun && { dryRun: true }),
    calls: flags.calls,
  };
  if (flags.allOrNothing) return wholeOf(client, kind, { values, settings });
  // What a line may hold is for the server to judge.
  return kind === 'loans'
    ? client.imports.loansFrom(values as AsyncIterable<LoanLine>, settings)
    : client.imports.customersFrom(values as AsyncIterable<CustomerLine>, settings);
}

const nameOf = (file: string): string => (file.split(/[/\\]/).at(-1) ?? file).slice(0, 200);

const MOST_LINES = 5_000;

async function* wholeOf(
  client: LoanbookClient,
  kind: Kind,
  { values, settings }: { values: AsyncIterable<unknown>; settings: ImportSettings },
): AsyncGenerator<ImportPart, void, undefined> {
  const lines: unknown[] = [];
  for await (const value of values) {
    lines.push(value);
    if (lines.length > MOST_LINES)
      throw new UsageError(
        `--all-or-nothing takes up to ${MOST_LINES} lines: try --dry-run first, then without`,
      );
  }
  if (lines.length === 0) return;
  const { calls: _, ...own } = settings;
  const asked = { ...own, allOrNothing: true };
  const done =
    kind === 'loans'
      ? await client.imports.loans({ loans: lines as LoanLine[], ...asked })
      : await client.imports.customers({ customers: lines as CustomerLine[], ...asked });
  yield { ...done, lines: lines.length };
}

function add(outcome: Outcome, part: ImportPart, numbers: readonly number[]): void {
  outcome.lines += part.lines;
  outcome.imported += part.imported;
  outcome.skipped += part.skipped;
  outcome.customersMade += part.customersMade;
  for (const each of part.refused)
    outcome.refused.push({ ...each, line: numbers[each.line - 1] ?? each.line });
}

const MOST_SHOWN = 100;
/** Of fewer lines a pace says nothing. */
const PACE_LINES = 5_000;

function textOf(kind: Kind, outcome: Outcome, { dryRun }: ImportFlags): string {
  const { imported, skipped, customersMade, refused, seconds } = outcome;
  const shown = refused
    .slice(0, MOST_SHOWN)
    .map(
      ({ line, externalId, message }) => `line ${line}${externalId ? ` (${externalId})` : ''}: ${message}`,
    );
  const more =
    refused.length > MOST_SHOWN ? [`and ${refused.length - MOST_SHOWN} more (--json has all)`] : [];
  const made = kind === 'loans' && customersMade > 0 ? `, ${customersMade} customers made for them` : '';
  const done = dryRun ? 'could be taken over' : 'taken over';
  const pace =
    outcome.lines >= PACE_LINES
      ? `; ${seconds.toFixed(1)} s, ${Math.round(outcome.lines / seconds)} lines/s`
      : '';
  const summary = `${imported} ${kind} ${done}${made}, ${skipped} were in the book, ${refused.length} refused${pace}`;
  return [...shown, ...more, summary].join('\n');
}

interface Bar {
  draw(): void;
  end(): void;
}

const BAR_WIDTH = 30;

/** On a terminal only, and apart from the output. */
function openBar(source: LineFile, outcome: Outcome, since: number): Bar {
  if (!process.stderr.isTTY) return { draw: () => {}, end: () => {} };
  const draw = (): void => {
    const share = source.size ? Math.min(1, source.read() / source.size) : undefined;
    const filled = Math.round((share ?? 0) * BAR_WIDTH);
    const bar = share === undefined ? '' : `[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] `;
    const pace = Math.round(outcome.lines / Math.max(0.001, (Date.now() - since) / 1000));
    process.stderr.write(
      `\r${bar}${outcome.lines} lines, ${pace}/s, ${outcome.refused.length} refused\x1b[K`,
    );
  };
  return { draw, end: () => void process.stderr.write('\r\x1b[K') };
}
