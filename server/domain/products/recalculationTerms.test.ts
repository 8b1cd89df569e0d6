import { expect, it } from 'vitest';
import type { ProductTerms } from '../product.ts';
import { recalculation } from '../schedule/exampleLoan.ts';
import type { InterestRecalculation } from '../terms.ts';
import { faultLines, PROGRESSIVE, productWith } from './exampleProduct.ts';
import { recalculationFaults } from './recalculationTerms.ts';

/** Faults without the name of the group they are all in. */
function faults(own: Partial<InterestRecalculation>, terms: Partial<ProductTerms> = {}): string[] {
  const recalculating = productWith({ terms: { ...terms, interestRecalculation: recalculation(own) } });
  return faultLines(recalculationFaults(recalculating.terms)).map((line) =>
    line.replace('interestRecalculation', ''),
  );
}

const last = { rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD' } as const;
const monthly = (compoundingDay: number | null) => ({ compounding: 'INTEREST', compoundingDay }) as const;
const DAY_OF_MONTH = ['.compoundingDay: must be a day of the month, 1 to 31'];

it.each<[what: string, own: Partial<InterestRecalculation>, terms: Partial<ProductTerms>, faults: string[]]>([
  ['a smaller installment', { rescheduleStrategy: 'REDUCE_EMI_AMOUNT' }, {}, []],
  ['fewer installments', { rescheduleStrategy: 'REDUCE_NUMBER_OF_INSTALLMENTS' }, {}, []],
  ['less of the next ones', { rescheduleStrategy: 'RESCHEDULE_NEXT_REPAYMENTS' }, {}, []],
  ['the last one, with a progressive schedule', last, PROGRESSIVE, []],
  ['the last one', last, {}, ['.rescheduleStrategy: Adjust last unpaid period needs a progressive schedule']],
  [
    'a smaller installment with a progressive schedule',
    {},
    PROGRESSIVE,
    ['.rescheduleStrategy: must be Adjust last unpaid period with a progressive schedule'],
  ],
  ['flat interest', {}, { interestType: 'FLAT' }, [': needs interest on a declining balance']],
  ['compounding on the first', monthly(1), {}, []],
  ['compounding on the last day of the month', monthly(31), {}, []],
  ['compounding on day 0', monthly(0), {}, DAY_OF_MONTH],
  ['compounding on day 32', monthly(32), {}, DAY_OF_MONTH],
  ['compounding without a day', monthly(null), {}, ['.compoundingDay: is required with compounding']],
  ['a day without compounding', { compoundingDay: 1 }, {}, ['.compoundingDay: goes with compounding only']],
  [
    'compounding with a progressive schedule',
    { ...last, ...monthly(1) },
    PROGRESSIVE,
    ['.compounding: must be None with a progressive schedule'],
  ],
])('recalculation with %s', (_what, own, terms, found) => {
  expect(faults(own, terms)).toEqual(found);
});

it('no recalculation has no faults, whatever the interest', () => {
  expect(recalculationFaults(productWith({ terms: { interestType: 'FLAT' } }).terms)).toEqual([]);
});
