/** `loanbook reports ...`: the figures of the book, on the terminal or as a file. Needs the role OPERATOR. */
import { writeFile } from 'node:fs/promises';
import { REPORT_NAMES, type ReportName } from '@loanbook/sdk';
import { Argument, type Command, Option } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

interface ReportFlags {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly product?: string;
  readonly csv?: string;
  readonly xlsx?: string;
}

export function addReports(program: Command): void {
  program
    .command('reports')
    .description('a report, printed or written to a file; docs/reports.md says what the figures mean')
    .addArgument(new Argument('<name>', 'which one').choices(REPORT_NAMES))
    .option('--date <day>', 'of that day; of the latest one when absent')
    .option('--from <day>', 'reports of several days: the first')
    .option('--to <day>', 'and the last')
    .option('--product <id>', 'of one loan product alone')
    .addOption(new Option('--csv <file>', 'write it as CSV').conflicts('xlsx'))
    .option('--xlsx <file>', 'write it as an Excel workbook')
    .action((name: ReportName, flags: ReportFlags) =>
      run(name, { ...flags, json: program.opts().json === true }),
    );
  program
    .command('statement <loan> <file>')
    .description(
      "a loan's statement as PDF, or its transactions when the file ends in .csv; external:ID for your own id",
    )
    .action((loan: string, file: string) => statement(loan, file));
}

async function run(name: ReportName, flags: ReportFlags & { readonly json: boolean }): Promise<void> {
  const { date, from, to, product: productId, csv, xlsx, json } = flags;
  const query = withoutAbsent({ date, from, to, productId });
  const client = await connect();
  const file = csv ?? xlsx;
  if (file !== undefined) {
    const format = csv === undefined ? 'xlsx' : 'csv';
    const { bytes } = await client.reports.file(name, { ...query, format });
    return save(file, bytes);
  }
  const report = await client.reports.read(name, query);
  const rows = report.items as readonly Record<string, unknown>[];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const days = report.from === report.to ? report.to : `${report.from} to ${report.to}`;
  const body = rows.length === 0 ? 'nothing to report' : table(rows, columns);
  print(report, { json, text: `${report.title}, ${days}\n\n${body}` });
}

async function statement(loan: string, file: string): Promise<void> {
  const [, externalId] = /^external:(.+)$/s.exec(loan) ?? [];
  const client = await connect();
  const format = file.endsWith('.csv') ? 'csv' : 'pdf';
  const { bytes } = await client.loans.statement(externalId === undefined ? loan : { externalId }, {
    format,
  });
  await save(file, bytes);
}

async function save(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes);
  process.stderr.write(`${file} is written\n`);
}

const withoutAbsent = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: NonNullable<T[Key]>;
  };
