/**
 * The four components of a loan's debt, always in this notation and order: principal (P), interest (I), fees
 * (F), penalties (N). Source: engine.md section 0.
 */
import type { Money } from './money.ts';

export type Component = 'principal' | 'interest' | 'fees' | 'penalties';

export const COMPONENTS = [
  'principal',
  'interest',
  'fees',
  'penalties',
] as const satisfies readonly Component[];

/** One amount per component. */
export interface Portions {
  readonly principal: Money;
  readonly interest: Money;
  readonly fees: Money;
  readonly penalties: Money;
}

/** Portions that an engine run is still filling. */
export type MutablePortions = { -readonly [K in Component]: Money };

export const noPortions = (): MutablePortions => ({ principal: 0n, interest: 0n, fees: 0n, penalties: 0n });

export const copyPortions = ({ principal, interest, fees, penalties }: Portions): MutablePortions => ({
  principal,
  interest,
  fees,
  penalties,
});

export const totalOf = (portions: Portions): Money =>
  portions.principal + portions.interest + portions.fees + portions.penalties;

export function addPortions(a: Portions, b: Portions): MutablePortions {
  return {
    principal: a.principal + b.principal,
    interest: a.interest + b.interest,
    fees: a.fees + b.fees,
    penalties: a.penalties + b.penalties,
  };
}

export function subtractPortions(a: Portions, b: Portions): MutablePortions {
  return {
    principal: a.principal - b.principal,
    interest: a.interest - b.interest,
    fees: a.fees - b.fees,
    penalties: a.penalties - b.penalties,
  };
}

export const samePortions = (a: Portions, b: Portions): boolean =>
  a.principal === b.principal &&
  a.interest === b.interest &&
  a.fees === b.fees &&
  a.penalties === b.penalties;
