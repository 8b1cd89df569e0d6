/**
 * The portfolio at the close of a day, from standings: loans put together that agree in product, month of
 * disbursement, days past due and state. Charged-off loans are out of the portfolio at risk.
 *
 *   PAR n = principal outstanding on active loans n or more days past due / on all active loans
 *   3 active loans: 100 current, 50 of 10 days, 50 of 45 days -> PAR 1 = 100/200, PAR 30 = 50/200, PAR 60 = 0
 *
 * Days past due on day D = D - due date of the oldest open installment. Source: docs/reports.md.
 */
import type { Money } from '../money.ts';
import type { Cell, Column, Row } from './table.ts';

/** `active` and not charged off; charged off and still payable; written off. */
export type StandingState = 'active' | 'chargedOff' | 'writtenOff';

export interface Standing {
  readonly productId: bigint;
  /** First day of the month of the first disbursement. */
  readonly cohort: string;
  readonly state: StandingState;
  readonly daysPastDue: number;
  readonly loans: number;
  /** Outstanding; what was written off where the state says so. */
  readonly principal: Money;
  readonly interest: Money;
  readonly fees: Money;
  readonly penalties: Money;
}

export const RISK_DAYS = [1, 30, 60, 90] as const;

/** Ranges of days past due; the last one is open. */
export const AGE_RANGES = [
  { key: 'current', label: 'Not past due', from: 0, to: 0 },
  { key: 'days1to29', label: '1-29 days', from: 1, to: 29 },
  { key: 'days30to59', label: '30-59 days', from: 30, to: 59 },
  { key: 'days60to89', label: '60-89 days', from: 60, to: 89 },
  { key: 'days90to179', label: '90-179 days', from: 90, to: 179 },
  { key: 'days180andMore', label: '180 days and more', from: 180, to: Number.POSITIVE_INFINITY },
] as const;

const isActive = ({ state }: Standing): boolean => state === 'active';

const total = (standings: readonly Standing[], part: (each: Standing) => Money): Money =>
  standings.reduce((sum, each) => sum + part(each), 0n);

const count = (standings: readonly Standing[]): number =>
  standings.reduce((sum, each) => sum + each.loans, 0);

export const SUMMARY_COLUMNS: readonly Column[] = [
  { key: 'loans', label: 'Active loans', type: 'count' },
  { key: 'loansPastDue', label: 'Loans past due', type: 'count' },
  { key: 'principal', label: 'Principal outstanding', type: 'money' },
  { key: 'interest', label: 'Interest outstanding', type: 'money' },
  { key: 'fees', label: 'Fees outstanding', type: 'money' },
  { key: 'penalties', label: 'Penalties outstanding', type: 'money' },
  { key: 'total', label: 'Total outstanding', type: 'money' },
  { key: 'principalPastDueLoans', label: 'Principal of loans past due', type: 'money' },
  { key: 'loansChargedOff', label: 'Loans charged off', type: 'count' },
  { key: 'principalChargedOff', label: 'Principal charged off', type: 'money' },
];

/** One row of the portfolio summary. */
export function summaryRow(standings: readonly Standing[]): Row {
  const active = standings.filter(isActive);
  const pastDue = active.filter(({ daysPastDue }) => daysPastDue > 0);
  const chargedOff = standings.filter(({ state }) => state === 'chargedOff');
  return {
    loans: count(active),
    loansPastDue: count(pastDue),
    principal: total(active, (each) => each.principal),
    interest: total(active, (each) => each.interest),
    fees: total(active, (each) => each.fees),
    penalties: total(active, (each) => each.penalties),
    total: total(active, (each) => each.principal + each.interest + each.fees + each.penalties),
    principalPastDueLoans: total(pastDue, (each) => each.principal),
    loansChargedOff: count(chargedOff),
    principalChargedOff: total(chargedOff, (each) => each.principal),
  };
}

export const RISK_COLUMNS: readonly Column[] = [
  { key: 'principal', label: 'Principal outstanding', type: 'money' },
  ...RISK_DAYS.flatMap((days): Column[] => [
    { key: `atRisk${days}`, label: `Principal at risk, ${days}+ days`, type: 'money' },
    { key: `par${days}`, label: `PAR ${days}`, type: 'share' },
  ]),
];

/** One row of portfolio at risk. */
export function riskRow(standings: readonly Standing[]): Row {
  const active = standings.filter(isActive);
  const principal = total(active, (each) => each.principal);
  const cells: Record<string, Cell> = { principal };
  for (const days of RISK_DAYS) {
    const atRisk = principalFrom(active, days);
    cells[`atRisk${days}`] = atRisk;
    cells[`par${days}`] = { of: atRisk, in: principal };
  }
  return cells;
}

const principalFrom = (standings: readonly Standing[], days: number): Money =>
  total(
    standings.filter(({ daysPastDue }) => daysPastDue >= days),
    (each) => each.principal,
  );

export const AGEING_COLUMNS: readonly Column[] = AGE_RANGES.flatMap(({ key, label }): Column[] => [
  { key: `${key}Loans`, label: `${label}: loans`, type: 'count' },
  { key: `${key}Principal`, label: `${label}: principal`, type: 'money' },
]);

/** One row of the ageing of active loans. */
export function ageingRow(standings: readonly Standing[]): Row {
  const cells: Record<string, Cell> = {};
  for (const { key, from, to } of AGE_RANGES) {
    const within = standings.filter(
      (each) => isActive(each) && each.daysPastDue >= from && each.daysPastDue <= to,
    );
    cells[`${key}Loans`] = count(within);
    cells[`${key}Principal`] = total(within, (each) => each.principal);
  }
  return cells;
}

export const VINTAGE_COLUMNS: readonly Column[] = [
  { key: 'disbursed', label: 'Principal disbursed', type: 'money' },
  { key: 'principal', label: 'Principal outstanding', type: 'money' },
  { key: 'bad30', label: 'Bad principal, 30+ days', type: 'money' },
  { key: 'bad30Share', label: 'Bad 30 of disbursed', type: 'share' },
  { key: 'bad90', label: 'Bad principal, 90+ days', type: 'money' },
  { key: 'bad90Share', label: 'Bad 90 of disbursed', type: 'share' },
  { key: 'lost', label: 'Charged or written off', type: 'money' },
  { key: 'lostShare', label: 'Lost of disbursed', type: 'share' },
];

/** One point of a vintage curve: what became, by one day, of what was disbursed in a month. */
export function vintageRow(standings: readonly Standing[], disbursed: Money): Row {
  const active = standings.filter(isActive);
  const lost = total(
    standings.filter((each) => !isActive(each)),
    (each) => each.principal,
  );
  const bad = (days: number): Money => principalFrom(active, days) + lost;
  return {
    disbursed,
    principal: total(active, (each) => each.principal),
    bad30: bad(30),
    bad30Share: { of: bad(30), in: disbursed },
    bad90: bad(90),
    bad90Share: { of: bad(90), in: disbursed },
    lost,
    lostShare: { of: lost, in: disbursed },
  };
}

/** Months between the month of disbursement and the month of a day: 0 in the same month. */
export function monthsOnBook(cohort: string, day: string): number {
  const months = (text: string): number => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
  return months(day) - months(cohort);
}
