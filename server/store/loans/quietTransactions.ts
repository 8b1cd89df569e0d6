/**
 * Accruals that close of business booked for many loans at once. Loans are read without them, because
 * payments do not ask for them; whoever needs the whole history puts them back.
 */
import { find } from '../batch/member.ts';
import type { Lookup } from '../batch/readings.ts';
import type { Tx } from '../database.ts';
import { type BookedLoan, findLoans } from './loans.ts';
import {
  type BookedTransaction,
  TRANSACTION_COLUMNS,
  TRANSACTION_TABLE,
  type TransactionRow,
  toTransaction,
} from './transactions.ts';

/** For rows that are made by `transactionRows`, each with a `true` behind it. */
export const QUIET_TABLE = {
  name: TRANSACTION_TABLE.name,
  columns: [...TRANSACTION_TABLE.columns, 'quiet'],
};

type Quiet = readonly BookedTransaction[];

async function readQuiet(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, BookedTransaction[]>> {
  const rows = await tx.query<TransactionRow & { loan_id: bigint }>(
    `select t.loan_id, ${TRANSACTION_COLUMNS} from loan_transaction t
     where t.loan_id = any($1) and t.quiet order by t.loan_id, t.seq`,
    [ids],
  );
  const found = new Map<bigint, BookedTransaction[]>();
  for (const row of rows) {
    const known = found.get(row.loan_id) ?? [];
    found.set(row.loan_id, known);
    known.push(toTransaction(row));
  }
  return found;
}

const QUIET: Lookup<bigint, Quiet> = {
  name: 'quiet transactions',
  textOf: String,
  read: async (tx, ids) => new Map([...(await readQuiet(tx, ids))].map(([id, found]) => [String(id), found])),
};

/** The loan with nothing left out. */
export async function withWholeHistory(tx: Tx, loan: BookedLoan): Promise<BookedLoan> {
  if (loan.state.leftOut !== undefined) throw new Error(`loan ${loan.id} was read without its repayments`);
  if (loan.state.unlisted === undefined) return loan;
  return joined(loan, (await find(tx, QUIET, loan.id)) ?? []);
}

/** By number, with nothing left out. */
export async function findWholeLoans(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, BookedLoan>> {
  const loans = await findLoans(tx, ids);
  const left = [...loans.values()].filter(({ state }) => state.unlisted !== undefined);
  if (left.length === 0) return loans;
  const quiet = await readQuiet(
    tx,
    left.map(({ id }) => id),
  );
  for (const loan of left) loans.set(loan.id, joined(loan, quiet.get(loan.id) ?? []));
  return loans;
}

function joined(loan: BookedLoan, quiet: Quiet): BookedLoan {
  const { unlisted: _unlisted, ...state } = loan.state;
  const transactions = [...loan.transactions, ...quiet].sort((a, b) => a.transaction.id - b.transaction.id);
  return {
    ...loan,
    state: { ...state, transactions: transactions.map((each) => each.transaction) },
    transactions,
  };
}
