/**
 * Why a figure is what it is. For one component of one installment: what it was charged from (stretches of
 * interest, the installment amount less interest, charges, money credited back) and which transactions
 * settled it. For the balance of principal: every transaction that moved it. A trace adds up to the figure it
 * explains.
 *
 *   row 1, interest 76.44 = 31 days x 5000 at 0.0152876712329; settled by repayment 2 on 15 Feb with 76.44;
 *     open 0
 *
 * What a transaction did to an installment is found by laying the history over the schedule once without and
 * once with it. Source: engine.md sections 3.2 to 3.5, 4.2, 5.3, 5.14 and 6.2.
 */

import { replayCumulative } from '../allocation/cumulativeReplay.ts';
import { installmentShares } from '../charges/amount.ts';
import { feePieces } from '../charges/installmentFee.ts';
import { componentOf, installmentOfCharge, isInSchedule } from '../charges/landing.ts';
import type { Component } from '../components.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { activeTransactions, asLaid, byDateThenSequence, listedTransactions } from '../history/history.ts';
import { isProgressive, replayInput } from '../history/replaying.ts';
import { type Installment, outstandingOf } from '../installment.ts';
import type { Loan } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import { replayProgressive } from '../progressive/replay.ts';
import { Refusal } from '../refusal.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import { type InterestPart, interestParts } from './interestTrace.ts';

export type ChargedPart =
  | InterestPart
  | {
      readonly kind: 'installmentLessInterest';
      readonly installment: Money;
      readonly interest: Money;
      readonly amount: Money;
    }
  | { readonly kind: 'shareOfPrincipal'; readonly amount: Money }
  | { readonly kind: 'downPayment'; readonly amount: Money }
  | {
      readonly kind: 'charge';
      readonly chargeId: number;
      readonly name: string;
      readonly dueDate: CivilDate | null;
      readonly amount: Money;
    }
  | {
      readonly kind: 'credit';
      readonly transactionId: number;
      readonly type: TransactionType;
      readonly amount: Money;
    };

/** What one transaction did to the figure. */
export interface Settlement {
  readonly transactionId: number;
  readonly type: TransactionType;
  readonly date: CivilDate;
  readonly paid: Money;
  readonly waived: Money;
  readonly writtenOff: Money;
}

export interface InstallmentExplanation {
  readonly installment: number;
  readonly component: Component;
  readonly charged: Money;
  readonly chargedFrom: readonly ChargedPart[];
  readonly settledBy: readonly Settlement[];
  readonly outstanding: Money;
}

export function explainInstallment(
  stored: Loan,
  subject: { readonly installment: number; readonly component: Component },
  { businessDate, settings }: DecisionContext,
): InstallmentExplanation {
  const { installment, component } = subject;
  // As the last replay saw it: its day, and the places that it found the transactions in.
  const loan: Loan = { ...stored, transactions: asLaid(stored.transactions) };
  const context = { businessDate: loan.laidOn ?? businessDate, settings };
  const row = loan.installments.find(({ number }) => number === installment);
  if (!row)
    throw new Refusal('not_found', 'installment_not_found', `Installment ${installment} does not exist`);
  const effects = effectsOn(loan, { row, component }, context);
  return {
    installment,
    component,
    charged: row.charged[component],
    chargedFrom: chargedFrom(loan, { row, component, effects }, context),
    settledBy: effects.filter(isSettlement).map(({ credited: _credited, ...settlement }) => settlement),
    outstanding: outstandingOf(row, component),
  };
}

interface Effect extends Settlement {
  readonly credited: Money;
}

const isSettlement = ({ paid, waived, writtenOff }: Effect): boolean =>
  paid !== 0n || waived !== 0n || writtenOff !== 0n;

type State = Pick<Effect, 'paid' | 'waived' | 'writtenOff' | 'credited'>;

/** The schedule after the first k transactions, for every k; the steps between are what each one did. */
function effectsOn(loan: Loan, subject: Subject, context: DecisionContext): Effect[] {
  const input = replayInput(loan, context);
  const replay = isProgressive(loan) ? replayProgressive : replayCumulative;
  const history = activeTransactions(loan).sort(byDateThenSequence);
  const chargePayments = history.filter(({ type }) => type === 'chargePayment');
  let before: State | null = null;
  return history.map((transaction, index) => {
    const { installments } = replay({
      ...input,
      chargePayments,
      transactions: history.slice(0, index + 1),
    });
    const after = stateOf(installments, subject);
    // Waived charges stand in the rows from the start, so what a waiver did is looked up apart.
    const { waived, ...others } = differenceOf(after, before ?? { ...NOTHING, waived: after.waived });
    before = after;
    const { id: transactionId, type, date } = transaction;
    return {
      transactionId,
      type,
      date,
      ...others,
      waived: waived + waivedCharge(loan, subject, transaction),
    };
  });
}

