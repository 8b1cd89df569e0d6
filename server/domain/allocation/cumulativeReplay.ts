/**
 * Replay of a cumulative loan: the schedule as it stands (principal and interest of its rows) is emptied,
 * charges are laid in again, those with payments of their own kept for them; then every transaction in order
 * of date and booking. A transaction that comes out with another split than before is booked again, and so
 * moves behind the others of its date, in lists and in the replays that follow; where this one took it stays
 * noted (`laidAs`).
 *
 *   100 due 1 Feb, paid on 5 Feb (late 100); 100 dated 20 Jan is added -> it takes the installment (in
 *   advance 100), and the payment of 5 Feb is booked again as overpaid 100
 *
 * Source: engine.md sections 5.1 (end of a replay), 5.3 and 11.
 */
import type { LoanCharge } from '../charge.ts';
import { type Claims, claim, giveUpClaim } from '../charges/claims.ts';
import { isDueAtDisbursement, landCharges } from '../charges/landing.ts';
import type { ChargeBook } from '../charges/settleCharges.ts';
import { noPortions, samePortions } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { byDateThenSequence } from '../history/history.ts';
import { copyInstallment, type Installment, isMet, totalOutstanding } from '../installment.ts';
import type { Replay, ReplayInput, ReplayResult } from '../replayResult.ts';
import { isActive, type LoanTransaction, type TransactionType } from '../transaction.ts';
import { layTransaction, type Run, type Split } from './run.ts';

export const replayCumulative: Replay = (input) => {
  const run = emptyRun(input);
  const { book, claims } = run;
  const changed: number[] = [];
  let nextSequence = input.nextSequence;
  const transactions = [...input.transactions].sort(byDateThenSequence).map((transaction) => {
    const split = layTransaction(run, transaction);
    if (!split) return transaction;
    if (input.newTransactionIds?.has(transaction.id)) return { ...transaction, ...split };
    if (sameSplit(transaction, split)) return withSplit(transaction, split);
    changed.push(transaction.id);
    return { ...transaction, ...split, sequence: nextSequence++, laidAs: transaction.sequence };
  });
  for (const { payment } of [...claims.values()]) giveUpClaim(book, claims, payment);
  finish(run.rows, input);
  return {
    installments: run.rows,
    charges: run.charges,
    transactions: transactions.sort(byDateThenSequence),
    changed,
    overpaid: run.overpaid,
    nextSequence,
  } satisfies ReplayResult;
};

/** What comes before or after a payment in the replay without any effect on how it is split. */
const INDEPENDENT_OF_PAYMENTS: ReadonlySet<TransactionType> = new Set<TransactionType>([
  'disbursement',
  'repaymentAtDisbursement',
  'accrual',
  'accrualActivity',
]);

/** Whether a payment comes last of everything that is laid over the schedule. */
export const isLatest = (payment: LoanTransaction, transactions: readonly LoanTransaction[]): boolean =>
  transactions.every(
    (each) => each.date <= payment.date || !isActive(each) || INDEPENDENT_OF_PAYMENTS.has(each.type),
  );

/**
 * The short way for what comes last, a payment or a loss: it is laid over the state that the replay of the
 * others left.
 */
export function layLatest(
  input: Pick<ReplayInput, 'terms' | 'installments' | 'charges' | 'transactions'>,
  latest: LoanTransaction,
): Pick<ReplayResult, 'installments' | 'charges'> & { readonly laid: LoanTransaction } {
  const last = input.installments.at(-1);
  const rows = input.installments.map((row) => (isMet(row) && row !== last ? row : copyInstallment(row)));
  const charges = input.charges.map((charge) => ({ ...charge }));
  const split = layTransaction({ terms: input.terms, rows, charges, overpaid: 0n }, latest);
  finish(rows, input);
  return { installments: rows, charges, laid: { ...latest, ...split } };
}

