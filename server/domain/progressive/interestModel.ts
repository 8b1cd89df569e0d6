/**
 * The interest model of a progressive loan: repayment periods (one per normal installment), each cut into interest periods
 * of constant balance. A disbursement or correction is entered on the interest period that ends on its date.
 *
 *   interest(piece)   = round2(balance x factor);   accruing = sum interest(piece) + unrecognised(previous period)
 *   due interest      = max(paid interest, paid principal > EMI - accruing ? paid interest : accruing)
 *   due principal     = max(paid principal, EMI - due interest);   unrecognised = accruing - due interest
 *   next balance      = balance + disbursed + corrections - due principal + paid principal
 *
 *   2000 at 12 %, 30/360, 4 months: EMI 512.56; rows 492.56 + 20.00, 497.49 + 15.07, 502.46 + 10.10, 507.49 + 5.07
 *
 * Paid principal is a negative correction on its payment date, so interest on it stops that day; that is why it is added
 * back at the period's end. Source: engine.md sections 4.2 and 4.4.
 */
import { present } from '../assert.ts';
import { type CivilDate, earlier } from '../date.ts';
import { type Currency, type Money, maximum, sum } from '../money.ts';
import { applyFactor, type Factor } from '../schedule/rate.ts';
import { type FactorRule, factorOf, type Stretch } from './interestFactor.ts';

export interface InterestPeriod {
  from: CivilDate;
  due: CivilDate;
  /** Principal disbursed on `due`. */
  disbursed: Money;
  /** Other changes of the balance on `due`: payments below zero, overdue principal above. */
  correction: Money;
  balance: Money;
  factor: Factor;
}

export interface RepaymentPeriod {
  readonly from: CivilDate;
  readonly due: CivilDate;
  emi: Money;
  paidPrincipal: Money;
  paidInterest: Money;
  pieces: InterestPeriod[];
  /** Interest of the pieces plus what the period before it left unrecognised. */
  accruing: Money;
  dueInterest: Money;
  duePrincipal: Money;
}

export interface InterestModel {
  readonly rule: FactorRule;
  readonly currency: Currency;
  readonly installmentAmountInMultiplesOf: number | null;
  readonly periods: RepaymentPeriod[];
}

export interface ModelTerms {
  readonly rule: FactorRule;
  readonly currency: Currency;
  readonly installmentAmountInMultiplesOf: number | null;
}

/** An empty model over the given periods: nothing disbursed yet. */
export function newModel(terms: ModelTerms, stretches: readonly Stretch[]): InterestModel {
  const periods = stretches.map(({ from, due }) => ({
    from,
    due,
    emi: 0n,
    paidPrincipal: 0n,
    paidInterest: 0n,
    pieces: [newPiece(terms.rule, { from, due }, { from, due })],
    accruing: 0n,
    dueInterest: 0n,
    duePrincipal: 0n,
  }));
  return { ...terms, periods };
}

function newPiece(rule: FactorRule, piece: Stretch, period: Stretch): InterestPeriod {
  const factor = factorOf(rule, piece, period);
  return { ...piece, disbursed: 0n, correction: 0n, balance: 0n, factor };
}

/** Derives balances, interest and due amounts of all periods from what was entered. */
export function roll(model: InterestModel): void {
  let balance = 0n;
  let unrecognised = 0n;
  for (const period of model.periods) {
    period.accruing = unrecognised;
    for (const piece of period.pieces) {
      piece.balance = balance;
      period.accruing += applyFactor(maximum(0n, balance), piece.factor, model.currency);
      balance += piece.disbursed + piece.correction;
    }
    settleDue(period);
    unrecognised = period.accruing - period.dueInterest;
    balance += period.paidPrincipal - period.duePrincipal;
  }
}

function settleDue(period: RepaymentPeriod): void {
  const { emi, accruing, paidInterest, paidPrincipal } = period;
  period.dueInterest = maximum(paidInterest, paidPrincipal > emi - accruing ? paidInterest : accruing);
  period.duePrincipal = maximum(paidPrincipal, emi - period.dueInterest);
}

/** Index of the period a balance change belongs to: from < date <= due, the first one also its from date; -1 if none. */
export function periodOf(model: InterestModel, on: CivilDate): number {
  return model.periods.findIndex(
    ({ from, due }, index) => (from < on || (index === 0 && from === on)) && on <= due,
  );
}

/** Enters a change of the balance on a date; cuts the interest period there. Needs `roll` afterwards. */
export function enterChange(
  model: InterestModel,
  on: CivilDate,
  change: { disbursed?: Money; correction?: Money },
): void {
  const period = model.periods[periodOf(model, on)];
  if (!period) return;
  const piece = pieceEndingOn(model, period, on);
  piece.disbursed += change.disbursed ?? 0n;
  piece.correction += change.correction ?? 0n;
}

function pieceEndingOn(model: InterestModel, period: RepaymentPeriod, on: CivilDate): InterestPeriod {
  const existing = period.pieces.find(({ due }) => due === on);
  if (existing) return existing;
  const index = period.pieces.findIndex((piece) => piece.from <= on && on < piece.due);
  const cut = present(period.pieces[index], `interest period around ${on}`);
  const rest = newPiece(model.rule, { from: on, due: cut.due }, period);
  rest.disbursed = cut.disbursed;
  rest.correction = cut.correction;
  const first = newPiece(model.rule, { from: cut.from, due: on }, period);
  period.pieces.splice(index, 1, first, rest);
  return first;
}

const paidOn = (period: RepaymentPeriod): Money => period.paidPrincipal + period.paidInterest;

/**
 * Lets the last period that is not fully paid absorb what the installments do not cover; one that was paid more than its
 * installment keeps what was paid, and the period before it gives way.
 */
export function repairLastPeriod(model: InterestModel): void {
  const disbursed = sum(model.periods.flatMap(({ pieces }) => pieces.map((piece) => piece.disbursed)));
  for (let round = 0; round <= model.periods.length + 1; round += 1) {
    for (const period of model.periods) period.emi = maximum(period.emi, paidOn(period));
    roll(model);
    const planned = sum(model.periods.map(({ emi, dueInterest }) => emi - dueInterest));
    if (planned === disbursed) return;
    const open = model.periods.findLast((period) => period.emi !== paidOn(period));
    const last = open ?? (planned < disbursed ? model.periods.at(-1) : undefined);
    if (!last) return;
    last.emi = maximum(paidOn(last), last.emi + disbursed - planned);
  }
  roll(model);
}

/** A correction of the balance that is not a payment of a period, e.g. overdue principal. */
export function correctBalance(model: InterestModel, on: CivilDate, amount: Money): void {
  enterChange(model, on, { correction: amount });
  repairLastPeriod(model);
}

export function payInterest(model: InterestModel, index: number, amount: Money): void {
  if (amount === 0n) return;
  const period = present(model.periods[index], `repayment period ${index}`);
  period.paidInterest += amount;
  repairLastPeriod(model);
}

/** Principal paid late lowers the balance from the due date only: the time after it is in the overdue correction. */
export function payPrincipal(
  model: InterestModel,
  index: number,
  payment: { on: CivilDate; amount: Money },
): void {
  if (payment.amount === 0n) return;
  const period = present(model.periods[index], `repayment period ${index}`);
  period.paidPrincipal += payment.amount;
  const on = earlier(payment.on, period.due);
  enterChange(model, on, { correction: -payment.amount });
  repairLastPeriod(model);
}
