/**
 * What the outside hears of a loan: one pure function gives the events of a decision, in order, so that no
 * verb can forget them. Accruals, replays and other inner doings are not told.
 *
 *   a repayment that settles the loan -> loan.repaid, loan.closed
 *   close of business on the day after a missed due date -> loan.delinquency_changed
 *
 * Facts hold plain JSON values: amounts as numbers with the currency's decimals, dates YYYY-MM-DD.
 * Source: engine.md sections 7.5 and 9 (what raises an event); the names are ours.
 */
import type { Decision, LoanEvent } from './decision.ts';
import { currentTag } from './delinquency/classification.ts';
import type { Loan, LoanStatus } from './loan.ts';
import { toJsonNumber } from './money.ts';
import type { LoanTransaction, TransactionType } from './transaction.ts';

export const LOAN_EVENT_TYPES = [
  'loan.created',
  'loan.changed',
  'loan.approved',
  'loan.approval_undone',
  'loan.rejected',
  'loan.withdrawn',
  'loan.disbursed',
  'loan.disbursal_undone',
  'loan.repaid',
  'loan.waived',
  'loan.refunded',
  'loan.recovered',
  'loan.charged_back',
  'loan.charge_added',
  'loan.rescheduled',
  'loan.transaction_reversed',
  'loan.repayment_due',
  'loan.installment_due',
  'loan.overdue',
  'loan.delinquency_changed',
  'loan.delinquency_paused',
  'loan.delinquency_resumed',
  'loan.non_performing',
  'loan.performing',
  'loan.closed',
  'loan.overpaid',
  'loan.reopened',
  'loan.written_off',
  'loan.charged_off',
  'loan.charge_off_undone',
  'loan.deleted',
] as const;
export type LoanEventType = (typeof LOAN_EVENT_TYPES)[number];

