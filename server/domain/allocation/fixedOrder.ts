/**
 * Fixed-order allocation: installments by due date, oldest first; each that is not met gets the payment in
 * the strategy's order before the next one is looked at. What no installment could take is overpayment.
 *
 *   loan 300 in 3 rows (100 P + 6 I each), fee 5 and penalty 2 in the first, 60 paid on the due date,
 *     mifos-standard:
 *   row 1 gets 2 N, 5 F, 6 I, 47 P
 *
 * Source: engine.md section 5.4.
 */
import type { Component } from '../components.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, isMet, outstandingOf } from '../installment.ts';
import { type Money, maximum, minimum } from '../money.ts';
import { noteWhetherMet, type PaymentInHand, payComponent, unpayComponent } from './settle.ts';
import type { PaymentOrder, PaymentStep } from './strategies.ts';

/**
 * What the strategies ask about charges: the whole amounts of open ones of a kind due on or before a date.
 */
export type DueCharges = (component: 'fees' | 'penalties', on: CivilDate) => Money;

interface Allocation {
  readonly rows: readonly Installment[];
  readonly payment: PaymentInHand;
  readonly order: PaymentOrder;
  readonly dueCharges: DueCharges;
}

/** Lays a payment over the rows (which it changes); what is left in `payment` afterwards is overpayment. */
export function allocateInFixedOrder(allocation: Allocation): void {
  const { rows, payment, order } = allocation;
  if (order.lateInterestAcrossInstallments) payLateInterestFirst(rows, payment);
  rows.forEach((row, index) => {
    if (payment.left <= 0n || isMet(row)) return;
    payRow(row, rows[index - 1], allocation);
    noteWhetherMet(row, payment.date);
  });
}

function payRow(row: Installment, previous: Installment | undefined, allocation: Allocation): void {
  const { payment, order } = allocation;
  const threshold = order.inAdvanceBefore === 'ownDueDate' ? row.due : (previous?.due ?? row.from);
  const inAdvance = payment.date < threshold;
  if (inAdvance && order.waivesInterestOnceAdvancePrincipalIsPaid) payAdvancePrincipal(row, payment);
  for (const step of inAdvance ? order.inAdvance : order.due) payStep(step, row, allocation);
}

function payStep(step: PaymentStep, row: Installment, { payment, dueCharges }: Allocation): void {
  const most = step.limit === 'dueCharges' ? dueCharges(step.component, payment.date) : payment.left;
  payComponent(payment, { row, component: step.component }, most);
}

/** The interest of an installment whose principal comes before its time is forgiven. */
function payAdvancePrincipal(row: Installment, payment: PaymentInHand): void {
  const paid = payComponent(payment, { row, component: 'principal' });
  if (paid > 0n && outstandingOf(row, 'principal') === 0n)
    row.waived.interest += outstandingOf(row, 'interest');
}

const LATE_FIRST: readonly Component[] = ['penalties', 'fees', 'interest'];

/** Penalties, fees and interest of all that has fallen due by the date, before any principal. */
function payLateInterestFirst(rows: readonly Installment[], payment: PaymentInHand): void {
  if (!rows.some((row) => !isMet(row) && row.due < payment.date)) return;
  for (const row of rows)
    if (row.due <= payment.date)
      for (const component of LATE_FIRST) payComponent(payment, { row, component });
  for (const row of rows) payComponent(payment, { row, component: 'principal' });
  for (const row of rows) noteWhetherMet(row, payment.date);
}

/** Waives interest of the rows in order, whatever the strategy. */
export function waiveInterestInOrder(rows: readonly Installment[], payment: PaymentInHand): void {
  for (const row of rows) {
    const open = maximum(0n, outstandingOf(row, 'interest'));
    const waived = minimum(payment.left, open);
    if (waived <= 0n) continue;
    row.waived.interest += waived;
    payment.left -= waived;
    payment.portions.interest += waived;
    noteWhetherMet(row, payment.date);
  }
}

/** A cash refund takes payments back from the last settled row backwards. */
export function refundInFixedOrder(allocation: Omit<Allocation, 'dueCharges'>): void {
  const { rows, payment, order } = allocation;
  for (const row of [...rows].reverse()) {
    for (const component of order.refund) unpayComponent(payment, { row, component });
    noteWhetherMet(row, payment.date);
  }
}
