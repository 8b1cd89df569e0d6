/** `loanbook loans ...`: one loan seen, and what its lender does to it. Needs the role OPERATOR. */
import type { Loan, LoanbookClient } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from '../connection.ts';
import { print, table } from '../terminal.ts';

const COLUMNS = [
  'id',
  'externalId',
  'customerName',
  'status',
  'totalOutstanding',
  'totalOverdue',
  'daysPastDue',
];
const ROWS = [
  'period',
  'dueDate',
  'principalDue',
  'interestDue',
  'totalDue',
  'totalPaid',
  'totalOutstanding',
];
const TRANSACTIONS = [
  'id',
  'date',
  'type',
  'amount',
  'principal',
  'interest',
  'principalBalance',
  'reversed',
];

export type Reference = number | { readonly externalId: string };

/** Digits are an id, everything else the caller's own. */
export const referenceOf = (text: string): Reference =>
  /^\d+$/.test(text) ? Number(text) : { externalId: text.replace(/^external:/, '') };

/** Answers the command, for what else is done to a loan. */
export function addLoans(program: Command): Command {
  const isJson = (): boolean => program.opts().json === true;
  const loans = program
    .command('loans')
    .description('one loan, by its id or external id (external:42 when that is a number)');
  loans
    .command('show <loan>')
    .description('the loan and its schedule')
    .action(async (loan: string) =>
      show(await (await connect()).loans.get(referenceOf(loan)), { json: isJson() }),
    );
  loans
    .command('transactions <loan>')
    .description('every transaction, of all kinds')
    .action(async (loan: string) => {
      const items = await (await connect()).loans.transactions(referenceOf(loan));
      print(items, { json: isJson(), text: table(items, TRANSACTIONS) });
    });
  addEndings(loans, isJson);
  addRestructuring(loans, isJson);
  return loans;
}

function show(loan: Loan, { json }: { readonly json: boolean }): void {
  const rows = loan.repaymentSchedule.filter(({ period }) => period > 0);
  print(loan, { json, text: `${table([loan], COLUMNS)}\n\n${table(rows, ROWS)}` });
}

interface Noted {
  readonly note?: string;
}
type Act<Options> = (client: LoanbookClient, loan: Reference, options: Options) => Promise<Loan>;

interface Verb<Options> {
  readonly name: string;
  readonly description: string;
  readonly act: Act<Options>;
}

/** A verb on a loan with a note; the loan is shown as it then stands. */
function addVerb<Options extends Noted>(
  loans: Command,
  isJson: () => boolean,
  { name, description, act }: Verb<Options>,
): Command {
  return loans
    .command(`${name} <loan>`)
    .description(description)
    .option('--note <text>', 'why')
    .action(async (loan: string, options: Options) =>
      show(await act(await connect(), referenceOf(loan), options), { json: isJson() }),
    );
}

interface Dated extends Noted {
  readonly date: string;
}
const dated = ({ date, ...rest }: Dated) => ({ transactionDate: date, ...rest });

function addEndings(loans: Command, isJson: () => boolean): void {
  addVerb<Dated>(loans, isJson, {
    name: 'close',
    description: 'closes a loan of which next to nothing is open',
    act: ({ loans: all }, loan, options) => all.close(loan, dated(options)),
  }).requiredOption('--date <date>', 'when');
  addVerb<Dated>(loans, isJson, {
    name: 'write-off',
    description: 'gives up what is outstanding',
    act: ({ loans: all }, loan, options) => all.writeOff(loan, dated(options)),
  }).requiredOption('--date <date>', 'when');
  addVerb(loans, isJson, {
    name: 'undo-write-off',
    description: 'takes the write-off back',
    act: ({ loans: all }, loan, options) => all.undoWriteOff(loan, options),
  });
  addVerb(loans, isJson, {
    name: 'undo-last-disbursal',
    description: 'takes the last of several disbursements back',
    act: ({ loans: all }, loan, options) => all.undoLastDisbursal(loan, options),
  });
  addVerb<Noted & { readonly off?: true }>(loans, isJson, {
    name: 'mark-fraud',
    description: 'a charge-off of it goes to the account for fraud',
    act: ({ loans: all }, loan, { off, ...options }) => all.markFraud(loan, { fraud: !off, ...options }),
  }).option('--off', 'it is none');
}

const count = (text: string): number => {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number');
};
const rate = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a number of percent');
};

interface Rescheduling extends Noted {
  readonly from: string;
  readonly to?: string;
  readonly extraTerms?: number;
  readonly rate?: number;
}

interface ReAging extends Noted {
  readonly start: string;
  readonly every: number;
  readonly unit: 'Days' | 'Weeks' | 'Months' | 'Years';
  readonly installments: number;
}

function addRestructuring(loans: Command, isJson: () => boolean): void {
  addVerb<Rescheduling>(loans, isJson, {
    name: 'reschedule',
    description: 'moves a due date, adds terms or changes the rate, from one installment on',
    act: ({ loans: all }, loan, { from, to, rate: newInterestRate, ...others }) =>
      all.reschedule(loan, {
        rescheduleFromDate: from,
        ...(to !== undefined && { adjustedDueDate: to }),
        ...(newInterestRate !== undefined && { newInterestRate }),
        ...others,
      }),
  })
    .requiredOption('--from <date>', 'due date of the first installment that it concerns')
    .option('--to <date>', 'where that due date moves to')
    .option('--extra-terms <count>', 'installments that are added', count)
    .option('--rate <percent>', 'from there on', rate);
  addVerb<ReAging>(loans, isJson, {
    name: 're-age',
    description: 'spreads the debt of a matured loan over new installments',
    act: ({ loans: all }, loan, { start, every, unit, installments, ...note }) =>
      all.reAge(loan, {
        startDate: start,
        frequencyNumber: every,
        frequencyType: unit,
        numberOfInstallments: installments,
        ...note,
      }),
  })
    .requiredOption('--start <date>', 'first new due date')
    .requiredOption('--installments <count>', 'how many', count)
    .option('--every <count>', 'so many units apart', count, 1)
    .option('--unit <unit>', 'Days, Weeks, Months or Years', 'Months');
  const plain = [
    ['undo-re-age', 'takes the re-ageing back', 'undoReAge'],
    ['re-amortize', 'spreads overdue debt over the installments to come', 'reAmortize'],
    ['undo-re-amortize', 'takes the re-amortization back', 'undoReAmortize'],
  ] as const;
  for (const [name, description, verb] of plain)
    addVerb(loans, isJson, {
      name,
      description,
      act: ({ loans: all }, loan, options) => all[verb](loan, options),
    });
}