/** An event as it is told; `transaction` is the number of the transaction within the loan. */
export interface ToldEvent {
  readonly type: LoanEventType;
  readonly transaction: number | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

type Decided = Pick<Decision, 'loan' | 'changed' | 'events'>;

/** The events of one decision; `before` null = the loan is made. */
export function eventsOf(before: Loan | null, decision: Decided): ToldEvent[] {
  const { loan } = decision;
  const told: ToldEvent[] = [];
  if (before === null) told.push(plain('loan.created', { status: loan.status }));
  for (const event of decision.events) told.push(...toldOf(event, { before, decision }));
  if (before !== null) addChanges(told, before, loan);
  return told;
}

interface Circumstances {
  readonly before: Loan | null;
  readonly decision: Decided;
}

const plain = (type: LoanEventType, facts: ToldEvent['facts'] = {}): ToldEvent => ({
  type,
  transaction: null,
  facts,
});

function toldOf(event: LoanEvent, circumstances: Circumstances): ToldEvent[] {
  const { before, decision } = circumstances;
  if (event.transactionId !== null) return transactionTold(event, event.transactionId, decision);
  switch (event.name) {
    case 'repayment-due':
      return [plain('loan.repayment_due')];
    // Close of business with the step CHECK_DUE_INSTALLMENTS.
    case 'loan-snapshot':
      return [plain('loan.installment_due')];
    case 'repayment-overdue':
      return [plain('loan.overdue')];
    case 'loan-status-changed':
      return statusTold(before?.status ?? null, decision.loan.status);
    default:
      return [];
  }
}

const TOLD: Readonly<Partial<Record<TransactionType, LoanEventType>>> = {
  disbursement: 'loan.disbursed',
  repayment: 'loan.repaid',
  downPayment: 'loan.repaid',
  merchantIssuedRefund: 'loan.repaid',
  payoutRefund: 'loan.repaid',
  goodwillCredit: 'loan.repaid',
  interestPaymentWaiver: 'loan.repaid',
  interestRefund: 'loan.repaid',
  chargeRefund: 'loan.repaid',
  chargeAdjustment: 'loan.repaid',
  chargePayment: 'loan.repaid',
  waiveInterest: 'loan.waived',
  waiveCharges: 'loan.waived',
  refund: 'loan.refunded',
  creditBalanceRefund: 'loan.refunded',
  chargeback: 'loan.charged_back',
  recoveryRepayment: 'loan.recovered',
  chargeOff: 'loan.charged_off',
  reAge: 'loan.rescheduled',
  reAmortize: 'loan.rescheduled',
};

function transactionTold({ name }: LoanEvent, number: number, decision: Decided): ToldEvent[] {
  const transaction = decision.changed.find(({ id }) => id === number);
  const type = transaction && TOLD[transaction.type];
  if (!transaction || !type || name.endsWith('-replayed')) return [];
  const facts = factsOf(transaction, decision.loan);
  if (!name.endsWith('-reversed')) return [{ type, transaction: number, facts }];
  if (type === 'loan.disbursed') return [{ type: 'loan.disbursal_undone', transaction: number, facts }];
  if (type === 'loan.charged_off') return [{ type: 'loan.charge_off_undone', transaction: number, facts }];
  return [{ type: 'loan.transaction_reversed', transaction: number, facts }];
}

const factsOf = ({ type, date, amount }: LoanTransaction, { terms }: Loan): ToldEvent['facts'] => ({
  transactionType: type,
  date,
  amount: toJsonNumber(amount, terms.currency),
});

const REACHED: Readonly<Record<LoanStatus, LoanEventType>> = {
  pending: 'loan.approval_undone',
  approved: 'loan.approved',
  active: 'loan.reopened',
  closed: 'loan.closed',
  writtenOff: 'loan.written_off',
  overpaid: 'loan.overpaid',
  rejected: 'loan.rejected',
  withdrawn: 'loan.withdrawn',
};

/** A disbursement and its undoing are told by their transaction. */
function statusTold(before: LoanStatus | null, after: LoanStatus): ToldEvent[] {
  const isDisbursement = before === 'approved' && after === 'active';
  const isUndone = before === 'active' && after === 'approved';
  return isDisbursement || isUndone || before === null ? [] : [plain(REACHED[after])];
}

/** What follows from comparing the loan before with the loan after. */
function addChanges(told: ToldEvent[], before: Loan, after: Loan): void {
  if (before.terms !== after.terms && after.status === 'pending') told.push(plain('loan.changed'));
  if (after.variations.some((each) => !before.variations.includes(each)))
    told.push(plain('loan.rescheduled'));
  for (const { id, definition, amount, dueDate } of after.charges)
    if (!before.charges.some((each) => each.id === id))
      told.push(
        plain('loan.charge_added', {
          charge: definition.name,
          amount: toJsonNumber(amount, after.terms.currency),
          dueDate,
        }),
      );
  if (before.delinquencyActions !== after.delinquencyActions) told.push(...pausesTold(before, after));
  told.push(...rangesTold(before, after));
  if (before.isNonPerforming !== after.isNonPerforming)
    told.push(plain(after.isNonPerforming ? 'loan.non_performing' : 'loan.performing'));
}

const pausesTold = (before: Loan, after: Loan): ToldEvent[] =>
  after.delinquencyActions
    .slice(before.delinquencyActions.length)
    .map(({ action, startDate, endDate }) =>
      action === 'PAUSE'
        ? plain('loan.delinquency_paused', { startDate, endDate })
        : plain('loan.delinquency_resumed', { startDate }),
    );

/** The range of the loan, or the ranges of its installments where the product looks at each. */
function rangesTold(before: Loan, after: Loan): ToldEvent[] {
  const from = currentTag(before)?.rangeCode ?? null;
  const to = currentTag(after)?.rangeCode ?? null;
  const installmentsChanged =
    before.installmentTags !== after.installmentTags && rangesOf(before) !== rangesOf(after);
  if (from === to && !installmentsChanged) return [];
  return [
    plain('loan.delinquency_changed', { from, to, ...(installmentsChanged && { installmentsChanged }) }),
  ];
}

const rangesOf = ({ installmentTags = [] }: Loan): string =>
  installmentTags.map(({ installment, rangeCode }) => `${installment} ${rangeCode}`).join();