export const sameSplit = (transaction: LoanTransaction, split: Split): boolean =>
  samePortions(transaction.portions, split.portions) &&
  transaction.overpaid === split.overpaid &&
  transaction.amount === (split.amount ?? transaction.amount);

/** Same portions, perhaps other charges behind them. */
function withSplit(transaction: LoanTransaction, split: Split): LoanTransaction {
  const before = transaction.chargesPaid;
  const same =
    before.length === split.chargesPaid.length &&
    split.chargesPaid.every((paid, index) => {
      const other = before[index];
      return other?.chargeId === paid.chargeId && other.amount === paid.amount;
    });
  return same ? transaction : { ...transaction, chargesPaid: split.chargesPaid };
}

function emptyRun(input: ReplayInput): Run & { readonly book: ChargeBook; readonly claims: Claims } {
  const { installments, terms } = input;
  const rows = installments.filter((row) => row.kind !== 'additional').map(emptied);
  const charges = input.charges.map(unpaid);
  const book = { rows, charges, currency: terms.currency };
  const claims = claim(book, input.chargePayments ?? input.transactions.filter(isChargePayment));
  landCharges(rows, charges, terms.currency);
  carryAccruedOver(rows, installments);
  const disbursedOn = firstDisbursement(input);
  for (const row of rows) if (totalOutstanding(row) === 0n) row.metOn = disbursedOn;
  return { terms, rows, charges, overpaid: 0n, book, claims };
}

const isChargePayment = ({ type }: LoanTransaction): boolean => type === 'chargePayment';

/**
 * A row as the schedule made it: principal and interest charged, nothing credited, paid, waived or written
 * off.
 */
function emptied(row: Installment): Installment {
  return {
    ...copyInstallment(row),
    charged: {
      principal: row.charged.principal - row.credited.principal,
      interest: row.charged.interest,
      fees: 0n,
      penalties: 0n,
    },
    paid: noPortions(),
    waived: noPortions(),
    writtenOff: noPortions(),
    credited: noPortions(),
    inAdvance: 0n,
    late: 0n,
    metOn: null,
  };
}

/** The charge before anything was paid on it, but out of a disbursement. */
export function unpaid({ paidInstallments: _paid, ...charge }: LoanCharge): LoanCharge {
  return { ...charge, paid: isDueAtDisbursement(charge) ? charge.paid : 0n, writtenOff: 0n };
}

function carryAccruedOver(rows: readonly Installment[], before: readonly Installment[]): void {
  const additional = before.find((row) => row.kind === 'additional');
  const now = rows.find((row) => row.kind === 'additional');
  if (additional && now) now.accrued = { ...additional.accrued };
}

export function firstDisbursement({
  transactions,
  terms,
}: Pick<ReplayInput, 'transactions' | 'terms'>): CivilDate {
  const dates = transactions.filter(({ type }) => type === 'disbursement').map(({ date }) => date);
  return dates.sort()[0] ?? terms.expectedDisbursementDate;
}

export function finish(rows: Installment[], input: Pick<ReplayInput, 'transactions' | 'terms'>): void {
  const last = rows.at(-1);
  if (last?.kind === 'additional' && Object.values(last.charged).every((amount) => amount === 0n)) rows.pop();
  noteWaiversOnLastRow(rows.at(-1), input);
  for (const row of rows) if (totalOutstanding(row) > 0n) row.metOn = null;
}

/** A last row that only waivers settled shows the date of the latest of them. */
function noteWaiversOnLastRow(
  last: Installment | undefined,
  input: Pick<ReplayInput, 'transactions' | 'terms'>,
): void {
  if (!last || (last.metOn !== null && last.metOn !== firstDisbursement(input))) return;
  const waivers = input.transactions
    .filter(({ type, date }) => type === 'waiveCharges' && date > last.from)
    .map(({ date }) => date);
  last.metOn = waivers.sort().at(-1) ?? last.metOn;
}
