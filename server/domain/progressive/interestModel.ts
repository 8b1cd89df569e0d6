/**
 * The interest model of a progressive loan: repayment periods, each cut into pieces of constant balance.
 *
 *   accruing      = sum of round2(balance x factor) + unrecognised interest of the previous period
 *   due interest  = max(paid interest, paid principal > EMI - accruing ? paid interest : accruing)
 *   due principal = max(paid principal, EMI - due interest);   unrecognised = accruing - due interest
 *   2000 at 12 %, 4 months: 492.56 + 20.00, 497.49 + 15.07, 502.46 + 10.10, 507.49 + 5.07
 *
 * Source: engine.md sections 4.2 and 4.4.
 */
import { present } from '../assert.ts';
import { type CivilDate, earlier } from '../date.ts';
import { type Currency, type Money, maximum } from '../money.ts';
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
  /** Balance and unrecognised interest that the next period begins with. */
  closing: Opening;
}

/** What a period begins with. */
export interface Opening {
  readonly balance: Money;
  readonly unrecognised: Money;
}

const NOTHING: Opening = { balance: 0n, unrecognised: 0n };

export interface InterestModel {
  readonly rule: FactorRule;
  readonly currency: Currency;
  readonly installmentAmountInMultiplesOf: number | null;
  readonly periods: RepaymentPeriod[];
  /** Sum of all disbursements. */
  disbursed: Money;
  /** Index of the first period that has to be derived again. */
  staleFrom: number;
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
    closing: NOTHING,
  }));
  const { rule, currency, installmentAmountInMultiplesOf } = terms;
  return { rule, currency, installmentAmountInMultiplesOf, periods, disbursed: 0n, staleFrom: 0 };
}

function newPiece(rule: FactorRule, piece: Stretch, period: Stretch): InterestPeriod {
  const { from, due } = piece;
  return { from, due, disbursed: 0n, correction: 0n, balance: 0n, factor: factorOf(rule, piece, period) };
}

/** Notes that period `index` and those after it have to be derived again. */
export function touch(model: InterestModel, index: number): void {
  model.staleFrom = Math.min(model.staleFrom, Math.max(0, index));
}

/** Derives balances, interest and due amounts from what was entered, from the first period that changed. */
export function roll(model: InterestModel): void {
  let opening = model.periods[model.staleFrom - 1]?.closing ?? NOTHING;
  for (const period of model.periods.slice(model.staleFrom)) {
    rollPeriod(period, opening, model.currency);
    opening = period.closing;
  }
  model.staleFrom = model.periods.length;
}

function rollPeriod(period: RepaymentPeriod, opening: Opening, currency: Currency): void {
  let { balance } = opening;
  period.accruing = opening.unrecognised;
  for (const piece of period.pieces) {
    piece.balance = balance;
    period.accruing += applyFactor(maximum(0n, balance), piece.factor, currency);
    balance += piece.disbursed + piece.correction;
  }
  settleDue(period);
  period.closing = {
    balance: balance + period.paidPrincipal - period.duePrincipal,
    unrecognised: period.accruing - period.dueInterest,
  };
}

function settleDue(period: RepaymentPeriod): void {
  const { emi, accruing, paidInterest, paidPrincipal } = period;
  period.dueInterest = maximum(paidInterest, paidPrincipal > emi - accruing ? paidInterest : accruing);
  period.duePrincipal = maximum(paidPrincipal, emi - period.dueInterest);
}

/** Index of the period that a change belongs to: from < date <= due, the first also its from date; or -1. */
export function periodOf(model: InterestModel, on: CivilDate): number {
  return model.periods.findIndex(
    ({ from, due }, index) => (from < on || (index === 0 && from === on)) && on <= due,
  );
}

/** Enters a change of the balance on a date; cuts the interest period there. Needs `roll` afterwards. */
export function enterChange(
  model: InterestModel,
  on: CivilDate,
  { disbursed = 0n, correction = 0n }: { disbursed?: Money; correction?: Money },
): void {
  const index = periodOf(model, on);
  const period = model.periods[index];
  if (!period) return;
  touch(model, index);
  const piece = pieceEndingOn(model, period, on);
  piece.disbursed += disbursed;
  piece.correction += correction;
  model.disbursed += disbursed;
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
 * Lets the last period that is not fully paid absorb what the installments do not cover; one that was paid
 * more than its installment keeps what was paid, and the period before it gives way.
 */
export function repairLastPeriod(model: InterestModel): void {
  for (let round = 0; round <= model.periods.length + 1; round += 1) {
    keepWhatWasPaid(model);
    roll(model);
    const missing = model.disbursed - planned(model);
    if (missing === 0n) return;
    const open = model.periods.findLastIndex((period) => period.emi !== paidOn(period));
    if (open < 0 && missing < 0n) return;
    const index = open < 0 ? model.periods.length - 1 : open;
    const last = present(model.periods[index], 'last repayment period');
    last.emi = maximum(paidOn(last), last.emi + missing);
    touch(model, index);
  }
  roll(model);
}

/** No installment is below what was paid on it. */
function keepWhatWasPaid(model: InterestModel): void {
  for (const [index, period] of model.periods.entries()) {
    if (period.emi >= paidOn(period)) continue;
    period.emi = paidOn(period);
    touch(model, index);
  }
}

/** Principal that the installments provide for. */
function planned(model: InterestModel): Money {
  let principal = 0n;
  for (const { emi, dueInterest } of model.periods) principal += emi - dueInterest;
  return principal;
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
  touch(model, index);
  repairLastPeriod(model);
}

/** Principal paid late lowers the balance from the due date: the time after it is charged as overdue. */
export function payPrincipal(
  model: InterestModel,
  index: number,
  payment: { on: CivilDate; amount: Money },
): void {
  if (payment.amount === 0n) return;
  const period = present(model.periods[index], `repayment period ${index}`);
  period.paidPrincipal += payment.amount;
  touch(model, index);
  const on = earlier(payment.on, period.due);
  enterChange(model, on, { correction: -payment.amount });
  repairLastPeriod(model);
}
