/** Lists of loans: filtered and sorted by columns that have an index. */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanStatus } from '../../domain/loan.ts';
import type { Tx } from '../database.ts';
import { type Condition, type Page, type PageRequest, readPage } from '../page.ts';
import { countLoans } from '../rollups/loanCounts.ts';
import { findListedLoans, type ShownLoan } from './shown.ts';

export interface LoanFilter {
  readonly id?: bigint | undefined;
  readonly customerId?: bigint | undefined;
  readonly productId?: bigint | undefined;
  readonly status?: LoanStatus | undefined;
  /** Whether something was due before this day and is still open. */
  readonly overdueOn?: CivilDate | undefined;
  /** False: only loans without anything overdue on that day. */
  readonly isOverdue?: boolean;
  /** Only loans whose oldest unpaid installment fell due on this day or before. */
  readonly unpaidSince?: CivilDate | undefined;
  readonly delinquencyRange?: string | undefined;
  readonly isNonPerforming?: boolean | undefined;
}

const SORTS = {
  id: { sql: 'id', type: 'bigint' },
  principal: { sql: 'principal', type: 'bigint' },
  expectedDisbursementDate: { sql: 'expected_disbursement_date', type: 'date' },
} as const;
export type LoanSort = keyof typeof SORTS;
export const LOAN_SORTS = Object.keys(SORTS) as readonly LoanSort[];

/** Items come without their repayments. */
export async function listLoans(
  tx: Tx,
  filter: LoanFilter,
  request: PageRequest & { readonly orderBy: LoanSort },
): Promise<Page<ShownLoan>> {
  const query = {
    columns: 'id',
    from: 'loan',
    conditions: conditionsOf(filter),
    id: 'id',
    sort: SORTS[request.orderBy],
    ...(isCounted(filter) && { count: () => countLoans(tx, filter) }),
  };
  const page = await readPage<{ id: bigint }>(tx, query, request);
  const ids = page.items.map((row) => row.id);
  const loans = await findListedLoans(tx, ids);
  return { ...page, items: ids.flatMap((id) => loans.get(id) ?? []) };
}

/** Whether the total is known without a look at the loans; else an index finds the few that are asked for. */
const isCounted = (filter: LoanFilter): boolean =>
  [filter.id, filter.customerId, filter.unpaidSince, filter.delinquencyRange, filter.isNonPerforming].every(
    (each) => each === undefined,
  );

function conditionsOf(filter: LoanFilter): Condition[] {
  const conditions: Condition[] = [['deleted_at is null']];
  if (filter.id !== undefined) conditions.push(['id = ?', filter.id]);
  if (filter.customerId !== undefined) conditions.push(['customer_id = ?', filter.customerId]);
  if (filter.productId !== undefined) conditions.push(['product_id = ?', filter.productId]);
  if (filter.status !== undefined) conditions.push(['status = ?', filter.status]);
  if (filter.overdueOn !== undefined) conditions.push(overdueCondition(filter.overdueOn, filter));
  if (filter.unpaidSince !== undefined) conditions.push(['oldest_unpaid_due_date <= ?', filter.unpaidSince]);
  if (filter.delinquencyRange !== undefined)
    conditions.push(['delinquency_range = ?', filter.delinquencyRange]);
  if (filter.isNonPerforming !== undefined)
    conditions.push([filter.isNonPerforming ? 'is_non_performing' : 'not is_non_performing']);
  return conditions;
}

const overdueCondition = (on: CivilDate, { isOverdue = true }: LoanFilter): Condition =>
  isOverdue
    ? ['oldest_unpaid_due_date < ?', on]
    : ['(oldest_unpaid_due_date is null or oldest_unpaid_due_date >= ?)', on];
