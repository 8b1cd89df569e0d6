import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PAYMENT_ORDERS } from '../allocation/strategies.ts';
import { chargeOutstanding } from '../charge.ts';
import { totalOf } from '../components.ts';
import { addDays, date } from '../date.ts';
import { decide } from '../decide.ts';
import type { Decision, LoanCommand } from '../decision.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { outstandingOf } from '../installment.ts';
import { assertBalanced, type JournalEntry, netOf } from '../ledger.ts';
import { submitLoan } from '../life/origination.ts';
import { fee, on, penalty, storyTerms } from '../life/story.ts';
import type { Loan } from '../loan.ts';
import { sum } from '../money.ts';
import { controlBalancesOf } from '../posting/controls.ts';
import { linesFor } from '../posting/posting.ts';
import { DEFAULT_RULE } from '../progressive/allocation.ts';
import { Refusal } from '../refusal.ts';
import { recalculation } from '../schedule/exampleLoan.ts';
import { explainInstallment } from '../statement/explain.ts';
import type { FutureInstallmentRule, LoanTerms } from '../terms.ts';
import { PAYMENTS } from '../transaction.ts';

/** Lives full of charges that are paid one by one, while other money comes in with earlier dates. */
const START = date('2025-01-15');
const cents = (most: number) => fc.integer({ min: 1, max: most }).map(BigInt);
const day = fc.integer({ min: 0, max: 110 }).map((days) => addDays(START, days));
const id = fc.integer({ min: 2, max: 14 });
const chargeId = fc.constantFrom(1, 2, 3, 3, 4);

const strategy = fc.constantFrom(...(Object.keys(PAYMENT_ORDERS) as (keyof typeof PAYMENT_ORDERS)[]));
const cumulative: fc.Arbitrary<Partial<LoanTerms>> = fc.record({
  strategy,
  interestRatePerPeriod: fc.constantFrom('0', '24'),
});
const recalculating: fc.Arbitrary<Partial<LoanTerms>> = strategy.map((each) => ({
  strategy: each,
  interestType: 'DECLINING_BALANCE',
  interestCalculationPeriod: 'DAILY',
  interestRecalculation: recalculation(),
}));
const progressive: fc.Arbitrary<Partial<LoanTerms>> = fc
  .record({
    futureInstallments: fc.constantFrom<FutureInstallmentRule>('NEXT_INSTALLMENT', 'LAST_INSTALLMENT'),
    bearsInterest: fc.boolean(),
    scheduleProcessing: fc.constantFrom('HORIZONTAL' as const, 'VERTICAL' as const),
  })
  .map(({ futureInstallments, bearsInterest, scheduleProcessing }) => ({
    interestType: 'DECLINING_BALANCE',
    interestCalculationPeriod: 'DAILY',
    daysInYear: '360',
    daysInMonth: '30',
    interestRatePerPeriod: bearsInterest ? '12' : '0',
    interestRecalculation: bearsInterest
      ? recalculation({ rescheduleStrategy: 'ADJUST_LAST_UNPAID_PERIOD' })
      : null,
    strategy: 'advanced-payment-allocation-strategy',
    scheduleType: 'PROGRESSIVE',
    scheduleProcessing,
    allocationRules: [
      DEFAULT_RULE,
      { ...DEFAULT_RULE, transactionType: 'CHARGE_PAYMENT', futureInstallments },
    ],
  }));
const terms = fc.oneof(cumulative, recalculating, progressive).map((own) => storyTerms(own));

const command: fc.Arbitrary<LoanCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(chargeId, day, fc.option(cents(600), { nil: undefined }), fc.integer({ min: 1, max: 3 }))
      .map(([charge, when, amount, installment]) => ({
        kind: 'payCharge' as const,
        chargeId: charge,
        on: when,
        ...(amount !== undefined && { amount }),
        // The third one is paid by the installment, on loans where it is an installment fee.
        ...(charge === 3 && amount !== undefined && { installment }),
      })),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pay' as const),
      type: fc.constantFrom('repayment', 'repayment', 'goodwillCredit', 'refund'),
      on: day,
      amount: cents(9_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('reverse' as const), transactionId: id, on: day }),
  },
  fc.record({
    kind: fc.constant('adjust' as const),
    transactionId: id,
    on: day,
    amount: fc.constantFrom(500n, 1_000n),
  }),
  fc.record({ kind: fc.constant('addCharge' as const), definition: fc.constant(fee(3)), dueDate: day }),
  fc.record({ kind: fc.constant('waiveCharge' as const), chargeId }),
  fc.record({ kind: fc.constant('undoWaiveCharge' as const), transactionId: id }),
  fc.record({ kind: fc.constant('adjustCharge' as const), chargeId, on: day, amount: cents(900) }),
  fc.record({ kind: fc.constant('chargeOff' as const), on: day }),
  fc.record({ kind: fc.constant('accrue' as const), till: day }),
);
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), command), { minLength: 4, maxLength: 14 });

