/** Reports reckoned from what the API shows of each loan: the other side of what the server sums up. */
import type { Loan, LoanTransaction } from '../sdk/client.ts';

export interface Seen {
  readonly loan: Loan;
  readonly transactions: readonly LoanTransaction[];
}

/** Days past due at the close of a day, from the schedule that the API shows. */
export function daysPastDue(
  { repaymentSchedule = [] }: Pick<Loan, 'repaymentSchedule'>,
  day: string,
): number {
  const open = repaymentSchedule.find((row) => row.period > 0 && row.totalOutstanding > 0);
  const late = open === undefined ? 0 : Date.parse(day) - Date.parse(open.dueDate);
  return Math.max(0, late / 86_400_000);
}

export const cents = (amount: number): number => Math.round(amount * 100);

export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, each) => total + cents(each), 0) / 100;

export const share = (part: number, whole: number): number =>
  Math.round((part / whole) * 1_000_000) / 1_000_000;

/** In the portfolio: owed, and not given up. */
export const isActive = ({ loan }: Pick<Seen, 'loan'>): boolean =>
  loan.status === 'Active' && !loan.chargedOff;
