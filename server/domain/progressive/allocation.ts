/**
 * Advanced payment allocation: an order of steps (past due | due | in advance) x component, and a rule for
 * money beyond what is due. Horizontal: a row is paid whole before the next one; vertical: a step runs over
 * all rows before the next step. Future rows: the NEXT one, the LAST one, or all evenly (REAMORTIZATION).
 *
 *   400 in 4 rows (15 Feb ... 15 May), fee 10 due 10 Feb, fee 6 due 1 Mar; 200 paid on 20 Feb, horizontal,
 *   next: row 1 gets 100 P + 10 F, row 2 gets 84 P + 6 F
 *
 * Source: engine.md section 5.5; taking back for cash refunds 5.11.
 */
import type { PaymentInHand } from '../allocation/settle.ts';
import { COMPONENTS, type Component } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, isMet, outstandingOf } from '../installment.ts';
import type { Currency, Money } from '../money.ts';
import { shareOf } from '../schedule/rate.ts';
import type { AllocationRule, AllocationStep, DueType, FutureInstallmentRule } from '../terms.ts';

/** One component of one row, looked at on the payment's date. */
export interface Target {
  readonly row: Installment;
  readonly component: Component;
  readonly dueType: DueType;
}

/** Settles up to `limit` of the target out of the payment; answers what was taken. */
export type Settle = (target: Target, limit: Money) => Money;

export interface Distribution {
  /** By number, ascending. */
  readonly rows: readonly Installment[];
  readonly payment: PaymentInHand;
  readonly rule: AllocationRule;
  readonly currency: Currency;
  readonly settle: Settle;
}

/** How the steps run over the rows; `VERTICAL_UNTIL_DUE` goes row by row for what is not due yet. */
export type Processing = 'HORIZONTAL' | 'VERTICAL' | 'VERTICAL_UNTIL_DUE';

/** Lays a payment over the rows; what is left in it afterwards is overpayment. */
export function allocate(distribution: Distribution, processing: Processing): void {
  const { order } = distribution.rule;
  if (processing === 'VERTICAL') for (const step of order) payStep(distribution, step);
  else
    for (const [dueType, components] of groups(order)) {
      const stepByStep = processing === 'VERTICAL_UNTIL_DUE' && dueType !== 'IN_ADVANCE';
      if (!stepByStep) payRowByRow(distribution, dueType, components);
      else for (const component of components) payStep(distribution, { dueType, component });
    }
}

function payRowByRow(distribution: Distribution, dueType: DueType, components: readonly Component[]): void {
  const choose = (row: Installment) => !isMet(row);
  distribute(distribution, { dueType, components, choose, pick: firstOf });
}

function payStep(distribution: Distribution, { dueType, component }: AllocationStep): void {
  const choose = (row: Installment) => outstandingOf(row, component) > 0n;
  distribute(distribution, { dueType, components: [component], choose, pick: firstOf });
}

/** Takes settled money back, always row by row; past-due and due rows from the highest number down. */
export function takeBack(distribution: Distribution): void {
  for (const [dueType, components] of groups(distribution.rule.order)) {
    const choose = (row: Installment) => COMPONENTS.some((component) => row.paid[component] > 0n);
    distribute(distribution, { dueType, components, choose, pick: lastOf });
  }
}

/** How a cash refund takes back: its own rule, else the default order backwards from the last row. */
export function takingBackRule(rules: readonly AllocationRule[]): AllocationRule {
  const own = rules.find(({ transactionType }) => transactionType === 'REFUND_BY_CASH');
  if (own) return own;
  const rule = defaultRule(rules);
  return { ...rule, order: [...rule.order].reverse(), futureInstallments: 'LAST_INSTALLMENT' };
}

export function defaultRule(rules: readonly AllocationRule[]): AllocationRule {
  return rules.find(({ transactionType }) => transactionType === 'DEFAULT') ?? DEFAULT_RULE;
}

/** The rule for a kind of transaction, named as in the terms: `MERCHANT_ISSUED_REFUND`. */
export function allocationRule(rules: readonly AllocationRule[], kind: string): AllocationRule {
  return rules.find(({ transactionType }) => transactionType === kind) ?? defaultRule(rules);
}

const DUE_TYPES: readonly DueType[] = ['PAST_DUE', 'DUE', 'IN_ADVANCE'];
const USUAL_ORDER: readonly Component[] = ['penalties', 'fees', 'principal', 'interest'];

/** Charges before principal before interest, oldest first: what holds when a product names no default. */
export const DEFAULT_RULE: AllocationRule = {
  transactionType: 'DEFAULT',
  order: DUE_TYPES.flatMap((dueType) => USUAL_ORDER.map((component) => ({ dueType, component }))),
  futureInstallments: 'NEXT_INSTALLMENT',
};

type Groups = ReadonlyMap<DueType, readonly Component[]>;
const groupsKnown = new WeakMap<readonly AllocationStep[], Groups>();

/** The components of each due type, both in order of first appearance. */
function groups(order: readonly AllocationStep[]): Groups {
  let known = groupsKnown.get(order);
  if (!known) {
    known = grouped(order);
    groupsKnown.set(order, known);
  }
  return known;
}

function grouped(order: readonly AllocationStep[]): Groups {
  const byType = new Map<DueType, readonly Component[]>();
  for (const { dueType, component } of order)
    byType.set(dueType, [...(byType.get(dueType) ?? []), component]);
  return byType;
}

type Pick = (rows: readonly Installment[]) => Installment[];
const firstOf: Pick = (rows) => rows.slice(0, 1);
const lastOf: Pick = (rows) => rows.slice(-1);

const FUTURE: Readonly<Record<FutureInstallmentRule, Pick>> = {
  NEXT_INSTALLMENT: firstOf,
  LAST_INSTALLMENT: lastOf,
  REAMORTIZATION: (rows) => [...rows],
};

interface Round {
  readonly dueType: DueType;
  readonly components: readonly Component[];
  readonly choose: (row: Installment) => boolean;
  readonly pick: Pick;
}

/** Turn after turn: pick the rows again, pay; a row that takes nothing more is passed over. */
function distribute(distribution: Distribution, round: Round): void {
  const { payment, rule } = distribution;
  const rows = distribution.rows.filter((row) => dueTypeOf(row, payment.date) === round.dueType);
  const pick = round.dueType === 'IN_ADVANCE' ? FUTURE[rule.futureInstallments] : round.pick;
  const passedOver = new Set<Installment>();
  while (payment.left > 0n) {
    const picked = pick(rows.filter((row) => round.choose(row) && !passedOver.has(row)));
    const last = picked.at(-1);
    if (!last) return;
    const before = payment.left;
    for (const component of round.components) payEvenly(distribution, picked, { ...round, component });
    if (payment.left === before) passedOver.add(last);
  }
}

const dueTypeOf = ({ due }: Installment, on: CivilDate): DueType =>
  due < on ? 'PAST_DUE' : due === on ? 'DUE' : 'IN_ADVANCE';

/** Each row may take an equal share of what is left; the last one the rounding remainder too. */
function payEvenly(
  { payment, currency, settle }: Distribution,
  rows: readonly Installment[],
  { dueType, component }: AllocationStep,
): void {
  const whole = payment.left;
  const share = shareOf(whole, rows.length, currency);
  const shares = rows.map((_, index) => (index < rows.length - 1 ? share : whole - share * BigInt(index)));
  rows.forEach((row, index) => {
    const limit = shares[index] ?? 0n;
    if (limit > 0n && payment.left > 0n) settle({ row, component, dueType }, limit);
  });
}
