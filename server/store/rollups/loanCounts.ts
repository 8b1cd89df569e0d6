/**
 * How many loans there are by product, status and the day on which the oldest unpaid installment fell due:
 * what the total of a list is answered from, however many loans there are. Deleted loans do not count.
 */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanStatus } from '../../domain/loan.ts';
import { write } from '../batch/member.ts';
import { type Query, sendAll, type Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { type Condition, where } from '../page.ts';
import { additionsTo } from './adding.ts';
import { anySlot, type Delta } from './slots.ts';

/** What a loan is counted by. */
export interface CountedLoan {
  readonly productId: bigint;
  readonly status: LoanStatus;
  readonly oldestUnpaidDueDate: CivilDate | null;
}

export interface LoanCountDeltas {
  readonly loans: readonly Delta[];
  readonly unpaid: readonly Delta[];
}

/**
 * What a change does to the counts: `before` null = the loan is made, `after` null = it is deleted. Answers
 * no deltas where nothing that counts has changed, as with most repayments.
 */
export function countDeltas(before: CountedLoan | null, after: CountedLoan | null): LoanCountDeltas {
  const isSame =
    before !== null &&
    after !== null &&
    before.status === after.status &&
    before.productId === after.productId &&
    before.oldestUnpaidDueDate === after.oldestUnpaidDueDate;
  if (isSame) return { loans: [], unpaid: [] };
  return {
    loans: [...loanDelta(before, -1n), ...loanDelta(after, 1n)],
    unpaid: [...unpaidDelta(before, -1n), ...unpaidDelta(after, 1n)],
  };
}

const loanDelta = (loan: CountedLoan | null, by: bigint): Delta[] =>
  loan === null ? [] : [{ key: [loan.productId, loan.status], by }];

const unpaidDelta = (loan: CountedLoan | null, by: bigint): Delta[] =>
  loan === null || loan.oldestUnpaidDueDate === null
    ? []
    : [{ key: [loan.productId, loan.oldestUnpaidDueDate], by }];

export const LOAN_COUNT = { name: 'loan_count', key: ['product_id', 'status'], sum: 'loans' } as const;
export const UNPAID_COUNT = {
  name: 'unpaid_loan_count',
  key: ['product_id', 'oldest_unpaid_due_date'],
  sum: 'loans',
} as const;

/** In the transaction that changes the loans, behind the change. */
export const addLoanCounts = (tx: Tx, counts: LoanCounts): Promise<void> => sendAll(tx, statementsOf(counts));

interface LoanCounts {
  readonly slot: number;
  readonly deltas: readonly LoanCountDeltas[];
}

const statementsOf = ({ slot, deltas }: LoanCounts): Query[] => [
  ...additionsTo(LOAN_COUNT, { slot, deltas: deltas.flatMap((each) => each.loans) }),
  ...additionsTo(UNPAID_COUNT, { slot, deltas: deltas.flatMap((each) => each.unpaid) }),
];

const COUNTS: Write<LoanCountDeltas> = {
  place: 'loan counts',
  merged: (deltas) => deltas,
  statements: (deltas) => statementsOf({ slot: anySlot(), deltas }),
};

/** Counts a change of a loan, or what `before` or `after` null say, in the transaction of the change. */
export function recountLoan(tx: Tx, before: CountedLoan | null, after: CountedLoan | null): Promise<void> {
  const deltas = countDeltas(before, after);
  return write(tx, COUNTS, deltas.loans.length === 0 ? [] : [deltas]);
}

export interface CountFilter {
  readonly productId?: bigint | undefined;
  readonly status?: LoanStatus | undefined;
  /** Only loans with something due before this day and unpaid; with `isOverdue: false` only the others. */
  readonly overdueOn?: CivilDate | undefined;
  readonly isOverdue?: boolean;
}

/** One statement, so that the total is of one instant. */
export async function countLoans(tx: Tx, filter: CountFilter): Promise<number> {
  const { text, values } = totalQuery(filter);
  const [row] = await tx.query<{ total: bigint }>(text, values);
  return Number(row?.total ?? 0);
}

function totalQuery({ productId, status, overdueOn, isOverdue = true }: CountFilter) {
  const ofProduct: Condition[] = productId === undefined ? [] : [['product_id = ?', productId]];
  const ofStatus: Condition[] = status === undefined ? [] : [['status = ?', status]];
  const all = sumOf(LOAN_COUNT.name, [...ofProduct, ...ofStatus]);
  if (overdueOn === undefined) return { text: `select ${all.text} as total`, values: all.values };
  // Only active loans can be overdue.
  const isPossible: Condition[] = status === undefined || status === 'active' ? [] : [['false']];
  const late: Condition = ['oldest_unpaid_due_date < ?', overdueOn];
  const overdue = sumOf(UNPAID_COUNT.name, [late, ...ofProduct, ...isPossible]);
  if (isOverdue) return { text: `select ${overdue.text} as total`, values: overdue.values };
  const shifted = overdue.text.replace(/\$(\d+)/g, (_, place) => `$${Number(place) + all.values.length}`);
  return { text: `select ${all.text} - ${shifted} as total`, values: [...all.values, ...overdue.values] };
}

function sumOf(table: string, conditions: readonly Condition[]) {
  const { text, values } = where(conditions);
  return { text: `(select coalesce(sum(loans), 0)::bigint from ${table}${text})`, values };
}
