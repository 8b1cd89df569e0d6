import { describe, expect, it } from 'vitest';
import type { ProductTerms } from '../product.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import type { AllocationRule, CreditAllocationRule } from '../terms.ts';
import { allocationFaults } from './allocationRules.ts';
import { faultLines, PROGRESSIVE, productWith } from './exampleProduct.ts';

const faults = (terms: Partial<ProductTerms>): string[] =>
  faultLines(allocationFaults(productWith({ terms }).terms));

const [first, ...otherSteps] = DEFAULT_RULE.order;
const REPAYMENT: AllocationRule = { ...DEFAULT_RULE, transactionType: 'REPAYMENT' };
const ordered = (order: AllocationRule['order']): Partial<ProductTerms> => ({
  ...PROGRESSIVE,
  allocationRules: [DEFAULT_RULE, { ...REPAYMENT, order }],
});
const credit = (order: CreditAllocationRule['order']): CreditAllocationRule => ({
  transactionType: 'CHARGEBACK',
  order,
});
const NFIP = credit(['penalties', 'fees', 'interest', 'principal']);
const withCredit = (...creditAllocationRules: CreditAllocationRule[]): Partial<ProductTerms> => ({
  ...PROGRESSIVE,
  creditAllocationRules,
});

const ADVANCED = 'advanced-payment-allocation-strategy';
const TWELVE = 'allocationRules.1.order: must hold each of the 12 steps once';
const EACH_ONCE = 'creditAllocationRules.0.order: must hold each component once';
const ONE_RULE = 'must hold one rule for each type of transaction';

describe('how payments are allocated', () => {
  it.each<[what: string, terms: Partial<ProductTerms>, faults: string[]]>([
    ['in the fixed order of a strategy', {}, []],
    ['by advanced allocation on a progressive schedule', PROGRESSIVE, []],
    ['with a rule of its own for repayments', ordered(DEFAULT_RULE.order), []],
    ['vertically on a progressive schedule', { ...PROGRESSIVE, scheduleProcessing: 'VERTICAL' }, []],
    ['with an order for chargebacks', withCredit(NFIP), []],
    [
      'by advanced allocation on a cumulative schedule',
      { ...PROGRESSIVE, scheduleType: 'CUMULATIVE' },
      [`transactionProcessingStrategy: ${ADVANCED} needs a progressive schedule`],
    ],
    [
      'in a fixed order on a progressive schedule',
      { scheduleType: 'PROGRESSIVE' },
      [`transactionProcessingStrategy: must be ${ADVANCED} with a progressive schedule`],
    ],
    [
      'without any rule',
      { ...PROGRESSIVE, allocationRules: [] },
      ['allocationRules: need a rule for DEFAULT'],
    ],
    [
      'with a rule for repayments only',
      { ...PROGRESSIVE, allocationRules: [REPAYMENT] },
      ['allocationRules: need a rule for DEFAULT'],
    ],
    [
      'with two rules for one type',
      { ...PROGRESSIVE, allocationRules: [DEFAULT_RULE, DEFAULT_RULE] },
      [`allocationRules: ${ONE_RULE}`],
    ],
    ['with eleven steps', ordered(otherSteps), [TWELVE]],
    [
      'with one step twice in place of another',
      ordered([...otherSteps, ...otherSteps.slice(0, 1)]),
      [TWELVE],
    ],
    [
      'with all steps and one of them twice',
      ordered([...DEFAULT_RULE.order, ...(first ? [first] : [])]),
      [TWELVE],
    ],
    [
      'by rules with a fixed order',
      { allocationRules: [DEFAULT_RULE] },
      ['allocationRules: go with advanced-payment-allocation-strategy only'],
    ],
    [
      'vertically on a cumulative schedule',
      { scheduleProcessing: 'VERTICAL' },
      ['scheduleProcessingType: must be Horizontal with a cumulative schedule'],
    ],
    [
      'with an order for chargebacks on a cumulative schedule',
      { creditAllocationRules: [NFIP] },
      ['creditAllocationRules: go with a progressive schedule only'],
    ],
    ['with two orders for chargebacks', withCredit(NFIP, NFIP), [`creditAllocationRules: ${ONE_RULE}`]],
    ['with three components', withCredit(credit(['fees', 'interest', 'principal'])), [EACH_ONCE]],
    [
      'with one component twice in place of another',
      withCredit(credit(['fees', 'fees', 'interest', 'principal'])),
      [EACH_ONCE],
    ],
    ['with all components and one of them twice', withCredit(credit([...NFIP.order, 'fees'])), [EACH_ONCE]],
  ])('%s', (_what, terms, found) => {
    expect(faults(terms)).toEqual(found);
  });
});
