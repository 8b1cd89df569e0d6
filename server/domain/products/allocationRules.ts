/**
 * Whether a product says completely how payments are allocated. Progressive schedules are paid by the
 * advanced allocation, whose rules name all twelve steps; cumulative ones in the fixed order of a strategy.
 *
 *   advanced allocation without a rule for DEFAULT: `allocationRules: needs a rule for DEFAULT`
 *
 * Source: engine.md sections 5.4, 5.5, 5.9 and 10 (create).
 */
import { COMPONENTS } from '../components.ts';
import type { ProductTerms } from '../product.ts';
import type { FieldFault } from '../refusal.ts';
import type { AllocationRule, CreditAllocationRule } from '../terms.ts';
import { unless } from './faults.ts';

const STEPS = 3 * COMPONENTS.length;

export function allocationFaults(terms: ProductTerms): FieldFault[] {
  const { strategy, scheduleType, allocationRules, creditAllocationRules } = terms;
  const isAdvanced = strategy === 'advanced-payment-allocation-strategy';
  const isProgressive = scheduleType === 'PROGRESSIVE';
  return [
    ...unless(
      isAdvanced === isProgressive,
      'transactionProcessingStrategy',
      isProgressive
        ? 'must be advanced-payment-allocation-strategy with a progressive schedule'
        : 'advanced-payment-allocation-strategy needs a progressive schedule',
    ),
    ...(isAdvanced ? ruleFaults(allocationRules) : []),
    ...unless(
      isAdvanced || allocationRules.length === 0,
      'allocationRules',
      'go with advanced-payment-allocation-strategy only',
    ),
    ...unless(
      isProgressive || terms.scheduleProcessing === 'HORIZONTAL',
      'scheduleProcessingType',
      'must be Horizontal with a cumulative schedule',
    ),
    ...unless(
      isProgressive || creditAllocationRules.length === 0,
      'creditAllocationRules',
      'go with a progressive schedule only',
    ),
    ...creditFaults(creditAllocationRules),
  ];
}

function ruleFaults(rules: readonly AllocationRule[]): FieldFault[] {
  const hasDefault = rules.some(({ transactionType }) => transactionType === 'DEFAULT');
  return [
    ...unless(hasDefault, 'allocationRules', 'need a rule for DEFAULT'),
    ...twiceFaults('allocationRules', rules),
    ...rules.flatMap(({ order }, index) => {
      const steps = new Set(order.map(({ dueType, component }) => `${dueType} ${component}`));
      return unless(
        steps.size === STEPS && order.length === STEPS,
        `allocationRules.${index}.order`,
        `must hold each of the ${STEPS} steps once`,
      );
    }),
  ];
}

const creditFaults = (rules: readonly CreditAllocationRule[]): FieldFault[] => [
  ...twiceFaults('creditAllocationRules', rules),
  ...rules.flatMap(({ order }, index) =>
    unless(
      new Set(order).size === COMPONENTS.length && order.length === COMPONENTS.length,
      `creditAllocationRules.${index}.order`,
      'must hold each component once',
    ),
  ),
];

const twiceFaults = (field: string, rules: readonly { readonly transactionType: string }[]): FieldFault[] =>
  unless(
    new Set(rules.map(({ transactionType }) => transactionType)).size === rules.length,
    field,
    'must hold one rule for each type of transaction',
  );
