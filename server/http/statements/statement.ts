/**
 * The statement of a loan as a PDF: what was lent on which terms, what is owed, and everything that happened.
 * As CSV the transactions alone, however many.
 */
import { Readable } from 'node:stream';
import { Type } from '@fastify/type-provider-typebox';
import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';
import type { CivilDate } from '../../domain/date.ts';
import { listedTransactions } from '../../domain/history/history.ts';
import { type Currency, formatMoney, type Money } from '../../domain/money.ts';
import { Refusal } from '../../domain/refusal.ts';
import { type LoanSummary, summarizeLoan } from '../../domain/statement/summary.ts';
import { requireWholeLoan } from '../../operations/loans/changeLoan.ts';
import { readBusinessDate } from '../../operations/readBusinessDate.ts';
import { findProduct } from '../../store/loanProducts.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { addressingsOf } from '../addressing.ts';
import { requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { STATUS_LABELS } from '../loans/answers.ts';
import { TYPE_LABELS } from '../loans/repaymentAnswers.ts';
import { endpoint } from '../openapi.ts';
import { accountNoOf } from '../values.ts';
import { openSheet, type TableColumn } from './sheet.ts';

const FormatIn = Type.Unsafe<'pdf' | 'csv'>({ type: 'string', enum: ['pdf', 'csv'], default: 'pdf' });
const FILE = Type.Unsafe<unknown>({ type: 'string' });

export async function statementRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  for (const form of addressingsOf('loan')) {
    const schema = {
      ...endpoint({
        id: `getStatement${form.suffix}`,
        tag: 'Loans',
        summary: 'The statement of a loan as a PDF, or its transactions as CSV',
        caller: 'partner',
        errors: ['not_found'],
      }),
      params: Type.Object(form.params),
      querystring: Type.Object({ format: Type.Optional(FormatIn) }),
      response: { 200: { content: { 'application/pdf': { schema: FILE }, 'text/csv': { schema: FILE } } } },
    };
    app.get(
      `${form.base}/statement`,
      { onRequest: requirePartner(context), schema },
      async (request, reply) => {
        const loan = await requireWholeLoan(book.db.read, await form.idOf(book.db.read, request.params));
        if (request.query.format === 'csv') return sendCsv(reply, loan);
        requireShort(loan);
        const product = await findProduct(book.db.read, loan.productId);
        const day = await readBusinessDate(book.db.read, book);
        const pdf = await statementOf({ loan, productName: product?.name ?? '', day, now: book.clock.now() });
        reply.header('content-disposition', `inline; filename="loan-${accountNoOf(loan.id)}-${day}.pdf"`);
        return reply.type('application/pdf').send(pdf);
      },
    );
  }
}

/** A PDF is made in memory, and nothing else is done meanwhile. */
const MOST_LINES = 1_000;

function requireShort({ state }: BookedLoan): void {
  const lines = state.installments.length + shownTransactions(state).length;
  if (lines > MOST_LINES)
    throw new Refusal(
      'invalid_argument',
      'statement_long',
      `the statement has ${lines} lines, more than the ${MOST_LINES} that fit into a PDF: ask for csv`,
      'format',
    );
}

const ROWS_AT_ONCE = 500;

function sendCsv(reply: FastifyReply, loan: BookedLoan): FastifyReply {
  const file = `loan-${accountNoOf(loan.id)}-transactions.csv`;
  reply.header('content-disposition', `attachment; filename="${file}"`);
  return reply.type('text/csv; charset=utf-8').send(Readable.from(csvTexts(loan), { highWaterMark: 1 }));
}

function* csvTexts({ state }: BookedLoan): Generator<string> {
  const rows = shownTransactions(state);
  yield stringify([TRANSACTION_COLUMNS.map(({ label }) => label)]);
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
    yield stringify(
      rows.slice(start, start + ROWS_AT_ONCE).map((each) => transactionRow(each, PLAIN, state)),
    );
}

export interface StatementSubject {
  readonly loan: BookedLoan;
  readonly productName: string;
  readonly day: CivilDate;
  readonly now: Date;
}

