/** `loanbook charges ...`: the charges of one loan, and paying one of them. Needs the role OPERATOR. */
import type { LoanCharge } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from '../connection.ts';
import { print, table } from '../terminal.ts';
import { referenceOf } from './loans.ts';

const COLUMNS = [
  'id',
  'code',
  'penalty',
  'dueDate',
  'amount',
  'amountPaid',
  'amountWaived',
  'amountOutstanding',
];

interface Payment {
  readonly amount?: number;
  readonly date?: string;
  readonly installment?: number;
  readonly paymentType?: string;
  readonly receipt?: string;
  readonly note?: string;
}

export function addCharges(program: Command): void {
  const isJson = (): boolean => program.opts().json === true;
  const charges = program
    .command('charges')
    .description('charges of one loan, by its id or external id (external:42 when that is a number)');
  charges
    .command('list <loan>')
    .description('what was charged, and what is open of it')
    .action(async (loan: string) => {
      const items = await (await connect()).loanCharges.list(referenceOf(loan));
      print(items, { json: isJson(), text: table(items, COLUMNS) });
    });
  charges
    .command('pay <loan> <charge>')
    .description('pays one charge, by its number within the loan')
    .option('--amount <amount>', 'all that is open when it is not said', amount)
    .option('--date <date>', 'today when it is not said')
    .option('--installment <number>', 'of an installment fee; the first open one when it is not said', number)
    .option('--payment-type <id>', 'id or short name of the payment type')
    .option('--receipt <number>', 'number of the receipt')
    .option('--note <text>', 'why')
    .action(async (loan: string, charge: string, options: Payment) => {
      const paid: LoanCharge = await (await connect()).loanCharges.pay(
        { loan: referenceOf(loan), charge },
        bodyOf(options),
      );
      print(paid, { json: isJson(), text: table([paid], [...COLUMNS, 'transactionId']) });
    });
}

const bodyOf = ({ amount: paid, date, paymentType, receipt, ...rest }: Payment) => ({
  ...rest,
  ...(paid !== undefined && { transactionAmount: paid }),
  ...(date !== undefined && { transactionDate: date }),
  ...(paymentType !== undefined && { paymentTypeId: paymentType }),
  ...(receipt !== undefined && { receiptNumber: receipt }),
});

const amount = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be an amount');
};
const number = (text: string): number => {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a number of an installment');
};
