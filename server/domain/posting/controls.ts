/**
 * Control accounts: the ledger says of them what the loans say of themselves. A loan's principal outstanding
 * stands in its portfolio account, income recognised and not settled yet in its receivables, an overpayment
 * as a debt of ours.
 *
 *   lent 1,000, accrued interest 20, paid 120 (principal 100, interest 20)  ->  portfolio 900, receivable 0
 *
 * Once a loan was charged off, or a refund took income back, the reference lets its entries and its schedule
 * part for good (engine.md section 8): of such a loan the accounts hold what its transactions stand for.
 * Source: engine.md section 8.
 */
import type { Component } from '../components.ts';
import { outstandingOf } from '../installment.ts';
import { netOf } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import type { AccountingRule, AccountRole } from '../terms.ts';
import { isActive, type LoanTransaction, type TransactionType } from '../transaction.ts';
import { linesFor } from './posting.ts';

export const CONTROL_ROLES = [
  'loanPortfolio',
  'interestReceivable',
  'feeReceivable',
  'penaltyReceivable',
  'overpayment',
] as const satisfies readonly AccountRole[];
export type ControlRole = (typeof CONTROL_ROLES)[number];

export interface ControlBalance {
  readonly account: string;
  /** Often one; a product may map several to one account. */
  readonly roles: readonly ControlRole[];
  /** Debit less credit. */
  readonly amount: Money;
}

/**
 * What the control accounts must hold for this loan; nothing for a product without accounting. An account
 * that plays other roles as well controls nothing.
 */
export function controlBalancesOf(loan: Loan): ControlBalance[] {
  const { method, accounts } = loan.terms.accounting;
  const used = CONTROL_ROLES.filter((role) => method === 'ACCRUAL_PERIODIC' || RECEIVABLES[role] === null);
  const others = otherAccounts(loan.terms.accounting);
  const controls = [...new Set(used.map((role) => accounts[role]))].filter((code) => !others.has(code));
  if (method === 'NONE') return [];
  const standing = hasParted(loan) ? standingOf(loan) : undefined;
  return controls.map((account) => {
    const roles = used.filter((role) => accounts[role] === account);
    const amount = standing ? (standing.get(account) ?? 0n) : sum(roles.map((role) => amountOf(role, loan)));
    return { account, roles, amount };
  });
}

/** Accounts that no entry by hand may touch: those of the control roles. */
export const controlAccountsOf = ({ accounts }: AccountingRule): string[] =>
  CONTROL_ROLES.map((role) => accounts[role]);

function otherAccounts({ accounts, fundSourceByPaymentType }: AccountingRule): ReadonlySet<string> {
  const isControl = (role: string): boolean => CONTROL_ROLES.some((each) => each === role);
  const others = Object.entries(accounts).filter(([role]) => !isControl(role));
  return new Set([...others.map(([, code]) => code), ...Object.values(fundSourceByPaymentType)]);
}

/** The component that a role is the receivable of. */
const RECEIVABLES: Readonly<Record<ControlRole, Component | null>> = {
  loanPortfolio: null,
  interestReceivable: 'interest',
  feeReceivable: 'fees',
  penaltyReceivable: 'penalties',
  overpayment: null,
};

function amountOf(role: ControlRole, loan: Loan): Money {
  if (loan.disbursedOn === null) return 0n;
  if (role === 'loanPortfolio') return sum(loan.installments.map((row) => outstandingOf(row, 'principal')));
  const component = RECEIVABLES[role];
  return component === null ? -loan.overpaid : receivable(loan, component);
}

/** Recognised less settled: by payments, as the installments have them, or by what was given up. */
function receivable(loan: Loan, component: Component): Money {
  const paid = sum(loan.installments.map((row) => row.paid[component]));
  return sum(loan.transactions.filter(isActive).map((each) => recognised(each, component))) - paid;
}

const GIVEN_UP: ReadonlySet<TransactionType> = new Set(['waiveInterest', 'waiveCharges', 'writeOff']);

function recognised({ type, portions, settledAtOnce }: LoanTransaction, component: Component): Money {
  // Interest charged back stands in no row, so none of them tells that an overpayment settled it.
  if (type === 'chargeback' && component === 'interest')
    return portions.interest - (settledAtOnce?.interest ?? 0n);
  if (type === 'accrual' || type === 'chargeback') return portions[component];
  return GIVEN_UP.has(type) ? -portions[component] : 0n;
}

const PARTING: ReadonlySet<TransactionType> = new Set(['chargeOff', 'refund']);

const hasParted = (loan: Loan): boolean => loan.transactions.some(({ type }) => PARTING.has(type));

/** Debit less credit by account, of everything that the loan's transactions stand for. */
export function standingOf(loan: Loan): Map<string, Money> {
  return netOf(loan.transactions.filter(isActive).flatMap((each) => linesFor(each, loan).lines));
}
