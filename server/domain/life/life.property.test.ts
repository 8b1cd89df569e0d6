import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExact, writeExact } from '../../store/exactJson.ts';
import { PAYMENT_ORDERS } from '../allocation/strategies.ts';
import { totalOf } from '../components.ts';
import { addDays, date } from '../date.ts';
import { decide } from '../decide.ts';
import type { Decision, LoanCommand } from '../decision.ts';
import { abridged, repaymentsOf, takesRepaymentAbridged } from '../history/abridged.ts';
import { activeTransactions, nextId, nextSequence } from '../history/history.ts';
import { differencesFromRebuilt } from '../history/rebuild.ts';
import { outstandingOnLoan } from '../history/settlement.ts';
import { outstandingOf } from '../installment.ts';
import { assertBalanced, type JournalEntry, type JournalLine, netOf } from '../ledger.ts';
import type { Loan } from '../loan.ts';
import { type Money, sum } from '../money.ts';
import { controlBalancesOf } from '../posting/controls.ts';
import { linesFor } from '../posting/posting.ts';
import { Refusal } from '../refusal.ts';
import { scheduleRows } from '../statement/summary.ts';
import type { AllocationStep, DueType, FutureInstallmentRule, LoanTerms } from '../terms.ts';
import { PAYMENTS, type TransactionType } from '../transaction.ts';
import { submitLoan } from './origination.ts';
import { fee, on, penalty, storyTerms } from './story.ts';

const START = date('2025-01-15');
const cents = (most: number) => fc.integer({ min: 1, max: most }).map(BigInt);
const day = fc.integer({ min: 0, max: 130 }).map((days) => addDays(START, days));
const id = fc.integer({ min: 1, max: 25 });

const order = (['PAST_DUE', 'DUE', 'IN_ADVANCE'] as DueType[]).flatMap((dueType) =>
  (['penalties', 'fees', 'interest', 'principal'] as const).map((component) => ({ dueType, component })),
) satisfies AllocationStep[];

const fixedOrder = fc.constantFrom(...(Object.keys(PAYMENT_ORDERS) as (keyof typeof PAYMENT_ORDERS)[]));

const cumulative: fc.Arbitrary<Partial<LoanTerms>> = fc.record({
  strategy: fixedOrder,
  interestType: fc.constantFrom('FLAT', 'DECLINING_BALANCE'),
  interestRatePerPeriod: fc.constantFrom('0', '12', '24'),
});

const progressive: fc.Arbitrary<Partial<LoanTerms>> = fc.record({
  strategy: fc.constant('advanced-payment-allocation-strategy' as const),
  scheduleType: fc.constant('PROGRESSIVE' as const),
  interestType: fc.constant('DECLINING_BALANCE' as const),
  interestRatePerPeriod: fc.constant('0'),
  scheduleProcessing: fc.constantFrom('HORIZONTAL' as const, 'VERTICAL' as const),
  allocationRules: fc
    .constantFrom<FutureInstallmentRule>('NEXT_INSTALLMENT', 'LAST_INSTALLMENT', 'REAMORTIZATION')
    .map((futureInstallments) => [{ transactionType: 'DEFAULT', order, futureInstallments }]),
});

const terms: fc.Arbitrary<LoanTerms> = fc
  .record({
    family: fc.oneof(cumulative, progressive),
    principal: fc.integer({ min: 100, max: 90_000 }).map(BigInt),
    numberOfRepayments: fc.integer({ min: 1, max: 6 }),
    downPayment: fc.constantFrom(
      { enabled: false, percentage: null, automatic: false },
      { enabled: true, percentage: '25', automatic: true },
    ),
    multiDisburse: fc.boolean(),
  })
  .map(({ family, ...own }) => storyTerms({ ...family, ...own, disallowExpectedDisbursements: true }));

