/**
 * An installment: one row of the repayment schedule. What is owed in it is never stored but follows:
 * `outstanding[c] = charged - paid - waived - writtenOff` for each component. Source: engine.md sections 0
 * and 5.1.
 */
import { type Component, copyPortions, type MutablePortions, noPortions, totalOf } from './components.ts';
import type { CivilDate } from './date.ts';
import type { Money } from './money.ts';

/** `additional`: opened after maturity by a charge, chargeback or refund; `reAged`: made by re-ageing. */
export type InstallmentKind = 'normal' | 'downPayment' | 'additional' | 'reAged' | 'interestOnly';

/** Engine runs work on their own copy (`copyInstallment`); outside of a run an installment is read only. */
export interface Installment {
  number: number;
  kind: InstallmentKind;
  from: CivilDate;
  due: CivilDate;
  charged: MutablePortions;
  paid: MutablePortions;
  waived: MutablePortions;
  writtenOff: MutablePortions;
  /** Part of `charged` that a chargeback or credit balance refund added later (interest always 0). */
  credited: MutablePortions;
  /** Income recognised so far (principal always 0). */
  accrued: MutablePortions;
  /** Part of what was paid that came before the due date. */
  inAdvance: Money;
  /** Part of what was paid that came after the due date. */
  late: Money;
  /** Date of the transaction that left nothing outstanding; null while something is. */
  metOn: CivilDate | null;
  /** What joined the balance that bears interest on the compounding dates in it; absent where nothing did. */
  compounded?: readonly CompoundedAmount[];
}

/** Interest, and fees where they compound, that joined the balance on a date. */
export interface CompoundedAmount {
  readonly on: CivilDate;
  readonly amount: Money;
}

export function newInstallment(row: Pick<Installment, 'number' | 'kind' | 'from' | 'due'>): Installment {
  // Spelled out, as is the copy: runs make many of these, and a spread costs many times as much.
  return {
    number: row.number,
    kind: row.kind,
    from: row.from,
    due: row.due,
    charged: noPortions(),
    paid: noPortions(),
    waived: noPortions(),
    writtenOff: noPortions(),
    credited: noPortions(),
    accrued: noPortions(),
    inAdvance: 0n,
    late: 0n,
    metOn: null,
  };
}

export function copyInstallment(row: Installment): Installment {
  const copy: Installment = {
    number: row.number,
    kind: row.kind,
    from: row.from,
    due: row.due,
    charged: copyPortions(row.charged),
    paid: copyPortions(row.paid),
    waived: copyPortions(row.waived),
    writtenOff: copyPortions(row.writtenOff),
    credited: copyPortions(row.credited),
    accrued: copyPortions(row.accrued),
    inAdvance: row.inAdvance,
    late: row.late,
    metOn: row.metOn,
  };
  if (row.compounded !== undefined) copy.compounded = row.compounded;
  return copy;
}

export const outstandingOf = (row: Installment, component: Component): Money =>
  row.charged[component] - row.paid[component] - row.waived[component] - row.writtenOff[component];

export const outstandingPortions = ({ charged, paid, waived, writtenOff }: Installment): MutablePortions => ({
  principal: charged.principal - paid.principal - waived.principal - writtenOff.principal,
  interest: charged.interest - paid.interest - waived.interest - writtenOff.interest,
  fees: charged.fees - paid.fees - waived.fees - writtenOff.fees,
  penalties: charged.penalties - paid.penalties - waived.penalties - writtenOff.penalties,
});

export const totalOutstanding = ({ charged, paid, waived, writtenOff }: Installment): Money =>
  totalOf(charged) - totalOf(paid) - totalOf(waived) - totalOf(writtenOff);

export const isMet = (row: Installment): boolean => row.metOn !== null;
