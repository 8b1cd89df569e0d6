/** What happens to a loan besides payments: each verb loads the loan, lets the domain decide, stores. */
import type { CivilDate } from '../../domain/date.ts';
import type { LoanCommand } from '../../domain/decide.ts';
import { requireUnrepaid } from '../../domain/life/disbursalUndo.ts';
import { type Money, parseMoney } from '../../domain/money.ts';
import { requireLimits } from '../../domain/product.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { LoanTerms } from '../../domain/terms.ts';
import type { Tx } from '../../store/database.ts';
import { freeExternalId } from '../../store/externalIds.ts';
import { LostVersion } from '../../store/failure.ts';
import { findProduct } from '../../store/loanProducts.ts';
import { type BookedLoan, deleteLoan } from '../../store/loans/loans.ts';
import { NO_REMARKS, type TransactionRemarks } from '../../store/loans/transactions.ts';
import { noteChange } from '../audit/trail.ts';
import type { Book } from '../book.ts';
import { readBusinessDate } from '../readBusinessDate.ts';
import { changeLoan, requireLoan } from './changeLoan.ts';
import { nameLoan } from './originate.ts';
import { requirePaymentType } from './recordPayment.ts';

/** Which loan, and what somebody had to say. */
export interface Occasion {
  readonly loanId: bigint;
  readonly note?: string | undefined;
}

export const remarksOf = ({ note }: Occasion): TransactionRemarks => ({ ...NO_REMARKS, note: note ?? null });

export type Instruction = Occasion & { readonly command: LoanCommand };

/** One command to one loan, as the engine decides it. */
export async function instructLoan(tx: Tx, book: Book, asked: Instruction): Promise<BookedLoan> {
  const loan = await requireLoan(tx, asked.loanId);
  return changeLoan(tx, book, { loan, commands: [asked.command], remarks: remarksOf(asked) });
}

export interface Approval extends Occasion {
  readonly on: CivilDate;
  readonly amount: number | undefined;
  readonly expectedDisbursementDate: CivilDate | undefined;
}

export async function approveLoan(tx: Tx, book: Book, approval: Approval): Promise<BookedLoan> {
  const loan = await requireLoan(tx, approval.loanId);
  const { on, expectedDisbursementDate } = approval;
  const amount = moneyOf(loan, approval.amount, 'approvedLoanAmount');
  const command = {
    kind: 'approve',
    on,
    ...(amount !== undefined && { amount }),
    ...(expectedDisbursementDate && { expectedDisbursementDate }),
  } as const;
  return changeLoan(tx, book, { loan, commands: [command], remarks: remarksOf(approval) });
}

export async function rejectLoan(tx: Tx, book: Book, occasion: Occasion): Promise<BookedLoan> {
  const on = await readBusinessDate(tx, book);
  return instructLoan(tx, book, { ...occasion, command: { kind: 'reject', on } });
}

export async function withdrawLoan(tx: Tx, book: Book, occasion: Occasion): Promise<BookedLoan> {
  const on = await readBusinessDate(tx, book);
  return instructLoan(tx, book, { ...occasion, command: { kind: 'withdraw', on } });
}

export interface Disbursement extends Occasion {
  readonly on: CivilDate;
  readonly amount: number | undefined;
  readonly paymentType: bigint | string | undefined;
  /** Agreed with the payment: every installment from then on. */
  readonly fixedInstallmentAmount?: number | undefined;
  /** Agreed with the payment: when the first open installment falls due. */
  readonly firstRepaymentDate?: CivilDate | undefined;
}

export async function disburseLoan(tx: Tx, book: Book, asked: Disbursement): Promise<BookedLoan> {
  const loan = await requireLoan(tx, asked.loanId);
  const amount = moneyOf(loan, asked.amount, 'transactionAmount');
  const fixedInstallmentAmount = moneyOf(loan, asked.fixedInstallmentAmount, 'fixedInstallmentAmount');
  const paymentType = await requirePaymentType(tx, asked.paymentType);
  const command = {
    kind: 'disburse',
    on: asked.on,
    ...(amount !== undefined && { amount }),
    ...(fixedInstallmentAmount !== undefined && { fixedInstallmentAmount }),
    ...(asked.firstRepaymentDate && { adjustedFirstDueDate: asked.firstRepaymentDate }),
    ...(paymentType && { paymentType: paymentType.shortName }),
  } as const;
  const remarks = { ...remarksOf(asked), paymentTypeId: paymentType?.id ?? null };
  return changeLoan(tx, book, { loan, commands: [command], remarks });
}

export async function undoDisbursal(tx: Tx, book: Book, occasion: Occasion): Promise<BookedLoan> {
  const loan = await requireLoan(tx, occasion.loanId);
  requireUnrepaid(loan.state);
  return changeLoan(tx, book, { loan, commands: [{ kind: 'undoDisbursal' }], remarks: remarksOf(occasion) });
}

export async function undoApproval(tx: Tx, book: Book, occasion: Occasion): Promise<BookedLoan> {
  return instructLoan(tx, book, { ...occasion, command: { kind: 'undoApproval' } });
}