const payment: fc.Arbitrary<LoanCommand> = fc.record({
  kind: fc.constant('pay' as const),
  type: fc.constantFrom(
    'repayment',
    'repayment',
    'goodwillCredit',
    'merchantIssuedRefund',
    'payoutRefund',
    'waiveInterest',
    'refund',
    'creditBalanceRefund',
    'recoveryRepayment',
  ),
  on: day,
  amount: cents(40_000),
});

const command: fc.Arbitrary<LoanCommand> = fc.oneof(
  { weight: 6, arbitrary: payment },
  fc.record({ kind: fc.constant('reverse' as const), transactionId: id, on: day }),
  fc.record({ kind: fc.constant('adjust' as const), transactionId: id, on: day, amount: cents(20_000) }),
  fc.record({ kind: fc.constant('chargeback' as const), transactionId: id, on: day, amount: cents(9_000) }),
  fc.record({
    kind: fc.constant('addCharge' as const),
    definition: fc.constantFrom(fee(12), penalty('7.35'), fee(2, { time: 'INSTALLMENT' })),
    dueDate: day,
  }),
  fc.record({ kind: fc.constant('waiveCharge' as const), chargeId: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('undoWaiveCharge' as const), transactionId: id }),
  fc.record(
    {
      kind: fc.constant('payCharge' as const),
      chargeId: fc.integer({ min: 1, max: 4 }),
      on: day,
      amount: cents(1_500),
      installment: fc.integer({ min: 1, max: 4 }),
    },
    { requiredKeys: ['kind', 'chargeId', 'on'] },
  ),
  fc.record({
    kind: fc.constant('adjustCharge' as const),
    chargeId: fc.integer({ min: 1, max: 4 }),
    on: day,
    amount: cents(1_500),
  }),
  fc.record({ kind: fc.constant('disburse' as const), on: day, amount: cents(20_000) }),
  fc.record({ kind: fc.constant('chargeOff' as const), on: day }),
  fc.constant<LoanCommand>({ kind: 'undoChargeOff' }),
  fc.record({ kind: fc.constant('writeOff' as const), on: day }),
  fc.constant<LoanCommand>({ kind: 'undoWriteOff' }),
  fc.record({ kind: fc.constant('accrue' as const), till: day }),
);

interface Lived {
  readonly loan: Loan;
  readonly entries: readonly JournalEntry[];
}

/** Lives through the commands, one a week at most; refused ones change nothing. */
function live(own: LoanTerms, steps: readonly (readonly [number, LoanCommand])[], look?: Look): Lived {
  const submitted = submitLoan({ terms: own, submittedOn: START }, on(START));
  const approved = decide(submitted.loan, { kind: 'approve', on: START }, on(START));
  let last = decide(approved.loan, { kind: 'disburse', on: START }, on(START));
  let entries = [...last.entries];
  let today = START;
  for (const [days, next] of steps) {
    today = addDays(today, days);
    const before = last.loan;
    try {
      last = decide(before, datedBy(next, today), on(today));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      continue;
    }
    entries = [...entries, ...last.entries];
    look?.({ before, decision: last, entries, today, command: next });
  }
  return { loan: last.loan, entries };
}

/** A date still to come would only be refused. */
const datedBy = (next: LoanCommand, today: typeof START): LoanCommand =>
  'on' in next && next.on > today ? { ...next, on: today } : next;

type Look = (seen: {
  before: Loan;
  decision: Decision;
  entries: readonly JournalEntry[];
  today: string;
  command: LoanCommand;
}) => void;

const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), command), { minLength: 1, maxLength: 14 });

const always = (look: Look) =>
  fc.assert(
    fc.property(terms, steps, (own, commands) => void live(own, commands, look)),
    { numRuns: 200 },
  );

/** These book income or loss that others have already counted, as in the reference. */
const TO_INCOME: ReadonlySet<TransactionType> = new Set<TransactionType>(['chargeOff', 'refund']);

const STANDING = ['loanPortfolio', 'interestReceivable', 'feeReceivable', 'penaltyReceivable', 'overpayment'];

