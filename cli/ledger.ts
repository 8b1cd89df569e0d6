/** `loanbook ledger ...`: accounts, entries, entries by hand, closed periods. Needs the role OPERATOR. */
import type { JournalEntry } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

const ACCOUNTS = ['glCode', 'name', 'type', 'active'];
const CLOSURES = ['closingDate', 'note', 'createdAt'];
const LINES = ['id', 'date', 'loanId', 'glCode', 'name', 'debit', 'credit', 'reason'];

export function addLedger(program: Command): void {
  const isJson = (): boolean => program.opts().json === true;
  const ledger = program.command('ledger').description('the books: accounts, entries, closed periods');
  ledger
    .command('accounts')
    .description('the chart of accounts')
    .action(async () => {
      const items = await (await connect()).glAccounts.list();
      print(items, { json: isJson(), text: table(items, ACCOUNTS) });
    });
  addEntries(ledger, isJson);
  addByHand(ledger, isJson);
  addPeriods(ledger, isJson);
}

interface Filter {
  readonly loan?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
}

function addEntries(ledger: Command, isJson: () => boolean): void {
  ledger
    .command('entries')
    .description('the latest 100 entries')
    .option('--loan <id>')
    .option('--account <code>', 'that move this account')
    .option('--from <date>', 'of this day or later')
    .option('--to <date>', 'of this day or earlier')
    .action(async ({ loan, account, from, to }: Filter) => {
      const query = {
        rows: 100,
        ...(loan !== undefined && { loanId: loan }),
        ...(account !== undefined && { glCode: account }),
        ...(from !== undefined && { fromDate: from }),
        ...(to !== undefined && { toDate: to }),
      };
      const { items } = await (await connect()).journalEntries.list(query).page();
      print(items, { json: isJson(), text: table(items.flatMap(linesOf), LINES) });
    });
  ledger
    .command('show <entry>')
    .description('one entry: 7 was made by hand, 42-3 is the third of loan 42')
    .action(async (id: string) => show(await (await connect()).journalEntries.get(id), { json: isJson() }));
}

const linesOf = (entry: JournalEntry): object[] =>
  entry.lines.map((line) => ({ ...entry, lines: undefined, ...line }));

const show = (entry: JournalEntry, { json }: { readonly json: boolean }): void =>
  print(entry, { json, text: table(linesOf(entry), LINES) });

type Side = 'debit' | 'credit';
interface Line {
  readonly glCode: string;
  readonly amount: number;
}
interface Posting {
  readonly date: string;
  readonly reason: string;
  readonly debit: readonly Line[];
  readonly credit: readonly Line[];
}

function addByHand(ledger: Command, isJson: () => boolean): void {
  ledger
    .command('post')
    .description('an entry by hand, for what no loan stands behind')
    .requiredOption('--date <date>', 'when')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--debit <code=amount...>', 'such as 4000=125.50', lines, [])
    .requiredOption('--credit <code=amount...>', 'such as 1000=125.50', lines, [])
    .action(async ({ date, reason, debit, credit }: Posting) => {
      const side = (name: Side, of: readonly Line[]) =>
        of.map(({ glCode, amount }) => ({ glCode, [name]: amount }));
      const entry = { date, reason, lines: [...side('debit', debit), ...side('credit', credit)] };
      show(await (await connect()).journalEntries.create(entry), { json: isJson() });
    });
  ledger
    .command('reverse <entry>')
    .description('takes back an entry made by hand: posts its mirror')
    .requiredOption('--reason <text>', 'why')
    .option('--date <date>', 'of the mirror; that of the entry when it is not said')
    .action(async (id: string, reversal: { readonly reason: string; readonly date?: string }) =>
      show(await (await connect()).journalEntries.reverse(id, reversal), { json: isJson() }),
    );
}

function lines(text: string, before: readonly Line[]): readonly Line[] {
  const [, glCode, amount] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (glCode === undefined) throw new InvalidArgumentError('must be an account and an amount, 1000=125.50.');
  return [...before, { glCode, amount: Number(amount) }];
}

function addPeriods(ledger: Command, isJson: () => boolean): void {
  ledger
    .command('closures')
    .description('closed periods, the latest first')
    .action(async () => {
      const items = await (await connect()).glClosures.list();
      print(items, { json: isJson(), text: table(items, CLOSURES) });
    });
  ledger
    .command('close <date>')
    .description('closes the books up to that day, which close of business has closed before')
    .option('--note <text>', 'e.g. January')
    .action(async (closingDate: string, note: { readonly note?: string }) => {
      const closure = await (await connect()).glClosures.create({ closingDate, ...note });
      print(closure, { json: isJson(), text: table([closure], CLOSURES) });
    });
  ledger
    .command('reopen <date>')
    .description('reopens the latest closed period')
    .action(async (date: string) => {
      await (await connect()).glClosures.delete(date);
      print({ closingDate: date, reopened: true }, { json: isJson(), text: `${date} is open again` });
    });
}
