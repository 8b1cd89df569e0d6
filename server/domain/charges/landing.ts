/**
 * Which installment a charge falls into: the one with from < due date <= installment due, `from` being the
 * due date of the normal installment before it; the first one takes its own from date too. Down payments
 * carry no charges. A charge due after the last installment opens (or stretches) an additional one without
 * principal. Charges at disbursement are paid out of the disbursement and stand in no row. A waived charge
 * stays in its row as charged and as waived.
 *
 *   300 in 3 rows until 15 Apr, fee 12 due 25 Apr: row 4, 15 Apr - 25 Apr, fees 12.
 *
 * Source: engine.md section 6.2.
 */
import { present } from '../assert.ts';
import type { ChargeTime, LoanCharge } from '../charge.ts';
import type { CivilDate } from '../date.ts';
import { type Installment, newInstallment } from '../installment.ts';
import type { Currency } from '../money.ts';
import { feePieces } from './installmentFee.ts';

const AT_DISBURSEMENT: ReadonlySet<ChargeTime> = new Set<ChargeTime>([
  'DISBURSEMENT',
  'TRANCHE_DISBURSEMENT',
]);

export const isDueAtDisbursement = (charge: LoanCharge): boolean =>
  AT_DISBURSEMENT.has(charge.definition.time);

/** Charges that stand in the schedule. */
export const isInSchedule = (charge: LoanCharge): boolean => charge.active && !isDueAtDisbursement(charge);

export const componentOf = (charge: LoanCharge): 'fees' | 'penalties' =>
  charge.definition.penalty ? 'penalties' : 'fees';

/** The rows that can carry charges, each with the date after which its charges fall due. */
function windows(rows: readonly Installment[]): { row: Installment; after: CivilDate; first: boolean }[] {
  const found: { row: Installment; after: CivilDate; first: boolean }[] = [];
  for (const row of rows) {
    if (row.kind === 'downPayment') continue;
    const previous = found.at(-1);
    found.push({ row, after: previous?.row.due ?? row.from, first: previous === undefined });
  }
  return found;
}

/** The installment that a charge due on `due` falls into, if there is one. */
export function installmentOfCharge(rows: readonly Installment[], due: CivilDate): Installment | undefined {
  return windows(rows).find(
    ({ row, after, first }) => (after < due && due <= row.due) || (first && due <= row.due),
  )?.row;
}

/** Opens the additional last row that reaches until `due`, or stretches the one that is there. */
export function reachUntil(rows: Installment[], due: CivilDate): Installment {
  const last = present(rows.at(-1), 'last installment');
  if (last.kind === 'additional') {
    if (last.due < due) last.due = due;
    return last;
  }
  const row = newInstallment({ number: last.number + 1, kind: 'additional', from: last.due, due });
  rows.push(row);
  return row;
}

/**
 * Puts one charge, and what was waived of it, into the row it falls into; opens an additional row when none
 * reaches.
 */
export function landCharge(rows: Installment[], charge: LoanCharge, currency: Currency): void {
  if (!isInSchedule(charge)) return;
  if (charge.definition.time === 'INSTALLMENT') landInstallmentFee(rows, charge, currency);
  else landDatedCharge(rows, charge);
}

function landDatedCharge(rows: Installment[], charge: LoanCharge): void {
  const due = present(charge.dueDate, `due date of charge ${charge.id}`);
  const row = installmentOfCharge(rows, due) ?? reachUntil(rows, due);
  row.charged[componentOf(charge)] += charge.amount;
  row.waived[componentOf(charge)] += charge.waived;
}

function landInstallmentFee(rows: readonly Installment[], charge: LoanCharge, currency: Currency): void {
  const component = componentOf(charge);
  for (const { row, share, waived } of feePieces(charge, rows, currency)) {
    row.charged[component] += share;
    row.waived[component] += waived;
  }
}

/** Lays all charges in; the additional row, where one is needed, reaches until the latest of them. */
export function landCharges(rows: Installment[], charges: readonly LoanCharge[], currency: Currency): void {
  const dueDates = charges.filter(isInSchedule).map((charge) => charge.dueDate ?? rows[0]?.from);
  const latest = dueDates
    .filter((due) => due !== undefined)
    .sort()
    .at(-1);
  const lastDue = rows.at(-1)?.due;
  if (latest && lastDue && latest > lastDue) reachUntil(rows, latest);
  for (const charge of charges) landCharge(rows, charge, currency);
}
