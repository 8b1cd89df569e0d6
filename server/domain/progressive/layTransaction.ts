/**
 * What each kind of transaction does to a progressive schedule.
 *
 *   disbursement   builds or enlarges the rows; what the loan is overpaid by is laid into them at once
 *   payments       are laid over the rows by the rule of their kind; the rest is overpayment
 *   charge payment pays its charge first; what that no longer asks is laid like a payment
 *   cash refund    takes settled money back out of the rows
 *   chargeback     by the credit allocation rule where there is one, else to the principal of a row
 *
 * Source: engine.md sections 5.3 (progressive), 5.6 and 5.9 to 5.12.
 */
import { layTransaction as layPlain, requireCovered, type Split } from '../allocation/run.ts';
import { payClaimed } from '../charges/claims.ts';
import { merged } from '../charges/settleCharges.ts';
import { noPortions, type Portions, totalOf } from '../components.ts';
import { type CivilDate, earlier } from '../date.ts';
import { type Money, minimum } from '../money.ts';
import { type LoanTransaction, REPAYMENT_LIKE, type TransactionType } from '../transaction.ts';
import { allocationRule, takingBackRule } from './allocation.ts';
import { chargebackRule, layChargeback, portionsLeft, splitChargeback } from './chargeback.ts';
import { layReAge, layReAmortization } from './reAge.ts';
import {
  bringInterestTo,
  layOver,
  type Payment,
  type ProgressiveRun,
  paymentOf,
  takeOut,
  useOverpayment,
} from './run.ts';
import { addDisbursement, renumber, settleRows } from './schedule.ts';

/** How a transaction came out; where the schedule decides its amount (a charge-off's), that too. */
export type Outcome = Split & Partial<Pick<LoanTransaction, 'amount' | 'settledAtOnce'>>;

/** The run, and how the transactions before this one came out, by id. */
export interface Position {
  readonly run: ProgressiveRun;
  readonly outcomes: ReadonlyMap<number, { transaction: LoanTransaction; outcome: Outcome }>;
}

/** Lays one transaction over the schedule; null when it does not touch the schedule. */
export function lay(position: Position, transaction: LoanTransaction): Outcome | null {
  const { run } = position;
  if (REPAYMENT_LIKE.has(transaction.type)) return layPayment(run, transaction);
  switch (transaction.type) {
    case 'disbursement':
      return layDisbursement(run, transaction);
    case 'chargePayment':
      return layChargePayment(run, transaction);
    case 'refund':
      return layCashRefund(run, transaction);
    case 'chargeback':
      return layAnyChargeback(position, transaction);
    case 'reAge':
      return wholly({ ...noPortions(), principal: layReAge(run, transaction) });
    case 'reAmortize':
      return wholly({ ...noPortions(), principal: layReAmortization(run, transaction) });
    default:
      return layAsPlain(run, transaction);
  }
}

/** The amount of these follows from the schedule at their place. */
const AMOUNT_FOLLOWS: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'chargeOff',
  'writeOff',
  'accrualActivity',
]);

function layAsPlain(run: ProgressiveRun, transaction: LoanTransaction): Outcome | null {
  if (transaction.type === 'chargeOff' || transaction.type === 'writeOff')
    endOverdueInterest(run, transaction.date);
  const split = layPlain(run, transaction);
  renumber(run.rows);
  return split && AMOUNT_FOLLOWS.has(transaction.type) ? wholly(split.portions) : split;
}

/** What is overdue is charged up to the day of the loss, and no further; of two losses the first counts. */
function endOverdueInterest(run: ProgressiveRun, on: CivilDate): void {
  bringInterestTo(run, on);
  const { recalculation } = run;
  if (recalculation) recalculation.overdueUntil = earlier(recalculation.overdueUntil ?? on, on);
}

const wholly = (portions: Portions): Outcome => ({
  portions,
  amount: totalOf(portions),
  overpaid: 0n,
  chargesPaid: [],
});

function layDisbursement(run: ProgressiveRun, { date, amount }: LoanTransaction): Outcome {
  addDisbursement(run, date, amount);
  const overpaid = minimum(amount, run.overpaid);
  const { chargesPaid, portions } = useOverpayment(run, date);
  const outcome = { portions: noPortions(), overpaid, chargesPaid };
  return totalOf(portions) === portions.principal ? outcome : { ...outcome, settledAtOnce: portions };
}

function layPayment(run: ProgressiveRun, transaction: LoanTransaction): Outcome {
  const payment = paymentOf(transaction);
  layByRule(run, payment, transaction.type);
  return { portions: payment.portions, overpaid: payment.left, chargesPaid: payment.chargesPaid };
}

function layByRule(run: ProgressiveRun, payment: Payment, type: TransactionType): void {
  bringInterestTo(run, payment.date);
  layOver(run, payment, allocationRule(run.terms.allocationRules, ruleName(type)));
  // A payment that leaves nothing over closes the account of earlier surpluses, as in the reference.
  run.overpaid = payment.left > 0n ? run.overpaid + payment.left : 0n;
}

/** Its charge first; what that no longer asks goes by the rule of its kind. */
function layChargePayment(run: ProgressiveRun, transaction: LoanTransaction): Outcome {
  const { rows, charges, terms } = run;
  const payment = paymentOf(transaction);
  const own = payClaimed({ rows, charges, currency: terms.currency }, payment, transaction);
  if (payment.left > 0n) layByRule(run, payment, transaction.type);
  const chargesPaid = merged([...own, ...payment.chargesPaid]);
  return { portions: payment.portions, overpaid: payment.left, chargesPaid };
}

/** `merchantIssuedRefund` -> `MERCHANT_ISSUED_REFUND`, as allocation rules spell it. */
const ruleName = (type: TransactionType): string =>
  type.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();

function layCashRefund(run: ProgressiveRun, transaction: LoanTransaction): Outcome {
  const refund = paymentOf(transaction);
  // An overpayment is handed back before any settled installment is opened again.
  const overpaid = minimum(refund.left, run.overpaid);
  refund.left -= overpaid;
  run.overpaid -= overpaid;
  takeOut(run, refund, takingBackRule(run.terms.allocationRules));
  requireCovered(refund);
  return { portions: refund.portions, overpaid, chargesPaid: refund.chargesPaid };
}

function layAnyChargeback({ run, outcomes }: Position, transaction: LoanTransaction): Outcome | null {
  const rule = chargebackRule(run.terms);
  if (!rule) {
    const split = layAsPlain(run, transaction);
    settleRows(run, transaction.date);
    return split;
  }
  const original = [...outcomes.values()].find(
    ({ transaction: { id } }) => id === transaction.relatedTransactionId,
  );
  const left = portionsLeft(
    original?.outcome.portions ?? noPortions(),
    earlierChargebacks(outcomes, transaction),
    rule.order,
  );
  const portions = splitChargeback(transaction.amount, left, rule.order);
  return { ...layChargeback(run, transaction, portions), chargesPaid: [] };
}

function earlierChargebacks(
  outcomes: Position['outcomes'],
  { relatedTransactionId }: LoanTransaction,
): Money[] {
  return [...outcomes.values()]
    .map(({ transaction }) => transaction)
    .filter(
      ({ type, relatedTransactionId: original }) =>
        type === 'chargeback' && original === relatedTransactionId,
    )
    .map(({ amount }) => amount);
}