export async function statementOf({ loan, productName, day, now }: StatementSubject): Promise<Buffer> {
  const { currency } = loan.state.terms;
  const summary = summarizeLoan(loan.state, day);
  const title = `Statement of loan ${accountNoOf(loan.id)}`;
  const sheet = await openSheet({ title, madeOn: now });
  sheet.heading(title, `${loan.customerName} · as of ${day} · amounts in ${currency.code}`);
  sheet.facts(factsOf({ loan, productName, summary }));
  sheet.section('What is owed');
  sheet.table(OWED_COLUMNS, owedRows(summary, currency));
  sheet.section('Schedule');
  sheet.table(SCHEDULE_COLUMNS, scheduleRows(summary, currency));
  sheet.section('Transactions');
  sheet.table(TRANSACTION_COLUMNS, transactionRows(loan));
  return sheet.end(
    `Loan ${accountNoOf(loan.id)} · made on ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  );
}

/** 1234567.5 -> 1,234,567.50 */
const shown = (amount: Money, currency: Currency): string =>
  formatMoney(amount, currency).replace(/\B(?=(\d{3})+(?!\d)(?<!\.\d*))/g, ',');

/** An amount, or nothing where there is none. */
const shownOrBlank = (amount: Money, currency: Currency): string =>
  amount === 0n ? '' : shown(amount, currency);

function factsOf({
  loan,
  productName,
  summary,
}: Omit<StatementSubject, 'day' | 'now'> & { summary: LoanSummary }) {
  const { state } = loan;
  const { currency } = state.terms;
  const due =
    summary.nextDueAmount === null
      ? 'nothing'
      : `${shown(summary.nextDueAmount, currency)} on ${summary.nextDueDate}`;
  const facts: (readonly [string, string])[] = [
    ['Customer', `${loan.customerName} (${loan.customerExternalId})`],
    ['Product', productName],
    ['Loan', loan.externalId ?? accountNoOf(loan.id)],
    ['Status', STATUS_LABELS[state.status]],
    [
      'Disbursed',
      state.disbursedOn === null
        ? 'not yet'
        : `${shown(summary.principalDisbursed, currency)} on ${state.disbursedOn}`,
    ],
    ['Maturity', state.actualMaturity ?? state.expectedMaturity ?? ''],
    ['Next due', due],
    ['Days past due', String(summary.daysPastDue)],
  ];
  return facts;
}

const money = (label: string): TableColumn => ({ label, width: 1, align: 'right' });

const OWED_COLUMNS: readonly TableColumn[] = [
  { label: '', width: 1.1, align: 'left' },
  ...['Charged', 'Paid', 'Waived', 'Written off', 'Outstanding', 'Overdue'].map(money),
];

function owedRows(summary: LoanSummary, currency: Currency): string[][] {
  const cells = (amounts: readonly Money[]): string[] => amounts.map((amount) => shown(amount, currency));
  const of = summary;
  const total = [
    of.principalDisbursed + of.interestCharged + of.feesCharged + of.penaltiesCharged,
    of.principalPaid + of.interestPaid + of.feesPaid + of.penaltiesPaid,
    of.interestWaived + of.feesWaived + of.penaltiesWaived,
    of.principalWrittenOff + of.interestWrittenOff + of.feesWrittenOff + of.penaltiesWrittenOff,
    of.totalOutstanding,
    of.totalOverdue,
  ];
  return [
    [
      'Principal',
      ...cells([
        of.principalDisbursed,
        of.principalPaid,
        0n,
        of.principalWrittenOff,
        of.principalOutstanding,
        of.principalOverdue,
      ]),
    ],
    [
      'Interest',
      ...cells([
        of.interestCharged,
        of.interestPaid,
        of.interestWaived,
        of.interestWrittenOff,
        of.interestOutstanding,
        of.interestOverdue,
      ]),
    ],
    [
      'Fees',
      ...cells([
        of.feesCharged,
        of.feesPaid,
        of.feesWaived,
        of.feesWrittenOff,
        of.feesOutstanding,
        of.feesOverdue,
      ]),
    ],
    [
      'Penalties',
      ...cells([
        of.penaltiesCharged,
        of.penaltiesPaid,
        of.penaltiesWaived,
        of.penaltiesWrittenOff,
        of.penaltiesOutstanding,
        of.penaltiesOverdue,
      ]),
    ],
    ['Total', ...cells(total)],
  ];
}

const SCHEDULE_COLUMNS: readonly TableColumn[] = [
  { label: 'No', width: 0.4, align: 'left' },
  { label: 'Due', width: 1, align: 'left' },
  ...['Principal', 'Interest', 'Fees', 'Penalties', 'Total', 'Paid', 'Open'].map(money),
  { label: 'Paid on', width: 1, align: 'left' },
];

const scheduleRows = ({ schedule }: LoanSummary, currency: Currency): string[][] =>
  schedule
    .filter((row) => row.period > 0)
    .map((row) => [
      String(row.period),
      row.dueDate,
      ...[row.principalDue, row.interestDue, row.feesDue, row.penaltiesDue].map((each) =>
        shownOrBlank(each, currency),
      ),
      shown(row.totalDue, currency),
      shownOrBlank(row.totalPaid, currency),
      shownOrBlank(row.totalOutstanding, currency),
      row.paidDate ?? '',
    ]);

const TRANSACTION_COLUMNS: readonly TableColumn[] = [
  { label: 'Date', width: 0.9, align: 'left' },
  { label: 'Transaction', width: 1.9, align: 'left' },
  ...['Amount', 'Principal', 'Interest', 'Fees', 'Penalties', 'Balance'].map(money),
];

type Shown = ReturnType<typeof listedTransactions>[number];

/** What customers see of the history: accruals are the lender's own affair. */
const shownTransactions = (state: BookedLoan['state']): Shown[] =>
  listedTransactions(state).filter(({ type }) => type !== 'accrual' && type !== 'accrualActivity');

/** How amounts are written; `part` where nothing stands for nothing. */
interface Writing {
  readonly amount: (amount: Money, currency: Currency) => string;
  readonly part: (amount: Money, currency: Currency) => string;
}
const PRINTED: Writing = { amount: shown, part: shownOrBlank };
const PLAIN: Writing = { amount: formatMoney, part: formatMoney };

const transactionRows = ({ state }: BookedLoan): string[][] =>
  shownTransactions(state).map((each) => transactionRow(each, PRINTED, state));

function transactionRow(each: Shown, write: Writing, { terms }: BookedLoan['state']): string[] {
  const { currency } = terms;
  const { principal, interest, fees, penalties } = each.portions;
  const label = TYPE_LABELS[each.type];
  return [
    each.date,
    each.reversal === 'none' ? label : `${label} (reversed)`,
    write.amount(each.amount, currency),
    ...[principal, interest, fees, penalties].map((part) => write.part(part, currency)),
    write.amount(each.balance, currency),
  ];
}
