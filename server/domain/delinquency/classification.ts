/**
 * Delinquency of a loan on business date D: how long it is past due, in which range, with how much.
 *
 *   pastDueDays    = D - overdueSince
 *   delinquentDate = overdueSince + grace
 *   delinquentDays = pastDueDays - grace, and if that is above 0 less the paused days, never below 0
 *   due 15 Feb unpaid, grace 3, D = 20 Feb: past due 5, delinquent 2 since 18 Feb, range 1-3
 *
 * The range is that of `delinquentDays`; its history is kept as tags. Installments are classified by
 * themselves and know no grace. Only active loans are delinquent. Source: engine.md sections 9.1 and 9.2.
 */
import { addDays, type CivilDate, daysBetween } from '../date.ts';
import type { DelinquencyTag, InstallmentTag, Loan } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import type { DelinquencyBucket, DelinquencyRange } from '../terms.ts';
import { overdueOf, overdueOfRow } from './overdue.ts';
import { pausedDays } from './pauses.ts';

export interface Delinquency {
  readonly range: DelinquencyRange | null;
  readonly overdueAmount: Money;
  readonly overdueSince: CivilDate | null;
  readonly pastDueDays: number;
  readonly delinquentDate: CivilDate | null;
  readonly delinquentDays: number;
}

const NOT_DELINQUENT: Delinquency = {
  range: null,
  overdueAmount: 0n,
  overdueSince: null,
  pastDueDays: 0,
  delinquentDate: null,
  delinquentDays: 0,
};

export function delinquencyOf(loan: Loan, businessDate: CivilDate): Delinquency {
  if (loan.status !== 'active') return NOT_DELINQUENT;
  const { amount: overdueAmount, since: overdueSince } = overdueOf(loan, businessDate);
  if (overdueSince === null) return { ...NOT_DELINQUENT, overdueAmount };
  const grace = loan.terms.graceOnArrearsAgeing;
  const pastDueDays = Math.max(0, daysBetween(overdueSince, businessDate));
  const afterGrace = Math.max(0, pastDueDays - grace);
  const delinquentDays = Math.max(0, afterGrace - pausedDays(loan, businessDate));
  const range = rangeOf(loan.terms.delinquencyBucket, delinquentDays);
  const delinquentDate = addDays(overdueSince, grace);
  return { range, overdueAmount, overdueSince, pastDueDays, delinquentDate, delinquentDays };
}

/** The range that holds so many days; null for none. */
export function rangeOf(bucket: DelinquencyBucket | null, days: number): DelinquencyRange | null {
  if (days <= 0) return null;
  const fits = (range: DelinquencyRange) => range.minDays <= days && days <= (range.maxDays ?? days);
  return bucket?.ranges.find(fits) ?? null;
}

/** Each delinquent installment by itself: overdue since its own date, without grace. */
export function installmentTags(loan: Loan, businessDate: CivilDate): InstallmentTag[] {
  if (!loan.terms.installmentLevelDelinquency) return [];
  if (delinquencyOf(loan, businessDate).delinquentDays === 0) return [];
  const paused = pausedDays(loan, businessDate);
  return loan.installments.flatMap((row) => {
    const { amount, since } = overdueOfRow(row, loan, businessDate);
    const days = since === null ? 0 : daysBetween(since, businessDate) - paused;
    const range = rangeOf(loan.terms.delinquencyBucket, days);
    return range ? [{ installment: row.number, rangeCode: range.code, amount }] : [];
  });
}

/** Overdue amounts of the installments as last classified, added up by range, mildest range first. */
export interface RangeTotal {
  readonly range: DelinquencyRange;
  readonly amount: Money;
}

export function delinquencyByRange(loan: Loan): RangeTotal[] {
  const tags = loan.installmentTags ?? [];
  const ranges = loan.terms.delinquencyBucket?.ranges ?? [];
  return ranges.flatMap((range) => {
    const amounts = tags.filter((tag) => tag.rangeCode === range.code).map((tag) => tag.amount);
    return amounts.length > 0 ? [{ range, amount: sum(amounts) }] : [];
  });
}

/** The tag that holds now; null when the loan is in no range. */
export const currentTag = (loan: Pick<Loan, 'delinquencyTags'>): DelinquencyTag | null =>
  loan.delinquencyTags.find((tag) => tag.liftedOn === null) ?? null;

/** The loan with its range brought up to date: a change lifts the old tag and adds the new one. */
export function classify(loan: Loan, businessDate: CivilDate): Loan {
  const tags = installmentTags(loan, businessDate);
  const tagged = sameTags(tags, loan.installmentTags ?? []) ? loan : { ...loan, installmentTags: tags };
  const rangeCode = delinquencyOf(loan, businessDate).range?.code ?? null;
  if (rangeCode === (currentTag(loan)?.rangeCode ?? null)) return tagged;
  const lifted = loan.delinquencyTags.map((tag) =>
    tag.liftedOn === null ? { ...tag, liftedOn: businessDate } : tag,
  );
  const added = rangeCode === null ? [] : [{ rangeCode, addedOn: businessDate, liftedOn: null }];
  return { ...tagged, delinquencyTags: [...lifted, ...added] };
}

const sameTags = (a: readonly InstallmentTag[], b: readonly InstallmentTag[]): boolean =>
  a.length === b.length &&
  a.every((tag, index) => {
    const other = b[index];
    return (
      tag.installment === other?.installment &&
      tag.rangeCode === other.rangeCode &&
      tag.amount === other.amount
    );
  });
