/**
 * Looks at a whole book, loan by loan: each is the fold of its history, and the ledger holds what the loan
 * says.
 */
import type { CivilDate } from '../server/domain/date.ts';
import { differencesFromRebuilt } from '../server/domain/history/rebuild.ts';
import { outstandingOf } from '../server/domain/installment.ts';
import { sum } from '../server/domain/money.ts';
import { DEFAULT_SETTINGS } from '../server/domain/terms.ts';
import type { Database } from '../server/store/database.ts';
import { type BookedLoan, findLoans } from '../server/store/loans/loans.ts';

export interface Audit {
  readonly loans: number;
  readonly transactions: number;
  /** Empty, or the books are wrong. */
  readonly faults: readonly string[];
}

export async function auditBook(db: Database, businessDate: string): Promise<Audit> {
  const ids = await db.read.query<{ id: bigint }>('select id from loan where deleted_at is null order by id');
  const loans = [
    ...(
      await findLoans(
        db.read,
        ids.map(({ id }) => id),
      )
    ).values(),
  ];
  const balances = await balancesByLoan(db);
  const faults = loans.flatMap((loan) => [
    ...historyFaults(loan, businessDate as CivilDate),
    ...ledgerFaults(loan, balances),
  ]);
  return { loans: loans.length, transactions: loans.flatMap((loan) => loan.transactions).length, faults };
}

function historyFaults(loan: BookedLoan, businessDate: CivilDate): string[] {
  const differences = differencesFromRebuilt(loan.state, { businessDate, settings: DEFAULT_SETTINGS });
  return differences.map((difference) => `loan ${loan.id}: ${difference}`);
}

/** Debit minus credit, by `loan account`. */
async function balancesByLoan(db: Database): Promise<Map<string, bigint>> {
  const rows = await db.read.query<{ loan_id: bigint; account: string; balance: bigint }>(
    `select loan_id, account, sum(amount)::bigint as balance from (
       select loan_id, debit_account as account, amount from journal_entry
       union all select loan_id, credit_account, -amount from journal_entry) as line
     group by loan_id, account`,
  );
  return new Map(rows.map((row) => [`${row.loan_id} ${row.account}`, row.balance]));
}

/**
 * Principal stands in the portfolio account until it is written or charged off; an overpayment is a debt of
 * ours.
 */
function ledgerFaults({ id, state }: BookedLoan, balances: ReadonlyMap<string, bigint>): string[] {
  const { accounts } = state.terms.accounting;
  const isDisbursed = state.disbursedOn !== null;
  const isLost = state.status === 'writtenOff' || state.chargedOffOn !== null;
  const principal =
    isDisbursed && !isLost ? sum(state.installments.map((row) => outstandingOf(row, 'principal'))) : 0n;
  const expected = [
    ['loan portfolio', accounts.loanPortfolio, principal],
    ['overpayment', accounts.overpayment, -state.overpaid],
  ] as const;
  return expected
    .map(([name, account, amount]) => ({ name, amount, balance: balances.get(`${id} ${account}`) ?? 0n }))
    .filter(({ amount, balance }) => amount !== balance)
    .map(
      ({ name, amount, balance }) => `loan ${id}: ${name} is ${balance} in the ledger, ${amount} in the loan`,
    );
}
