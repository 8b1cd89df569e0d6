/**
 * Events that vectors expect, among those that are stored for webhooks with each change. The reference names
 * them otherwise, and counts a change of status where we tell what was done.
 */
import { listLoanEvents, type StoredEvent } from '../../server/store/loans/events.ts';
import type { Outcome } from '../conformance/comparison.ts';
import type { Step } from '../conformance/format.ts';
import type { Fields } from '../conformance/operations.ts';
import { loanOf, type Play } from './played.ts';

type Told = Pick<StoredEvent, 'type' | 'facts'>;
type IsIt = (told: Told) => boolean;

const isType =
  (...types: readonly StoredEvent['type'][]): IsIt =>
  ({ type }) =>
    types.includes(type);

const isRescheduledBy =
  (transactionType: string): IsIt =>
  ({ type, facts }) =>
    type === 'loan.rescheduled' && facts.transactionType === transactionType;

const STATUSES: Readonly<Record<string, IsIt>> = {
  APPROVED: isType('loan.approved', 'loan.disbursal_undone'),
  ACTIVE: isType('loan.disbursed', 'loan.reopened'),
  CLOSED_OBLIGATIONS_MET: isType('loan.closed'),
  OVERPAID: isType('loan.overpaid'),
};

const EVENTS: Readonly<Record<string, IsIt>> = {
  'repayment-due': isType('loan.repayment_due'),
  'repayment-overdue': isType('loan.overdue'),
  'loan-snapshot': isType('loan.installment_due'),
  // The reference also raises it when days are counted otherwise from now on.
  'delinquency-range-changed': isType(
    'loan.delinquency_changed',
    'loan.delinquency_paused',
    'loan.delinquency_resumed',
  ),
  'loan-re-aged': isRescheduledBy('reAge'),
  'loan-re-amortized': isRescheduledBy('reAmortize'),
  'loan-status-changed': (told) => Object.values(STATUSES).some((isIt) => isIt(told)),
};

/** Why no event of ours answers it; null where one does. */
export const untoldReason = ({ expect, name }: Step): string | null =>
  (expect === 'event' || expect === 'no-event') && !(String(name) in EVENTS)
    ? `no webhook tells ${name}`
    : null;

const keyOf = ({ loanId, version, position }: StoredEvent): string => `${loanId} ${version} ${position}`;

async function unseenEvents(play: Play, step: Fields): Promise<StoredEvent[]> {
  const { id } = loanOf(play, step.loan);
  const stored = await listLoanEvents(play.deployment.world.db.read, BigInt(id));
  return stored.filter((each) => !play.seenEvents.has(keyOf(each)));
}

async function lookFor(play: Play, step: Fields, isIt: IsIt): Promise<Outcome> {
  const unseen = await unseenEvents(play, step);
  const day = step.given('businessDate') ? step.text('businessDate') : undefined;
  const found = unseen.find((each) => isIt(each) && (day === undefined || each.businessDate === day));
  if (found) play.seenEvents.add(keyOf(found));
  const wanted = step.given('name') ? step.text('name') : step.text('value');
  return found ? null : { expected: wanted, actual: typesOf(unseen) };
}

const typesOf = (events: readonly StoredEvent[]): string[] => events.map(({ type }) => type);

const isNever: IsIt = () => false;

export const EVENT_CHECKS: Readonly<Record<string, (play: Play, step: Fields) => Promise<Outcome>>> = {
  event: (play, step) => lookFor(play, step, EVENTS[step.text('name')] ?? isNever),
  'status-event': (play, step) => lookFor(play, step, STATUSES[step.text('value')] ?? isNever),
  'no-event': async (play, step) => {
    const unseen = await unseenEvents(play, step);
    const isIt = EVENTS[step.text('name')] ?? isNever;
    return unseen.some(isIt) ? { expected: `no ${step.text('name')}`, actual: typesOf(unseen) } : null;
  },
};
