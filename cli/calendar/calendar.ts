/** `loanbook calendar ...`: working days and holidays. Changes need the role OPERATOR. */
import type { Holiday, WorkingDays } from '@loanbook/sdk';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { print, table } from '../terminal.ts';

const DAY_COLUMNS = ['workingDays', 'nonWorkingDayRule', 'extendTermForDailyRepayments'];
const ALLOWED = ['allowTransactionsOnNonWorkingDays', 'allowTransactionsOnHolidays'];
const HOLIDAY_COLUMNS = ['id', 'name', 'fromDate', 'toDate', 'rescheduledToDate', 'offices', 'status'];

type Weekdays = WorkingDays['workingDays'];

export function addCalendar(program: Command): void {
  const isJson = (): boolean => program.opts().json === true;
  const calendar = program.command('calendar').description('working days and holidays');
  calendar
    .command('show')
    .description('the working days, and all holidays')
    .action(async () => {
      const client = await connect();
      const [workingDays, holidays] = await Promise.all([client.workingDays.get(), client.holidays.list()]);
      const days = table([workingDays], [...DAY_COLUMNS, ...ALLOWED]);
      const text = `${days}\n\n${table(holidays, HOLIDAY_COLUMNS)}`;
      print({ workingDays, holidays }, { json: isJson(), text });
    });
  calendar
    .command('working-days <days...>')
    .description('sets them, e.g. Monday Tuesday Wednesday Thursday Friday; for loans made from now on')
    .requiredOption('--rule <rule>', 'Same day, Next working day, Next repayment date, Previous working day')
    .option('--extend-daily', 'loans that are repaid day by day end later by the other days')
    .option('--no-transactions', 'no money moves on other days')
    .option('--no-transactions-on-holidays', 'no money moves on holidays')
    .action(async (days: string[], options: Week) => show(await set(days, options), { json: isJson() }));
  addHolidays(calendar, isJson);
}

interface Week {
  readonly rule: string;
  readonly extendDaily?: true;
  readonly transactions: boolean;
  readonly transactionsOnHolidays: boolean;
}

/** What is not a day or a rule is refused by the API. */
async function set(days: readonly string[], options: Week): Promise<WorkingDays> {
  return (await connect()).workingDays.set({
    workingDays: days as unknown as [...Weekdays],
    nonWorkingDayRule: options.rule as WorkingDays['nonWorkingDayRule'],
    extendTermForDailyRepayments: options.extendDaily === true,
    allowTransactionsOnNonWorkingDays: options.transactions,
    allowTransactionsOnHolidays: options.transactionsOnHolidays,
  });
}

const show = (days: WorkingDays, { json }: { readonly json: boolean }): void =>
  print(days, { json, text: table([days], [...DAY_COLUMNS, ...ALLOWED]) });

interface NewHoliday {
  readonly name: string;
  readonly from: string;
  readonly to?: string;
  readonly rescheduledTo?: string;
  readonly offices: string[];
  readonly description?: string;
}

function addHolidays(calendar: Command, isJson: () => boolean): void {
  const shown = (holiday: Holiday): void =>
    print(holiday, { json: isJson(), text: table([holiday], HOLIDAY_COLUMNS) });
  calendar
    .command('add-holiday')
    .description('makes a holiday; it holds once it is activated')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--from <date>', 'its first day')
    .option('--to <date>', 'its last day; the first when it is not said')
    .option('--rescheduled-to <date>', 'where due dates go; to the next repayment date when it is not said')
    .option('--offices <short names...>', 'offices that keep it', ['HEAD_OFFICE'])
    .option('--description <text>', 'more about it')
    .action(async ({ name, from, to = from, rescheduledTo, offices, description }: NewHoliday) =>
      shown(
        await (await connect()).holidays.create({
          ...{ name, fromDate: from, toDate: to, offices },
          ...(rescheduledTo !== undefined && { rescheduledToDate: rescheduledTo }),
          ...(description !== undefined && { description }),
        }),
      ),
    );
  calendar
    .command('activate-holiday <id>')
    .description('lets it hold, for loans made from now on')
    .action(async (id: string) => shown(await (await connect()).holidays.activate(id)));
  calendar
    .command('delete-holiday <id>')
    .description('takes it away; loans that were made with it keep it')
    .action(async (id: string) => {
      await (await connect()).holidays.delete(id);
      print({ id, deleted: true }, { json: isJson(), text: `holiday ${id} is deleted` });
    });
}
