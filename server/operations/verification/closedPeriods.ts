import type { CivilDate } from '../../domain/date.ts';
import type { Closure } from '../../store/ledger/closures.ts';
import type { Finding } from './finding.ts';

interface Posted {
  readonly where: string;
  readonly date: CivilDate;
  readonly recordedAt: Date;
}

/** What was posted later than the period of its date was closed. */
export function closureFaults(posted: Posted, closures: readonly Closure[]): Finding[] {
  const { where, date, recordedAt } = posted;
  const closure = closures.find((each) => date <= each.closingDate && recordedAt > each.createdAt);
  if (!closure) return [];
  const message =
    `posted on ${date} at ${recordedAt.toISOString()}, after the books were closed up to ` +
    `${closure.closingDate} (at ${closure.createdAt.toISOString()})`;
  return [{ rule: 'closed_periods_stand', where, message }];
}
