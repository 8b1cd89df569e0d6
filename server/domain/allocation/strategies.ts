/**
 * In which order a payment settles an installment. A strategy is data: the components in turn for an
 * installment that is due or late, those for one that is paid in advance (before its due date), and the
 * order in which a cash refund takes payments back. P principal, I interest, F fees, N penalties.
 *
 *   mifos-standard: N F I P, due or not. 60 paid on an installment of 100 P, 6 I, 5 F, 2 N settles 2 N, 5
 *     F, 6 I, 47 P.
 *
 * Source: engine.md section 5.4.
 */
import type { Component } from '../components.ts';
import type { AllocationStrategy } from '../terms.ts';

/** One turn: a component, up to what is outstanding of it, or only up to the charges that have fallen due. */
export type PaymentStep =
  | { readonly component: Component; readonly limit: 'outstanding' }
  | { readonly component: 'fees' | 'penalties'; readonly limit: 'dueCharges' };

export interface PaymentOrder {
  readonly due: readonly PaymentStep[];
  readonly inAdvance: readonly PaymentStep[];
  /** Components in the order in which a cash refund un-pays them. */
  readonly refund: readonly Component[];
  /** What "in advance" is measured against: the installment's own due date, or the one before it. */
  readonly inAdvanceBefore: 'ownDueDate' | 'previousDueDate';
  /** An installment whose principal is paid in advance is let off its interest. */
  readonly waivesInterestOnceAdvancePrincipalIsPaid: boolean;
  /** Late: first the charges and interest of every overdue installment, only then any principal. */
  readonly lateInterestAcrossInstallments: boolean;
}

const LETTERS = {
  P: 'principal',
  I: 'interest',
  F: 'fees',
  N: 'penalties',
} as const satisfies Record<string, Component>;

const components = (letters: string): Component[] =>
  letters.split(' ').map((letter) => LETTERS[letter as keyof typeof LETTERS]);

const upToOutstanding = (letters: string): PaymentStep[] =>
  components(letters).map((component) => ({ component, limit: 'outstanding' }));

/** Penalties, then fees, each only as far as they have fallen due. */
const UP_TO_DUE_CHARGES: readonly PaymentStep[] = [
  { component: 'penalties', limit: 'dueCharges' },
  { component: 'fees', limit: 'dueCharges' },
];

/** An order that is the same for due and advance payments, unless told otherwise. */
function order(due: string, refund: string, special: Partial<PaymentOrder> = {}): PaymentOrder {
  return {
    due: upToOutstanding(due),
    inAdvance: upToOutstanding(due),
    refund: components(refund),
    inAdvanceBefore: 'ownDueDate',
    waivesInterestOnceAdvancePrincipalIsPaid: false,
    lateInterestAcrossInstallments: false,
    ...special,
  };
}

export type FixedOrderStrategy = Exclude<AllocationStrategy, 'advanced-payment-allocation-strategy'>;

export const PAYMENT_ORDERS: Readonly<Record<FixedOrderStrategy, PaymentOrder>> = {
  'mifos-standard-strategy': order('N F I P', 'P I F N'),
  'creocore-strategy': order('N F I P', 'P I F N'),
  'interest-principal-penalties-fees-order-strategy': order('I P N F', 'F N P I'),
  'principal-interest-penalties-fees-order-strategy': order('P I N F', 'F N I P'),
  'early-repayment-strategy': order('I P N F', 'F N P I', { inAdvance: upToOutstanding('P') }),
  'heavensfamily-strategy': order('P I F N', 'N F I P', {
    inAdvanceBefore: 'previousDueDate',
    waivesInterestOnceAdvancePrincipalIsPaid: true,
  }),
  'rbi-india-strategy': order('N F I P', 'F N P I', { lateInterestAcrossInstallments: true }),
  'due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy': order(
    'N F I P',
    'P I F N',
    { inAdvance: [...UP_TO_DUE_CHARGES, ...upToOutstanding('P'), ...upToOutstanding('N F I P')] },
  ),
  'due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy': order(
    'N I P F',
    'P I F N',
    { inAdvance: [...UP_TO_DUE_CHARGES, ...upToOutstanding('N I P F')] },
  ),
};