/** The money went out on another day: taken back and paid out again, in one step. */
export async function adjustDisbursementDate(
  tx: Tx,
  book: Book,
  asked: Occasion & { readonly on: CivilDate },
): Promise<BookedLoan> {
  const loan = await requireLoan(tx, asked.loanId);
  requireUnrepaid(loan.state);
  const commands = [{ kind: 'undoDisbursal' }, disbursementAgain(loan, asked.on)] as const;
  return changeLoan(tx, book, { loan, commands, remarks: remarksOf(asked) });
}

/** The same amount as before, which may be less than was approved. */
function disbursementAgain(loan: BookedLoan, on: CivilDate): LoanCommand {
  const amounts = loan.state.tranches.flatMap((each) => (each.disbursedOn === null ? [] : [each.amount]));
  const [amount] = amounts;
  if (amounts.length > 1)
    throw new Refusal('aborted', 'loan_has_tranches', 'Loan was disbursed in tranches: undo them one by one');
  return { kind: 'disburse', on, ...(amount !== undefined && { amount }) };
}

export async function writeOffLoan(
  tx: Tx,
  book: Book,
  asked: Occasion & { readonly on: CivilDate },
): Promise<BookedLoan> {
  return instructLoan(tx, book, { ...asked, command: { kind: 'writeOff', on: asked.on } });
}

export interface Modification extends Occasion {
  readonly principal: number | undefined;
  readonly numberOfRepayments: number | undefined;
  readonly interestRatePerPeriod: string | undefined;
  readonly externalId: string | undefined;
}

/** New terms of a pending loan, within the limits of its product. */
export async function modifyLoan(tx: Tx, book: Book, asked: Modification): Promise<BookedLoan> {
  const loan = await requireLoan(tx, asked.loanId);
  const { externalId } = asked;
  const terms = await modifiedTerms(tx, loan, asked);
  const command = { kind: 'modify', terms, submittedOn: loan.state.submittedOn } as const;
  const renamed = externalId !== undefined && externalId !== loan.externalId;
  if (renamed) await nameLoan(tx, loan.id, externalId);
  const after = await changeLoan(tx, book, { loan, commands: [command], ...(renamed && { externalId }) });
  if (renamed && loan.externalId !== null)
    await freeExternalId(tx, { kind: 'loan', externalId: loan.externalId });
  return after;
}

async function modifiedTerms(tx: Tx, loan: BookedLoan, asked: Modification): Promise<LoanTerms> {
  const { terms } = loan.state;
  const { numberOfRepayments = terms.numberOfRepayments } = asked;
  const modified: LoanTerms = {
    ...terms,
    principal: moneyOf(loan, asked.principal, 'principal') ?? terms.principal,
    numberOfRepayments,
    termFrequency: numberOfRepayments * terms.repaymentEvery,
    interestRatePerPeriod: asked.interestRatePerPeriod ?? terms.interestRatePerPeriod,
  };
  const product = await findProduct(tx, loan.productId);
  if (product && loan.state.status === 'pending') requireLimits(modified, product.limits);
  return modified;
}

/** Only a loan that is still pending can be removed. */
export async function removeLoan(tx: Tx, book: Book, loanId: bigint): Promise<void> {
  const loan = await requireLoan(tx, loanId);
  if (loan.state.status !== 'pending')
    throw new Refusal('permission_denied', 'loan_must_be_pending', 'Only a pending loan can be deleted');
  await takeAway(tx, book, loan);
}

async function takeAway(tx: Tx, book: Book, loan: BookedLoan): Promise<void> {
  if (!(await deleteLoan(tx, { ...loan, now: book.clock.now() })))
    throw new LostVersion(`loan ${loan.id} was changed by another writer`);
  if (loan.externalId !== null) await freeExternalId(tx, { kind: 'loan', externalId: loan.externalId });
  const { id, version, state } = loan;
  const before = { version, status: state.status };
  noteChange(tx, { kind: 'loan', id, version: version + 1, before, after: null });
}

export type RollbackStep = 'undo-disbursal' | 'undo-approval' | 'delete';

/** Takes a loan back from wherever it stands, as if it had never been; all steps or none. */
export async function rollBackLoan(
  tx: Tx,
  book: Book,
  occasion: Occasion,
): Promise<{ readonly loan: BookedLoan; readonly steps: readonly RollbackStep[] }> {
  let loan = await requireLoan(tx, occasion.loanId);
  const before = loan;
  const { commands, steps } = wayBack(loan);
  if (commands.length > 0)
    loan = await changeLoan(tx, book, { loan, commands, remarks: remarksOf(occasion) });
  await takeAway(tx, book, loan);
  return { loan: before, steps };
}

function wayBack({ state }: BookedLoan): { commands: LoanCommand[]; steps: RollbackStep[] } {
  const undoApproved = { kind: 'undoApproval' } as const;
  if (state.status === 'pending') return { commands: [], steps: ['delete'] };
  if (state.status === 'approved') return { commands: [undoApproved], steps: ['undo-approval', 'delete'] };
  if (state.status !== 'active')
    throw new Refusal('aborted', 'loan_is_settled', 'Loan is settled, it can not be rolled back');
  requireUnrepaid(state);
  return {
    commands: [{ kind: 'undoDisbursal' }, undoApproved],
    steps: ['undo-disbursal', 'undo-approval', 'delete'],
  };
}

function moneyOf(loan: BookedLoan, amount: number | undefined, field: string): Money | undefined {
  return amount === undefined ? undefined : parseMoney(amount, loan.state.terms.currency, field);
}
