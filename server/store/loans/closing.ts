/**
 * What close of business knows of a loan without touching it: when it has work, what it accrues until then.
 */
import type { ClosingPlan } from '../../domain/closing/plan.ts';
import type { CivilDate } from '../../domain/date.ts';
import { write } from '../batch/member.ts';
import { updating } from '../batch/updating.ts';
import { inserting, type Write } from '../batch/writeSet.ts';
import type { Tx } from '../database.ts';
import { provided } from '../failure.ts';
import type { LoanDraft } from './document.ts';

/** In place of a day: the loan accrues quietly, but none of its days was closed yet. */
export const NEVER_CLOSED = '1900-01-01' as CivilDate;

export interface StoredClosing extends ClosingPlan {
  /** Up to this day the quiet accrual is booked; null without one. */
  readonly bookedTill: CivilDate | null;
  /** Highest numbers used so far, what was booked quietly included. */
  readonly lastTransaction: number;
  readonly lastSequence: number;
  readonly lastEntry: number;
}

export interface ClosingRow {
  next_work_date: CivilDate | null;
  booked_till: CivilDate | null;
  installment: number | null;
  closing_interest: bigint | null;
  earned_from: CivilDate | null;
  earned_on: CivilDate | null;
  accrued: bigint | null;
  receivable_account: string | null;
  income_account: string | null;
  last_transaction: number | null;
  last_sequence: number | null;
  last_entry: number | null;
}

/** For a select; the table goes by the name `c`. Names that loan_transaction has too are told apart. */
export const CLOSING_COLUMNS = `c.next_work_date, c.booked_till, c.installment, c.interest as closing_interest,
  c.earned_from, c.earned_on, c.accrued, c.receivable_account, c.income_account, c.last_transaction,
  c.last_sequence, c.last_entry`;

/** Null where there is no row. */
export function toClosing(row: ClosingRow): StoredClosing | null {
  const { last_transaction: lastTransaction, last_sequence: lastSequence, last_entry: lastEntry } = row;
  if (lastTransaction === null || lastSequence === null || lastEntry === null) return null;
  const { installment, closing_interest: interest, earned_from: from, earned_on: due, accrued } = row;
  const { receivable_account: receivable, income_account: income } = row;
  const isQuiet =
    installment !== null && interest !== null && from !== null && due !== null && accrued !== null;
  const hasAccounts = receivable !== null && income !== null;
  return {
    nextWorkDate: row.next_work_date,
    bookedTill: row.booked_till,
    accrual:
      isQuiet && hasAccounts ? { installment, interest, from, due, accrued, receivable, income } : null,
    lastTransaction,
    lastSequence,
    lastEntry,
  };
}

/** Brings a loan up to what was booked quietly since its document was written. */
export function addQuietAccrual(loan: LoanDraft, { accrual, bookedTill }: StoredClosing): void {
  if (accrual === null || bookedTill === null || bookedTill === NEVER_CLOSED) return;
  for (const row of loan.installments)
    if (row.number === accrual.installment) row.accrued.interest = accrual.accrued;
  loan.accruedTill = bookedTill;
  loan.lastClosedBusinessDate = bookedTill;
}

export interface ClosingUpdate extends StoredClosing {
  readonly loanId: bigint;
  /** What was read of it; another value by now means that somebody booked in between. Null: there is none. */
  readonly read: Pick<StoredClosing, 'lastTransaction' | 'bookedTill'> | null;
}

const UPDATED_TYPED = [
  ['next_work_date', 'date'],
  ['booked_till', 'date'],
  ['installment', 'int'],
  ['interest', 'bigint'],
  ['earned_from', 'date'],
  ['earned_on', 'date'],
  ['accrued', 'bigint'],
  ['receivable_account', 'text'],
  ['income_account', 'text'],
  ['last_transaction', 'int'],
  ['last_sequence', 'int'],
  ['last_entry', 'int'],
] as const;
const UPDATED = UPDATED_TYPED.map(([name]) => name);

const updatedValues = ({ accrual, ...row }: StoredClosing): unknown[] => [
  row.nextWorkDate,
  row.bookedTill,
  accrual?.installment ?? null,
  accrual?.interest ?? null,
  accrual?.from ?? null,
  accrual?.due ?? null,
  accrual?.accrued ?? null,
  accrual?.receivable ?? null,
  accrual?.income ?? null,
  row.lastTransaction,
  row.lastSequence,
  row.lastEntry,
];

/** For rows that are made by `closingRow`. */
export const CLOSING_TABLE = { name: 'loan_closing', columns: ['loan_id', ...UPDATED] };
export const closingRow = (loanId: bigint, closing: StoredClosing): unknown[] => [
  loanId,
  ...updatedValues(closing),
];

const NEW_CLOSINGS = inserting({ ...CLOSING_TABLE, keyLength: 1, place: 'closings' });

const CHANGED_CLOSINGS: Write<ClosingUpdate> = {
  place: 'closing changes',
  merged: oneForEachLoan,
  statements: (updates) =>
    updateClosings(
      updates.map((update) => [
        ...[update.loanId, update.read?.lastTransaction, update.read?.bookedTill],
        ...updatedValues(update),
      ]),
    ),
};

const updateClosings = updating({
  columns: [['loan_id', 'bigint'], ['known_transaction', 'int'], ['known_till', 'date'], ...UPDATED_TYPED],
  text: ({ value, from, among }) => {
    const isAsRead = `c.last_transaction = ${value('known_transaction')}
      and c.booked_till is not distinct from ${value('known_till')}`;
    const newValue = (column: string): string =>
      column === 'last_transaction'
        ? provided(isAsRead, value(column), "'closing of loan ' || c.loan_id::text")
        : value(column);
    return `update loan_closing c
       set ${UPDATED.map((column) => `${column} = ${newValue(column)}`).join(', ')} ${from}
       where c.loan_id = ${value('loan_id')} ${among('c.loan_id')}`;
  },
});

/** From what was stored to what the last of several changes made of it, in the order of the numbers. */
function oneForEachLoan(updates: readonly ClosingUpdate[]): ClosingUpdate[] {
  const last = new Map<bigint, ClosingUpdate>();
  for (const update of updates) {
    const { read } = last.get(update.loanId) ?? update;
    last.set(update.loanId, { ...update, read });
  }
  return [...last.values()].sort((a, b) => (a.loanId < b.loanId ? -1 : 1));
}

/** With every change of a loan; fails (`isLostVersion`) when another writer came first. */
export const saveClosing = (tx: Tx, update: ClosingUpdate): Promise<void> =>
  update.read === null
    ? write(tx, NEW_CLOSINGS, [closingRow(update.loanId, update)])
    : write(tx, CHANGED_CLOSINGS, [update]);