const netted = (lines: readonly JournalLine[]): Record<string, string> =>
  Object.fromEntries([...netOf(lines)].map(([account, amount]) => [account, `${amount}`]));

describe('whatever happens to a loan', () => {
  it('a payment is split without a rest', () => {
    always(({ decision }) => {
      for (const each of activeTransactions(decision.loan))
        if (PAYMENTS.has(each.type)) expect(totalOf(each.portions) + each.overpaid).toBe(each.amount);
    });
  });

  it('every entry balances, and the entries of a transaction add up to what it stands for', () => {
    always(({ decision, entries }) => {
      for (const entry of decision.entries) assertBalanced(entry);
      for (const each of decision.loan.transactions) {
        const posted = entries
          .filter(({ transactionId }) => transactionId === each.id)
          .flatMap(({ lines }) => lines);
        const stands = each.reversal === 'none' ? linesFor(each, decision.loan).lines : [];
        expect(netted(posted)).toEqual(netted(stands));
      }
    });
  });

  it('it equals itself rebuilt from its history', () => {
    always(({ decision, today }) => expect(differencesFromRebuilt(decision.loan, on(today))).toEqual([]));
  });

  it('transactions keep their id, type, date and, once booked, their place among the booked', () => {
    always(({ before, decision }) => {
      for (const [place, each] of before.transactions.entries()) {
        const now = decision.loan.transactions[place];
        expect([now?.id, now?.type, now?.date]).toEqual([each.id, each.type, each.date]);
      }
      const sequences = decision.loan.transactions.map(({ sequence }) => sequence);
      expect(new Set(sequences).size).toBe(sequences.length);
    });
  });

  it('its control accounts hold what it says of itself', () => {
    always(({ decision: { loan }, entries }) => {
      const books = netted(entries.flatMap(({ lines }) => lines));
      for (const { account, amount } of controlBalancesOf(loan))
        expect([account, books[account] ?? '0']).toEqual([account, `${amount}`]);
    });
  });

  it('principal of the schedule is what was disbursed and credited back; its balance ends at zero', () => {
    always(({ decision: { loan } }) => {
      const drawn = sum(
        loan.tranches.filter((each) => each.disbursedOn !== null).map(({ amount }) => amount),
      );
      const credited = sum(loan.installments.map((row) => row.credited.principal));
      expect(sum(loan.installments.map((row) => row.charged.principal))).toBe(drawn + credited);
      expect(scheduleRows(loan).at(-1)?.principalBalance).toBe(0n);
    });
  });

  it('once paid off it leaves nothing on the books but money, income and losses', () => {
    fc.assert(
      fc.property(terms, steps, (own, commands) => {
        const { loan, entries } = live(own, commands);
        if (loan.status !== 'active' || loan.transactions.some(({ type }) => TO_INCOME.has(type))) return;
        const end = date('2026-01-31');
        const amount = outstandingOnLoan(loan);
        const paid = decide(loan, { kind: 'pay', type: 'repayment', on: end, amount }, on(end));
        expect(paid.loan.status).toBe('closed');
        const books = netted([...entries, ...paid.entries].flatMap(({ lines }) => lines));
        for (const account of STANDING) expect([account, books[account]]).toEqual([account, undefined]);
      }),
      { numRuns: 200 },
    );
  });

  it('what is paid on its charges in the schedule is what its transactions paid on them, row by row', () => {
    always(({ decision: { loan } }) => {
      const inSchedule = loan.charges.filter(
        ({ active, definition }) => active && definition.time !== 'DISBURSEMENT',
      );
      for (const part of ['fees', 'penalties'] as const) {
        const charges = inSchedule.filter(({ definition }) => definition.penalty === (part === 'penalties'));
        const rows = sum(loan.installments.map((row) => row.paid[part]));
        expect([part, sum(charges.map(({ paid }) => paid))]).toEqual([part, rows]);
      }
    });
  });

  it('no component of an installment is paid, waived and written off beyond what it charges', () => {
    always(({ decision: { loan } }) => {
      for (const row of loan.installments)
        for (const part of ['principal', 'interest', 'fees', 'penalties'] as const)
          expect(outstandingOf(row, part)).toBeGreaterThanOrEqual(0n);
    });
  });

  it('it comes back from its document as it was', () => {
    always(({ decision: { loan } }) => {
      expect(readExact(JSON.parse(writeExact(loan)))).toEqual(loan);
    });
  });
});

