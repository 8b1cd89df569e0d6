/**
 * Variations of a running loan, put into the plan when the first row due on or after their date is reached:
 * extra terms, grace, a new rate, a new installment amount. Due dates are moved by the due-date chain itself.
 *
 *   5000, 18 %, 4 months; 2 extra terms from row 2: EMI of the 3777.78 left over 5 rows = 789.89
 *
 * Source: engine.md section 3.9.
 */
import { Decimal } from 'decimal.js';
import type { CivilDate } from '../date.ts';
import type { TermVariation } from '../loan.ts';
import { type Money, parseMoney } from '../money.ts';
import { setFlatTotal } from './flat.ts';
import {
  equalInstallment,
  hasEqualInstallments,
  isAgreedAmount,
  isFlat,
  type Plan,
  setAmounts,
} from './plan.ts';
import { interestRate } from './rate.ts';

/** Where the generator stands before it makes a row. */
export interface Position {
  readonly row: number;
  readonly principalSoFar: Money;
  readonly interestSoFar: Money;
  /** Balance that bears interest at the start of the row. */
  readonly balance: Money;
}

/** Takes up every variation that applies to the row due on `due`; rates first, then the others in order. */
export function applyVariations(plan: Plan, due: CivilDate, position: Position): void {
  if (plan.pending.length === 0) return;
  const reached = plan.pending.filter((one) => one.applicableFrom <= due);
  if (reached.length === 0) return;
  plan.pending = plan.pending.filter((one) => one.applicableFrom > due);
  for (const one of reached) if (one.kind === 'interestRate') applyRate(plan, one, position);
  for (const one of reached) if (isGrace(one)) applyGrace(plan, one, position);
  for (const one of reached) if (one.kind === 'extraTerms') applyExtraTerms(plan, one, position);
  for (const one of reached) if (one.kind === 'installmentAmount') applyAmount(plan, one);
}

const isGrace = (one: TermVariation): boolean =>
  one.kind === 'graceOnPrincipal' || one.kind === 'graceOnInterest';

const wholeNumber = (variation: TermVariation): number => Number(variation.numberValue ?? '0');

function applyRate(plan: Plan, variation: TermVariation, position: Position): void {
  const percentPerYear = new Decimal(variation.numberValue ?? '0');
  plan.rate = interestRate(plan.terms, plan.dueRule.seed, {
    precision: plan.settings.precision,
    percentPerYear,
  });
  if (isFlat(plan.terms)) {
    setFlatTotal(plan, {
      principal: position.principalSoFar,
      interest: position.interestSoFar,
      row: position.row,
    });
  } else if (hasEqualInstallments(plan.terms) && !isAgreedAmount(plan.terms)) {
    plan.installment = equalInstallment(plan, position.balance, position.row);
  }
}

function applyGrace(plan: Plan, variation: TermVariation, position: Position): void {
  const rows = variation.kind === 'graceOnPrincipal' ? plan.principalGrace : plan.interestGrace;
  for (let row = 0; row < wholeNumber(variation); row += 1) rows.add(position.row + row);
  if (variation.kind === 'graceOnInterest') plan.flat.accountedInterest = position.interestSoFar;
}

function applyExtraTerms(plan: Plan, variation: TermVariation, position: Position): void {
  plan.rows += wholeNumber(variation);
  plan.flat.interestRows = position.row - 1;
  plan.flat.principalRows = position.row - 1;
  plan.flat.accountedPrincipal = position.principalSoFar;
  plan.flat.accountedInterest = position.interestSoFar;
  setAmounts(plan, plan.total - position.principalSoFar, position.row);
}

function applyAmount(plan: Plan, variation: TermVariation): void {
  plan.installment = parseMoney(variation.numberValue ?? '0', plan.terms.currency, 'fixedEmiAmount');
}
