/**
 * Loans as they are shown: everything in one row, and of their transactions only those that are shown or that
 * days past due depend on. Who changes a loan reads it whole (`findLoan`).
 */

import { openSharing, type SharedReading } from '../batch/sharing.ts';
import type { Tx } from '../database.ts';
import { type ClosingRow, toClosing } from './closing.ts';
import { type BookedLoan, LOAN_COLUMNS, type LoanRow, toLoan } from './loans.ts';
import { findTerms, type TermsById } from './terms.ts';
import { type BookedTransaction, type TransactionRow, toTransaction } from './transactions.ts';

/** `transactions`, also those of the state, are not all there are. */
export interface ShownLoan extends BookedLoan {
  readonly productName: string;
}

interface ShownRow extends LoanRow, ClosingRow {
  product_name: string;
  transactions: readonly TransactionFields[] | null;
}

interface RowAndTerms {
  readonly row: ShownRow;
  readonly terms: TermsById;
}

/** Amounts and numbers as text: JSON's numbers are not exact. */
type TransactionFields = readonly [
  ...[seq: number, id: string, type: TransactionRow['type'], date: string, submitted: string],
  ...[amount: string, principal: string, interest: string, fees: string, penalties: string],
  ...[overpaid: string, reversal: TransactionRow['reversal'], details: unknown, externalId: string | null],
  ...[key: string | null, paymentTypeId: string | null, receipt: string | null, note: string | null],
];

const FIELDS = `t.seq, t.id::text, t.type, t.transaction_date, t.submitted_on, t.amount::text, t.principal::text,
  t.interest::text, t.fees::text, t.penalties::text, t.overpaid::text, t.reversal, t.details, t.external_id,
  t.idempotency_key, t.payment_type_id::text, t.receipt_number, t.note`;

const CHARGEBACKS = "t.type = 'chargeback'";
const REPAYMENTS =
  "t.type in ('repayment', 'downPayment', 'chargePayment', 'recoveryRepayment', 'chargeback')";

const selected = (transactions: string): string => `select ${LOAN_COLUMNS}, product.name as product_name,
    (select json_agg(json_build_array(${FIELDS}) order by t.seq) from loan_transaction t
     where t.loan_id = loan.id and ${transactions}) as transactions
  from loan left join loan_product product on product.id = loan.product_id
    left join loan_closing c on c.loan_id = loan.id
  where loan.deleted_at is null`;

const BY_ID = `${selected(REPAYMENTS)} and loan.id = any($1)`;
/** One round trip; a cluster looks the names up first, by itself. */
const BY_EXTERNAL_ID = `${selected(REPAYMENTS)} and loan.id = any(array(
  select id from external_id where external_id = any($1) and kind = 'loan'))`;
const LISTED = `${selected(CHARGEBACKS)} and loan.id = any($1)`;

export type LoanReference = { readonly id: bigint } | { readonly externalId: string };

/** Loans with the customers' repayments. */
const READINGS = {
  byId: {
    textOf: String,
    read: async (tx, ids) => byText(await read(tx, BY_ID, ids), ({ row }) => String(row.loan_id)),
    shape: toShown,
  } satisfies SharedReading<bigint, RowAndTerms, ShownLoan>,
  byExternalId: {
    textOf: String,
    read: async (tx, names) =>
      byText(await read(tx, BY_EXTERNAL_ID, names), ({ row }) => row.loan_external_id ?? ''),
    shape: toShown,
  } satisfies SharedReading<string, RowAndTerms, ShownLoan>,
};

async function read(tx: Tx, text: string, keys: readonly unknown[]): Promise<RowAndTerms[]> {
  const rows = await tx.query<ShownRow>(text, [keys]);
  const terms = await findTerms(
    tx,
    rows.map((row) => row.terms_id),
  );
  return rows.map((row) => ({ row, terms }));
}

function byText<Row>(rows: readonly Row[], textOf: (row: Row) => string): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) found.set(textOf(row), row);
  return found;
}

const openFinding = (tx: Tx) => ({
  byId: openSharing(tx, READINGS.byId),
  byExternalId: openSharing(tx, READINGS.byExternalId),
});
const findings = new WeakMap<Tx, ReturnType<typeof openFinding>>();

/** Together with what others ask for at the same time; not within a transaction. */
export function findShownLoan(tx: Tx, reference: LoanReference): Promise<ShownLoan | undefined> {
  const finding = findings.get(tx) ?? openFinding(tx);
  findings.set(tx, finding);
  return 'id' in reference ? finding.byId(reference.id) : finding.byExternalId(reference.externalId);
}

/** A page of loans, by their numbers; without their repayments. */
export async function findListedLoans(tx: Tx, ids: readonly bigint[]): Promise<Map<bigint, ShownLoan>> {
  const rows = ids.length === 0 ? [] : await read(tx, LISTED, ids);
  return new Map(rows.map((each) => [each.row.loan_id, toShown(each)]));
}

function toShown({ row, terms }: RowAndTerms): ShownLoan {
  const transactions = row.transactions === null ? [] : row.transactions.map(toShownTransaction);
  const loan = toLoan(row, { transactions, closing: toClosing(row), terms, lacks: undefined });
  return { productName: row.product_name, ...loan };
}

const toShownTransaction = (fields: TransactionFields): BookedTransaction => toTransaction(toRow(fields));

function toRow(fields: TransactionFields): TransactionRow {
  const [seq, id, type, date, submitted, amount, principal, interest, fees, penalties, ...rest] = fields;
  const [overpaid, reversal, details, externalId, key, paymentTypeId, receipt, note] = rest;
  return {
    seq,
    id: BigInt(id),
    type,
    reversal,
    details,
    note,
    transaction_date: date as TransactionRow['transaction_date'],
    submitted_on: submitted as TransactionRow['submitted_on'],
    amount: BigInt(amount),
    principal: BigInt(principal),
    interest: BigInt(interest),
    fees: BigInt(fees),
    penalties: BigInt(penalties),
    overpaid: BigInt(overpaid),
    external_id: externalId,
    idempotency_key: key,
    payment_type_id: paymentTypeId === null ? null : BigInt(paymentTypeId),
    receipt_number: receipt,
  };
}
