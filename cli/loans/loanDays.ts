/** `loanbook loans ...`: what close of business does with one loan, without waiting for it; and waivers. */
import type { LoanbookClient } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from '../connection.ts';
import { print, table } from '../terminal.ts';
import { type Reference, referenceOf } from './loans.ts';

const LATENESS = ['range', 'overdueSince', 'daysPastDue', 'delinquentDays', 'nonPerforming'];
const VARIATIONS = ['type', 'applicableFrom', 'date', 'value'];
const PAYMENT = ['id', 'type', 'date', 'amount', 'principal', 'interest', 'fees', 'penalties'];
const STANDING = ['id', 'externalId', 'status', 'interestOutstanding', 'totalOutstanding'];

interface Shown {
  readonly columns: readonly string[];
  readonly rows: object | readonly object[];
}

interface Verb<Options> {
  readonly name: string;
  readonly description: string;
  readonly act: (client: LoanbookClient, loan: Reference, options: Options) => Promise<Shown>;
}

export function addLoanDays(loans: Command, isJson: () => boolean): void {
  const add = <Options>({ name, description, act }: Verb<Options>): Command =>
    loans
      .command(`${name} <loan>`)
      .description(description)
      .action(async (loan: string, options: Options) => {
        const { rows, columns } = await act(await connect(), referenceOf(loan), options);
        print(rows, { json: isJson(), text: table([rows].flat(), columns) });
      });
  addDays(add);
  addAgreements(add);
}

type Add = <Options>(verb: Verb<Options>) => Command;

interface Noted {
  readonly note?: string;
}
interface Accruing extends Noted {
  readonly till?: string;
}

function addDays(add: Add): void {
  add<Accruing>({
    name: 'accrue',
    description: 'recognises income of the loan up to a day',
    act: async ({ loans }, loan, { till, ...note }) => ({
      rows: await loans.accrue(loan, { ...(till !== undefined && { tillDate: till }), ...note }),
      columns: STANDING,
    }),
  })
    .option('--till <date>', 'today when it is not said')
    .option('--note <text>', 'why');
  add<Noted>({
    name: 'classify',
    description: 'puts the loan into its delinquency range',
    act: async ({ loans }, loan, note) => ({
      rows: await loans.classifyDelinquency(loan, note),
      columns: LATENESS,
    }),
  }).option('--note <text>', 'why');
  add({
    name: 'close-days',
    description: 'closes the open days of the loan, up to yesterday',
    act: async (client, loan) => ({
      rows: await client.closeOfBusiness.closeLoan(await idOf(client, loan)),
      columns: ['loanId', 'closedThrough'],
    }),
  });
  add({
    name: 'closed-through',
    description: 'up to which day the loan is closed',
    act: async (client, loan) => ({
      rows: await client.closeOfBusiness.ofLoan(await idOf(client, loan)),
      columns: ['loanId', 'closedThrough'],
    }),
  });
}

const idOf = async ({ loans }: LoanbookClient, loan: Reference): Promise<string | number> =>
  typeof loan === 'number' ? loan : (await loans.get(loan)).id;

interface Waiving extends Noted {
  readonly amount: number;
  readonly date?: string;
}

function addAgreements(add: Add): void {
  add<Waiving>({
    name: 'interest-payment-waiver',
    description: 'pays interest for the customer, at the expense of interest income',
    act: async ({ repayments }, loan, { amount: transactionAmount, date, ...note }) => ({
      rows: await repayments.interestPaymentWaiver(loan, {
        transactionAmount,
        ...(date !== undefined && { transactionDate: date }),
        ...note,
      }),
      columns: PAYMENT,
    }),
  })
    .requiredOption('--amount <amount>', 'how much', amount)
    .option('--date <date>', 'today when it is not said')
    .option('--note <text>', 'why');
  add({
    name: 'variations',
    description: 'what was agreed to change, from when',
    act: async ({ loans }, loan) => ({ rows: await loans.termVariations(loan), columns: VARIATIONS }),
  });
}

function amount(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be an amount.');
}