interface Seen {
  readonly decision: Decision;
  readonly command: LoanCommand;
  readonly before: Loan;
  readonly entries: readonly JournalEntry[];
  readonly today: string;
}

function live(
  own: LoanTerms,
  given: readonly (readonly [number, LoanCommand])[],
  look: (seen: Seen) => void,
) {
  const charges = [
    { definition: fee(10), dueDate: date('2025-02-10') },
    { definition: penalty('7.35'), dueDate: date('2025-03-20') },
    {
      definition: fee(5, own.scheduleType === 'PROGRESSIVE' ? {} : { time: 'INSTALLMENT' }),
      dueDate: date('2025-03-01'),
    },
  ];
  const submitted = submitLoan({ terms: own, submittedOn: START, charges }, on(START));
  const approved = decide(submitted.loan, { kind: 'approve', on: START }, on(START));
  let last = decide(approved.loan, { kind: 'disburse', on: START }, on(START));
  let entries = [...last.entries];
  let today = START;
  for (const [days, next] of given) {
    today = addDays(today, days);
    const dated = 'on' in next && next.on > today ? { ...next, on: today } : next;
    const before = last.loan;
    try {
      last = decide(before, dated, on(today));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      continue;
    }
    entries = [...entries, ...last.entries];
    look({ decision: last, command: dated, before, entries, today });
  }
}

let [drawn, paid, kept] = [0, 0, 0];
const always = (look: (seen: Seen) => void, runs = 150) =>
  fc.assert(
    fc.property(terms, steps, (own, given) => {
      drawn += 1;
      live(own, given, look);
    }),
    { numRuns: runs },
  );

it('a charge that is paid by itself is paid, and nothing else is', () => {
  always(({ before, decision: { loan }, command: asked }) => {
    if (asked.kind !== 'payCharge') {
      if (loan.transactions.some(({ type }) => type === 'chargePayment')) kept += 1;
      return;
    }
    // Dated back before a cash refund it may settle what that refund had opened again.
    if (before.transactions.some(({ type }) => type === 'refund')) return;
    paid += 1;
    const payment = loan.transactions.find(
      ({ id: number }) => number > Math.max(...before.transactions.map((each) => each.id)),
    );
    const [was, is] = [before, loan].map(({ charges }) => charges.find((each) => each.id === asked.chargeId));
    expect(payment).toMatchObject({ type: 'chargePayment', overpaid: 0n });
    expect(payment?.chargesPaid).toEqual([{ chargeId: asked.chargeId, amount: payment?.amount }]);
    expect(payment && totalOf(payment.portions)).toBe(payment?.amount);
    if (was && is) expect(chargeOutstanding(is)).toBe(chargeOutstanding(was) - (payment?.amount ?? 0n));
  });
  // Mutation runs draw a few times only.
  expect(paid).toBeGreaterThan(drawn / 3);
  expect(kept).toBeGreaterThan(drawn / 3);
});

it('every payment is split without a rest, rows and charges agree, and the loan equals itself rebuilt', () => {
  always(({ decision: { loan }, today }) => {
    for (const each of loan.transactions)
      if (PAYMENTS.has(each.type) && each.reversal === 'none')
        expect(totalOf(each.portions) + each.overpaid).toBe(each.amount);
    for (const part of ['fees', 'penalties'] as const) {
      const charges = loan.charges.filter(({ definition }) => definition.penalty === (part === 'penalties'));
      const rows = sum(loan.installments.map((row) => row.paid[part]));
      expect([part, sum(charges.map((each) => each.paid))]).toEqual([part, rows]);
      for (const row of loan.installments) expect(outstandingOf(row, part)).toBeGreaterThanOrEqual(0n);
    }
    expect(differencesFromRebuilt(loan, on(today))).toEqual([]);
  });
});

it('entries balance, stand for their transactions, and the control accounts hold what the loan says', () => {
  always(({ decision: { loan, entries: posted }, entries }) => {
    for (const entry of posted) assertBalanced(entry);
    for (const each of loan.transactions) {
      const lines = entries
        .filter(({ transactionId }) => transactionId === each.id)
        .flatMap((entry) => entry.lines);
      expect(netOf(lines)).toEqual(netOf(each.reversal === 'none' ? linesFor(each, loan).lines : []));
    }
    const books = netOf(entries.flatMap(({ lines }) => lines));
    for (const { account, amount } of controlBalancesOf(loan))
      expect([account, books.get(account) ?? 0n]).toEqual([account, amount]);
  });
});

it('what settled a fee adds up to what is settled of it', () => {
  always(({ decision: { loan }, today }) => {
    for (const { number: installment, kind, charged } of loan.installments) {
      if (kind !== 'normal' || charged.fees === 0n) continue;
      const told = explainInstallment(loan, { installment, component: 'fees' }, on(today));
      const settled = sum(told.settledBy.map((each) => each.paid + each.waived + each.writtenOff));
      expect(told.charged - settled).toBe(told.outstanding);
    }
  }, 60);
});