/** The loan as it is read for a repayment: without those before, with the last numbers in use. */
function readAbridged(loan: Loan): Loan {
  const unlisted = { id: nextId(loan) - 1, sequence: nextSequence(loan) - 1 };
  return { ...abridged(loan), unlisted };
}

/** All that is stored of a loan besides the list of its transactions. */
const besideHistory = ({ transactions: _t, leftOut: _l, unlisted: _u, ...rest }: Loan) => rest;

describe('a repayment on a loan without its repayments', () => {
  it('has the same outcome as on the whole loan, if the loan takes it at all and goes on', () => {
    let [drawn, taken] = [0, 0];
    const amounts = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), cents(9_000)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(terms, steps, amounts, (own, commands, paid) => {
        drawn += 1;
        let { loan: whole } = live(own, commands);
        let short = readAbridged(whole);
        let today = addDays(START, 300);
        for (const [days, amount] of paid) {
          today = addDays(today, days);
          if (!takesRepaymentAbridged(short, today)) return;
          const command = { kind: 'pay', type: 'repayment', on: today, amount } as const;
          const [long, brief] = [decide(whole, command, on(today)), decide(short, command, on(today))];
          expect(brief.loan.status).toBe(long.loan.status);
          if (brief.loan.status !== 'active') return;
          taken += 1;
          expect(besideHistory(brief.loan)).toEqual(besideHistory(long.loan));
          expect([brief.entries, brief.events, brief.changed]).toEqual([
            long.entries,
            long.events,
            long.changed,
          ]);
          expect(repaymentsOf(brief.loan)).toEqual(repaymentsOf(long.loan));
          whole = long.loan;
          short = brief.loan;
        }
      }),
      { numRuns: 400 },
    );
    // Mutation runs draw a few times only.
    expect(taken).toBeGreaterThan(drawn / 8);
  });
});

describe('a payment that is taken back at once', () => {
  it('leaves the installments as they were', () => {
    fc.assert(
      fc.property(terms, steps, cents(30_000), (own, commands, amount) => {
        const { loan } = live(own, commands);
        const today = date('2025-12-31');
        let paid: Decision;
        try {
          paid = decide(loan, { kind: 'pay', type: 'repayment', on: today, amount }, on(today));
        } catch {
          return;
        }
        const booked = paid.changed.find(({ type, amount: same }) => type === 'repayment' && same === amount);
        const transactionId = booked?.id ?? 0;
        const undone = decide(paid.loan, { kind: 'reverse', transactionId, on: today }, on(today));
        const shape = ({ installments }: Loan) => installments.map(({ accrued: _accrued, ...row }) => row);
        expect(shape(undone.loan)).toEqual(shape(loan));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the order in which payments arrive', () => {
  it('changes nothing about the installments', () => {
    const payments = fc.array(fc.tuple(day, cents(9_000)), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(terms, payments, (own, paid) => {
        const unique = [...new Map(paid.map(([when, amount]) => [when, amount]))];
        const lay = (order: readonly (readonly [typeof START, Money])[]) => {
          const commands = order.map(
            ([when, amount]) => [0, { kind: 'pay', type: 'repayment', on: when, amount }] as const,
          );
          return live(own, [[200, { kind: 'setFraud', isFraud: false }], ...commands]).loan.installments.map(
            ({ accrued: _accrued, ...row }) => row,
          );
        };
        expect(lay([...unique].reverse())).toEqual(lay(unique));
      }),
      { numRuns: 60 },
    );
  });
});
