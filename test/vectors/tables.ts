/** Tables of the vectors, read from answers of the API. */
import type { Loan, LoanTransaction } from '../../sdk/client.ts';
import type { Row } from '../conformance/format.ts';
import type { Deployment } from './deployment.ts';
import { typeOf } from './played.ts';

type ScheduleRow = Loan['repaymentSchedule'][number];

/** Sums of amounts with cents, without the noise of binary fractions. */
export const add = (...amounts: readonly number[]): number =>
  amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0) / 100;

export const scheduleTable = (loan: Loan): Row[] =>
  loan.repaymentSchedule.map((row) => (row.period === 0 ? disbursementRow(row, loan) : installmentRow(row)));

function disbursementRow(row: ScheduleRow, { disbursedDate }: Loan): Row {
  const isOpen = disbursedDate === undefined;
  return {
    nr: 0,
    date: row.dueDate,
    balance: row.principalBalance,
    fees: row.feesDue,
    due: row.totalDue,
    paid: isOpen ? null : row.totalPaid,
    outstanding: isOpen ? row.totalOutstanding : null,
  };
}

/** What was forgiven is what is neither paid nor outstanding; no vector looks at it after a write-off. */
const installmentRow = (row: ScheduleRow): Row => ({
  nr: row.period,
  days: row.days ?? null,
  date: row.dueDate,
  paidDate: row.paidDate ?? null,
  balance: row.principalBalance,
  principal: row.principalDue,
  interest: row.interestDue,
  fees: row.feesDue,
  penalties: row.penaltiesDue,
  due: row.totalDue,
  paid: row.totalPaid,
  inAdvance: row.paidInAdvance,
  late: row.paidLate,
  waived: add(row.totalDue, -row.totalPaid, -row.totalOutstanding),
  outstanding: row.totalOutstanding,
});

/** Charges taken at disbursement stand in the disbursement rows and count as fees. */
export function totalsOf(loan: Loan): Row {
  const all = loan.repaymentSchedule;
  const installments = all.filter(({ period }) => period > 0);
  const over = (rows: readonly ScheduleRow[], part: (row: ScheduleRow) => number) => add(...rows.map(part));
  return {
    principal: over(installments, (row) => row.principalDue),
    interest: over(installments, (row) => row.interestDue),
    fees: over(all, (row) => row.feesDue),
    penalties: over(installments, (row) => row.penaltiesDue),
    due: over(all, (row) => row.totalDue),
    paid: over(all, (row) => row.totalPaid),
    inAdvance: over(installments, (row) => row.paidInAdvance),
    late: over(installments, (row) => row.paidLate),
    waived: over(installments, (row) => add(row.totalDue, -row.totalPaid, -row.totalOutstanding)),
    outstanding: over(all, (row) => row.totalOutstanding),
  };
}

export const transactionRow = (each: LoanTransaction): Row => ({
  date: each.date,
  type: typeOf(each),
  amount: each.amount,
  principal: each.principal ?? 0,
  interest: each.interest ?? 0,
  fees: each.fees ?? 0,
  penalties: each.penalties ?? 0,
  loanBalance: each.principalBalance,
  overpayment: each.overpaymentPortion ?? 0,
  reverted: each.reversed,
});

/** The ledger lines of one transaction, corrections included. */
export const journalTable = ({ accounts }: Deployment, { journal }: LoanTransaction): Row[] =>
  journal.flatMap(({ lines }) =>
    lines.map(({ glCode, debit, credit }) => {
      const account = accounts.get(glCode);
      const named = { type: account?.type.toUpperCase() ?? null, glCode, account: account?.name ?? null };
      return debit === undefined ? { ...named, credit: credit ?? null } : { ...named, debit };
    }),
  );