interface Subject {
  readonly row: Installment;
  readonly component: Component;
}

const NOTHING: State = { paid: 0n, waived: 0n, writtenOff: 0n, credited: 0n };

function stateOf(rows: readonly Installment[], { row, component }: Subject): State {
  const now = rows.find(({ from, due, kind }) => kind === row.kind && from === row.from && due <= row.due);
  if (!now) return NOTHING;
  return {
    paid: now.paid[component],
    waived: now.waived[component],
    writtenOff: now.writtenOff[component],
    credited: now.credited[component],
  };
}

const differenceOf = (after: State, before: State): State => ({
  paid: after.paid - before.paid,
  waived: after.waived - before.waived,
  writtenOff: after.writtenOff - before.writtenOff,
  credited: after.credited - before.credited,
});

/** What of a waived charge lies in this row: waivers take the parts of a charge row by row. */
function waivedCharge(loan: Loan, { row, component }: Subject, transaction: LoanTransaction): Money {
  const charge = loan.charges.find(({ id }) => id === transaction.relatedChargeId);
  if (transaction.type !== 'waiveCharges' || !charge || componentOf(charge) !== component) return 0n;
  if (charge.definition.time !== 'INSTALLMENT')
    return amountIn(loan, row, charge) > 0n ? transaction.amount : 0n;
  const piece = feePieces(charge, loan.installments, loan.terms.currency).find((each) => each.row === row);
  const here = charge.waivedInstallments?.filter(
    ({ transactionId, place }) => transactionId === transaction.id && place === piece?.place,
  );
  return sum((here ?? []).map(({ amount }) => amount));
}

interface Charged {
  readonly row: Installment;
  readonly component: Component;
  readonly effects: readonly Effect[];
}

function chargedFrom(
  loan: Loan,
  { row, component, effects }: Charged,
  context: DecisionContext,
): ChargedPart[] {
  const credits = effects
    .filter(({ credited }) => credited !== 0n)
    .map(
      ({ transactionId, type, credited }) =>
        ({ kind: 'credit', transactionId, type, amount: credited }) as const,
    );
  switch (component) {
    case 'interest':
      return [...interestParts(loan, row, context), ...credits];
    case 'principal':
      return [...principalParts(loan, row), ...credits];
    default:
      return [...chargeParts(loan, row, component), ...credits];
  }
}

function principalParts(loan: Loan, row: Installment): ChargedPart[] {
  const amount = row.charged.principal - row.credited.principal;
  if (amount === 0n) return [];
  if (row.kind === 'downPayment') return [{ kind: 'downPayment', amount }];
  const equalInstallments =
    loan.terms.amortization === 'EQUAL_INSTALLMENTS' && loan.terms.interestType === 'DECLINING_BALANCE';
  if (!equalInstallments || row.charged.interest === 0n) return [{ kind: 'shareOfPrincipal', amount }];
  const { interest } = row.charged;
  return [{ kind: 'installmentLessInterest', installment: amount + interest, interest, amount }];
}

function chargeParts(loan: Loan, row: Installment, component: Component): ChargedPart[] {
  return loan.charges
    .filter((charge) => isInSchedule(charge) && componentOf(charge) === component)
    .flatMap((charge) => {
      const amount = amountIn(loan, row, charge);
      const { id: chargeId, dueDate } = charge;
      return amount === 0n
        ? []
        : [{ kind: 'charge', chargeId, name: charge.definition.name, dueDate, amount } as const];
    });
}

function amountIn(loan: Loan, row: Installment, charge: Loan['charges'][number]): Money {
  if (charge.definition.time === 'INSTALLMENT')
    return installmentShares(charge.definition, loan.installments, loan.terms.currency).get(row.number) ?? 0n;
  const landed = charge.dueDate && installmentOfCharge(loan.installments, charge.dueDate);
  return landed === row ? charge.amount : 0n;
}

export interface BalanceStep {
  readonly transactionId: number;
  readonly type: TransactionType;
  readonly date: CivilDate;
  readonly amount: Money;
  /** Principal part of the transaction. */
  readonly principal: Money;
  /** Principal outstanding after it; 0 for what moves none. */
  readonly balance: Money;
}

/** Every transaction in list order with what it left outstanding; those that were reversed move nothing. */
export const explainBalance = (loan: Loan): BalanceStep[] =>
  listedTransactions(loan)
    .filter(({ reversal }) => reversal === 'none')
    .map(({ id, type, date, amount, portions, balance }) => ({
      transactionId: id,
      type,
      date,
      amount,
      principal: type === 'disbursement' ? amount : portions.principal,
      balance,
    }));
