import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalOf } from '../components.ts';
import { date } from '../date.ts';
import { totalOutstanding } from '../installment.ts';
import { sum } from '../money.ts';
import type { FutureInstallmentRule, LoanTerms, RestFrequency } from '../terms.ts';
import { type Case, fee, inputOf, type Line, replay, rule, shown, withRest } from './exampleLoan.ts';
import { payoffQuote } from './payoff.ts';
import { replayProgressive } from './replay.ts';

describe('whatever happens', () => {
  const days = fc
    .integer({ min: 0, max: 150 })
    .map((offset) => new Date(Date.UTC(2025, 0, 15 + offset)).toISOString().slice(0, 10));
  const payments = fc.array(fc.tuple(days, fc.integer({ min: 1, max: 60_000 })), { maxLength: 7 });
  const loans = fc.record({
    future: fc.constantFrom<FutureInstallmentRule>('NEXT_INSTALLMENT', 'LAST_INSTALLMENT', 'REAMORTIZATION'),
    scheduleProcessing: fc.constantFrom<LoanTerms['scheduleProcessing']>('HORIZONTAL', 'VERTICAL'),
    interest: fc.boolean(),
    rest: fc.constantFrom<RestFrequency>('DAILY', 'SAME_AS_REPAYMENT_PERIOD'),
    payments,
    second: fc.option(fc.integer({ min: 1, max: 50_000 }), { nil: undefined }),
  });
  type Drawn = typeof loans extends fc.Arbitrary<infer T> ? T : never;

  const storyOf = (drawn: Drawn): Case => ({
    terms: {
      ...(drawn.interest ? withRest(drawn.rest) : {}),
      scheduleProcessing: drawn.scheduleProcessing,
      allocationRules: [rule(drawn.future)],
    },
    charges: [
      fee(1, 7.5, { due: '2025-03-01', added: '2025-02-10' }),
      fee(2, 3.33, { due: '2025-05-20', added: '2025-01-20' }),
    ],
    lines: [
      ['disbursement', '2025-01-15', 1000] as Line,
      ...(drawn.second ? [['disbursement', '2025-02-20', drawn.second / 100] as Line] : []),
      ...drawn.payments.map(([on, cents]): Line => ['repayment', on, cents / 100]),
    ],
    on: '2025-06-15',
  });

  test('portions and overpaid part add up to the payment, and rows to the portions', () => {
    fc.assert(
      fc.property(loans, (drawn) => {
        const result = replay(storyOf(drawn));
        const payments = result.transactions.filter(({ type }) => type === 'repayment');
        for (const { amount, portions, overpaid } of payments)
          expect(totalOf(portions) + overpaid).toBe(amount);
        expect(sum(result.installments.map(({ paid }) => totalOf(paid))) + result.overpaid).toBe(
          sum(payments.map(({ amount }) => amount)),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('principal of the rows adds up to what was disbursed, and no row is paid more than it charges', () => {
    fc.assert(
      fc.property(loans, (drawn) => {
        const story = storyOf(drawn);
        const result = replay(story);
        const disbursed = sum(
          inputOf(story)
            .transactions.filter(({ type }) => type === 'disbursement')
            .map(({ amount }) => amount),
        );
        expect(sum(result.installments.map(({ charged }) => charged.principal))).toBe(disbursed);
        for (const row of result.installments)
          for (const component of ['principal', 'interest', 'fees', 'penalties'] as const)
            expect(row.paid[component] <= row.charged[component] && row.paid[component] >= 0n).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('the order in which the same history arrives does not matter', () => {
    fc.assert(
      fc.property(loans, fc.nat(), (drawn, turn) => {
        const input = inputOf(storyOf(drawn));
        const by = turn % Math.max(1, input.transactions.length);
        const turned = [...input.transactions.slice(by), ...input.transactions.slice(0, by)].reverse();
        expect(replayProgressive({ ...input, transactions: turned })).toEqual(replayProgressive(input));
      }),
      { numRuns: 60 },
    );
  });

  test('a second replay changes nothing', () => {
    fc.assert(
      fc.property(loans, (drawn) => {
        const input = inputOf(storyOf(drawn));
        const first = replayProgressive(input);
        const charges = first.charges;
        const again = replayProgressive({
          ...input,
          charges,
          transactions: first.transactions,
          nextSequence: first.nextSequence,
        });
        expect(again.installments).toEqual(first.installments);
        expect(again.changed).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('a loan paid off by its quote ends at zero', () => {
    fc.assert(
      fc.property(loans, days, (drawn, day) => {
        const story = { ...storyOf(drawn), on: day };
        const lines = story.lines.filter(([, on]) => on <= day);
        if (lines.length === 0) return;
        const charges = story.charges?.map((charge) => ({
          ...charge,
          submittedOn: date('2025-01-15'),
        }));
        const quote = totalOf(payoffQuote(inputOf({ ...story, lines, charges: charges ?? [] }), date(day)));
        if (quote === 0n) return;
        const paid = replay({
          ...story,
          charges: charges ?? [],
          lines: [...lines, ['repayment', day, shown(quote)]],
        });
        expect(sum(paid.installments.map(totalOutstanding))).toBe(0n);
      }),
      { numRuns: 150 },
    );
  });
});
