/**
 * The plan: what the agreed terms say about the rows still to come. It starts from the terms and moves on as
 * variations take effect: number of rows, rate, installment amount, graces, the flat total. Both generators
 * work on it.
 *
 *   EMI = P i (1+i)^k / ((1+i)^k - 1)   k = remaining rows that carry principal; i = 0: P / k
 *   5000 at 18 %, 4 months: i = 0.015, EMI 1297.22; with one row of grace on principal k = 3: 1716.91
 *
 * Source: engine.md sections 3.3 to 3.6.
 */
import { type CivilDate, compareDates } from '../date.ts';
import type { TermVariation, Tranche } from '../loan.ts';
import { divideRounded, type Money, parseMoney } from '../money.ts';
import type { EngineSettings, LoanTerms } from '../terms.ts';
import { type DueDateMoves, type DueDateRule, dueDateMoves, dueDateRule, scheduleStart } from './dueDates.ts';
import { applyFactor, type Factor, type InterestRate, interestRate, settle, shareOf } from './rate.ts';
import { type Drawdown, drawdowns, scheduledTotal } from './tranches.ts';

/** Everything a schedule is a function of. */
export interface ScheduleInput {
  readonly terms: LoanTerms;
  readonly submittedOn: CivilDate;
  /**
   * Those that count: disbursed ones (and later expected ones), or the expected ones before the first
   * disbursement.
   */
  readonly tranches: readonly Tranche[];
  readonly variations: readonly TermVariation[];
  readonly businessDate: CivilDate;
  readonly settings: EngineSettings;
}

/** Flat interest: the total of the whole term and what of it lies behind a change of the terms. */
export interface FlatPlan {
  total: Money;
  accountedInterest: Money;
  interestRows: number;
  accountedPrincipal: Money;
  principalRows: number;
}

export interface Plan {
  readonly terms: LoanTerms;
  readonly settings: EngineSettings;
  readonly disbursedOn: CivilDate;
  readonly dueRule: DueDateRule;
  readonly moves: DueDateMoves;
  readonly drawn: readonly Drawdown[];
  /** Principal of all drawdowns, down payments left out: what the EMI is computed from. */
  readonly total: Money;
  /** Variations other than due dates that have not taken effect yet, in date order. */
  pending: readonly TermVariation[];
  /** n: number of normal rows. */
  rows: number;
  rate: InterestRate;
  readonly principalGrace: Set<number>;
  readonly interestGrace: Set<number>;
  /** EMI in force; null where the rows are not equal installments. */
  installment: Money | null;
  /** The share of principal in force with equal principal. */
  principalShare: Money;
  readonly flat: FlatPlan;
  /** Interest of grace rows that the next paying row is charged. */
  graceInterest: Money;
  /** Interest above the EMI that was put off to the next row. */
  deferredInterest: Money;
}

export function openPlan(input: ScheduleInput): Plan {
  const { settings } = input;
  const drawn = drawdowns(input.terms, input.tranches, input.businessDate);
  const disbursedOn = drawn[0]?.on ?? input.terms.expectedDisbursementDate;
  const terms = withAgreedAmount(input, disbursedOn);
  const dueRule = dueDateRule(terms, scheduleStart(terms, disbursedOn, input.submittedOn));
  const rate = interestRate(terms, dueRule.seed, { precision: settings.precision });
  const plan: Plan = {
    terms,
    settings,
    disbursedOn,
    dueRule,
    moves: dueDateMoves(input.variations),
    drawn,
    total: scheduledTotal(drawn),
    pending: pendingVariations(input.variations),
    rows: terms.numberOfRepayments,
    rate,
    principalGrace: firstRows(terms.graceOnPrincipal),
    interestGrace: firstRows(terms.graceOnInterest),
    installment: terms.fixedInstallmentAmount,
    principalShare: 0n,
    flat: { total: 0n, accountedInterest: 0n, interestRows: 0, accountedPrincipal: 0n, principalRows: 0 },
    graceInterest: 0n,
    deferredInterest: 0n,
  };
  setAmounts(plan, plan.total, 1);
  return plan;
}

/** An installment amount agreed at the first disbursement is that of the whole loan. */
function withAgreedAmount({ terms, variations }: ScheduleInput, disbursedOn: CivilDate): LoanTerms {
  const agreed = variations.find(
    ({ kind, applicableFrom }) => kind === 'installmentAmount' && applicableFrom <= disbursedOn,
  );
  if (!agreed?.numberValue) return terms;
  return { ...terms, fixedInstallmentAmount: parseMoney(agreed.numberValue, terms.currency) };
}

const NOTHING: readonly TermVariation[] = [];

function pendingVariations(variations: readonly TermVariation[]): readonly TermVariation[] {
  if (variations.length === 0) return NOTHING;
  const pending = variations.filter((one) => one.kind !== 'dueDate');
  return pending.sort((a, b) => compareDates(a.applicableFrom, b.applicableFrom));
}

function firstRows(count: number): Set<number> {
  const rows = new Set<number>();
  for (let row = 1; row <= count; row += 1) rows.add(row);
  return rows;
}

export const isFlat = (terms: LoanTerms): boolean => terms.interestType === 'FLAT';
export const hasEqualInstallments = (terms: LoanTerms): boolean =>
  terms.amortization === 'EQUAL_INSTALLMENTS';

/** Rows after `elapsed` that carry principal; at least one, so that a share exists. */
export function payingRows(plan: Plan, elapsed: number): number {
  let rows = plan.rows - elapsed;
  for (const row of plan.principalGrace) {
    if (row > elapsed) rows -= 1;
  }
  return Math.max(rows, 1);
}

/**
 * EMI of `balance` over the rows from `row` on: brought to a multiple where the terms ask for it, else to the
 * cent.
 */
export function equalInstallment(plan: Plan, balance: Money, row: number): Money {
  const factor = plan.rate.annuity(payingRows(plan, row - 1));
  const { currency, installmentAmountInMultiplesOf } = plan.terms;
  if (!installmentAmountInMultiplesOf) return applyFactor(balance, factor, currency);
  const cents = BigInt(installmentAmountInMultiplesOf) * 10n ** BigInt(currency.decimals);
  return settle(multipleOf(balance, factor, cents), currency);
}

/** `amount x factor` to the nearest multiple in one rounding, half-even. */
const multipleOf = (amount: Money, factor: Factor, step: bigint): Money =>
  divideRounded(amount * factor.digits, factor.scale * step) * step;

/** Sets EMI, or share of principal, for the rows from `row` on, which have `principal` to repay. */
export function setAmounts(plan: Plan, principal: Money, row: number): void {
  if (principal <= 0n) return;
  const first = afterInitialGrace(plan, row);
  if (!hasEqualInstallments(plan.terms)) {
    plan.principalShare = shareOf(principal, payingRows(plan, row - 1), plan.terms.currency);
  } else if (!isFlat(plan.terms) && !isAgreedAmount(plan.terms)) {
    plan.installment = equalInstallment(plan, principal, first);
  }
}

/** The user fixed the EMI: rows run until the principal is gone. */
export const isAgreedAmount = (terms: LoanTerms): boolean => terms.fixedInstallmentAmount !== null;

function afterInitialGrace(plan: Plan, row: number): number {
  let first = row;
  while (plan.principalGrace.has(first)) first += 1;
  return first;
}
