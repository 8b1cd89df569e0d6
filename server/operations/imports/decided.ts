/**
 * What an imported loan becomes: the decisions of the calls that would have made it over HTTP, one after the
 * other. They follow from what is asked, the product, the payment types and the business date alone, so
 * lines that ask for the same share one result.
 */
import { type Decision, type DecisionContext, decide } from '../../domain/decide.ts';
import type { Loan } from '../../domain/loan.ts';
import { parseMoney } from '../../domain/money.ts';
import type { LoanProduct } from '../../domain/product.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Named } from '../../store/configuration/references.ts';
import type { StoredClosing } from '../../store/loans/closing.ts';
import { stateValues } from '../../store/loans/stateColumns.ts';
import { NO_REMARKS, type TransactionRemarks } from '../../store/loans/transactions.ts';
import { flowDeltas } from '../../store/rollups/flows.ts';
import { plannedLoan } from '../closing/planLoan.ts';
import type { ClosingRules } from '../closing/steps.ts';
import { lastLoan, originated } from '../loans/originate.ts';
import type { Payment } from '../loans/recordPayment.ts';
import type { AskedLoan, DecidedLoan, RememberedDecision } from './lines.ts';

/** What a decision depends on besides the request. */
export interface Setting {
  readonly product: LoanProduct;
  readonly context: DecisionContext;
  readonly paymentTypeOf: (given: bigint | string) => Named;
  readonly rules: ClosingRules;
}

/** A refusal is answered, not thrown, so that it is remembered as well. */
export function decidedLoan(asked: AskedLoan, setting: Setting): DecidedLoan | Refusal {
  const known = asked.decided;
  const paymentTypes = meaningOfPaymentTypes(asked, setting);
  if (known !== null && known.paymentTypes === paymentTypes && isStill(known, setting)) return known.outcome;
  const outcome = orRefusal(() => decideAll(asked, setting));
  const { businessDate } = setting.context;
  asked.decided = { product: setting.product, businessDate, paymentTypes, outcome };
  return outcome;
}

/** They may be made, renamed and switched off between two calls that bring the same line. */
function meaningOfPaymentTypes({ payments }: AskedLoan, { paymentTypeOf }: Setting): string {
  let meaning = '';
  for (const { paymentType } of payments) {
    if (paymentType === undefined) continue;
    const found = orRefusal(() => paymentTypeOf(paymentType));
    meaning += found instanceof Refusal ? `${found.code}\n` : `${found.id} ${found.shortName}\n`;
  }
  return meaning;
}

const isStill = (known: RememberedDecision, { product, context }: Setting): boolean =>
  known.businessDate === context.businessDate &&
  known.product.id === product.id &&
  known.product.version === product.version &&
  known.product.status === product.status;

export function orRefusal<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function decideAll({ request, payments }: AskedLoan, setting: Setting): DecidedLoan {
  const made = originated(setting.product, request, setting.context);
  const decisions: Decision[] = [...made];
  const remarks = new Map<number, TransactionRemarks>();
  for (const payment of payments) {
    const before = lastLoan(decisions);
    const paid = decidePayment(before, payment, setting);
    requireFree(remarks, paid.remarks.externalId);
    decisions.push(paid.decision);
    remarks.set(firstNew(before, paid.decision.loan), paid.remarks);
  }
  const state = lastLoan(decisions);
  const entries = decisions.flatMap((decision) => decision.entries);
  return {
    productId: setting.product.id,
    state,
    values: stateValues(state),
    version: 1 + payments.length,
    closing: closingOf(state, entries.length, setting),
    flows: flowDeltas({ productId: setting.product.id, before: null, after: state }),
    entries,
    earliestEntry: entries.map(({ date }) => date).sort()[0],
    remarks,
    shared: null,
  };
}

function closingOf(state: Loan, lastEntry: number, { context, rules }: Setting): StoredClosing {
  const { businessDate } = context;
  return plannedLoan(state, { known: null, bookClosedTill: null, businessDate, lastEntry, rules }).closing;
}

function decidePayment(loan: Loan, payment: Payment, { context, paymentTypeOf }: Setting) {
  const type = payment.paymentType === undefined ? undefined : paymentTypeOf(payment.paymentType);
  const command = {
    kind: 'pay',
    type: payment.type,
    on: payment.on ?? context.businessDate,
    amount: parseMoney(payment.amount, loan.terms.currency, 'transactionAmount'),
    ...(type && { paymentType: type.shortName }),
  } as const;
  const remarks: TransactionRemarks = { ...NO_REMARKS, ...payment.remarks, paymentTypeId: type?.id ?? null };
  return { decision: decide(loan, command, context), remarks };
}

/** Callers' ids of transactions are unique within a loan. */
function requireFree(remarks: ReadonlyMap<number, TransactionRemarks>, externalId: string | null): void {
  const isTaken = externalId !== null && [...remarks.values()].some((each) => each.externalId === externalId);
  if (!isTaken) return;
  const message = 'another repayment of this line has this externalId';
  throw new Refusal('aborted', 'external_id_taken', message, 'repayments');
}

function firstNew(before: Loan, after: Loan): number {
  const known = new Set(before.transactions.map(({ id }) => id));
  return after.transactions.find(({ id }) => !known.has(id))?.id ?? 0;
}
