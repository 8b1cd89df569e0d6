/** Where a vector stands while it is played: what its names mean on the server, and what is read from it. */
import type { Loan, LoanCharge, LoanTransaction } from '../../sdk/client.ts';
import { CalculationKindWords, TimeWords } from '../../server/http/products/chargeFields.ts';
import type { Row } from '../conformance/format.ts';
import type { Fields } from '../conformance/operations.ts';
import type { ChargeTarget, TransactionTarget } from '../conformance/targets.ts';
import type { Deployment } from './deployment.ts';

export interface PlayedLoan {
  readonly id: string;
  readonly externalId: string;
  readonly client: string;
  readonly productId: string;
}

export interface Play {
  readonly deployment: Deployment;
  /** Tells vectors apart where names are for good. */
  readonly vectorId: string;
  readonly loans: Map<string, PlayedLoan>;
  /** Ids of transactions and numbers of charges by the name that a step gave them. */
  readonly transactionRefs: Map<string, string>;
  readonly chargeRefs: Map<string, string>;
  /** Ids that calls have answered; one that comes again was kept for its key. */
  readonly answered: Set<string>;
  lastResponse: Row | null;
  /** Events that were looked at: a look uses one up. */
  readonly seenEvents: Set<string>;
}

/** The API has no words for what the vector does: neither passed nor failed. */
export class NotPlayable extends Error {
  override readonly name = 'NotPlayable';
}

export const newPlay = (deployment: Deployment, vectorId: string): Play => ({
  ...{ deployment, vectorId, lastResponse: null },
  answered: new Set(),
  seenEvents: new Set(),
  loans: new Map(),
  transactionRefs: new Map(),
  chargeRefs: new Map(),
});

export const clientOf = ({ deployment }: Play) => deployment.world.partner;

export function loanOf(play: Play, name: string): PlayedLoan {
  const loan = play.loans.get(name);
  if (!loan) throw new Error(`there is no ${name}`);
  return loan;
}

export const readLoan = (play: Play, step: Fields): Promise<Loan> =>
  clientOf(play).loans.get(Number(loanOf(play, step.loan).id));

export const readTransactions = (play: Play, step: Fields): Promise<readonly LoanTransaction[]> =>
  clientOf(play).loans.transactions(Number(loanOf(play, step.loan).id));

export const readCharges = async (play: Play, step: Fields): Promise<readonly LoanCharge[]> =>
  clientOf(play).loanCharges.list(Number(loanOf(play, step.loan).id));

const TYPE_NAMES: Readonly<Record<string, string>> = {
  'Waive Interest': 'Waive interest',
  'Waive Charges': 'Waive loan charges',
  'Recovery Repayment': 'Repayment (after write-off)',
  'Write-off': 'Close (as written-off)',
  'Undo Charge-off': 'Charge-off',
};
/** What the vectors call a type. */
export const typeOf = ({ type }: Pick<LoanTransaction, 'type'>): string => TYPE_NAMES[type] ?? type;

export async function transactionAt(
  play: Play,
  step: Fields,
  target: TransactionTarget,
): Promise<LoanTransaction> {
  const listed = await readTransactions(play, step);
  const found = target.ref === undefined ? pick(listed, target) : byRef(play, listed, target.ref);
  if (found) return found;
  throw new Error(`no transaction ${JSON.stringify(target)}`);
}

const byRef = (play: Play, listed: readonly LoanTransaction[], ref: string) =>
  listed.find(({ id }) => id === play.transactionRefs.get(ref));

function pick(
  listed: readonly LoanTransaction[],
  { type, date, amount, nth = 1, which, orderBy }: TransactionTarget,
): LoanTransaction | undefined {
  const ordered = orderBy === 'creation' ? [...listed].sort((a, b) => Number(a.id) - Number(b.id)) : listed;
  const fitting = ordered.filter(
    (each) =>
      (type === undefined || typeOf(each) === type) &&
      (date === undefined || each.date === date) &&
      (amount === undefined || each.amount === amount),
  );
  return which === 'last' ? fitting.at(-1) : fitting[nth - 1];
}

export async function chargeAt(play: Play, step: Fields, target: ChargeTarget): Promise<LoanCharge> {
  const fitting = (await readCharges(play, step)).filter((charge) =>
    target.ref === undefined
      ? charge.code === target.code && charge.dueDate === target.dueDate
      : charge.id === play.chargeRefs.get(target.ref),
  );
  const found = fitting.at(-1);
  if (found) return found;
  throw new Error(`no charge ${JSON.stringify(target)}`);
}

export const chargeRow = (charge: LoanCharge): Row => ({
  charge: charge.code,
  name: charge.name,
  penalty: charge.penalty,
  timeType: TimeWords.keyOf(charge.chargeTimeType),
  dueAsOf: charge.dueDate ?? null,
  calculation: CalculationKindWords.keyOf(charge.chargeCalculationType),
  due: charge.amount,
  paid: charge.amountPaid,
  waived: charge.amountWaived,
  outstanding: charge.amountOutstanding,
});
