import { describe, expect, it } from 'vitest';
import type { LoanCharge } from '../charge.ts';
import { date } from '../date.ts';
import { answerTo, booked, fee, splitOf, storyTerms } from '../life/story.ts';
import { money, schedule, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import type { LoanTransaction, TransactionType } from '../transaction.ts';
import { layTransaction, type Run } from './run.ts';

/** 300 in 3 rows of 100 + 6, due on the 15th of February, March and April. */
function runOf300(own: Partial<LoanTerms> = {}, charges: LoanCharge[] = []): Run {
  const terms = storyTerms(own);
  return { terms, rows: schedule(terms), charges, overpaid: 0n };
}

const feeOf = (own: Partial<LoanCharge>): LoanCharge => ({
  id: 1,
  definition: fee(12),
  dueDate: date('2025-02-10'),
  submittedOn: date('2025-01-15'),
  sequence: 1,
  amount: money(12),
  paid: 0n,
  waived: 0n,
  writtenOff: 0n,
  overdueInstallment: null,
  active: true,
  isWaived: false,
  ...own,
});

type Act = readonly [type: TransactionType, day: string, amount: number];

const bookedAs = ([type, day, amount]: Act): LoanTransaction =>
  booked(`2025-${day}`, { type, amount: money(amount) });

/** How each came out, and what is overpaid at the end. */
function laid(run: Run, acts: readonly Act[]): string[] {
  const splits = acts.map((act) => {
    const transaction = bookedAs(act);
    return splitOf({ ...transaction, ...layTransaction(run, transaction) });
  });
  return [...splits, `overpaid ${shown(run.overpaid)}`];
}

describe('what payments have left over', () => {
  it.each<[string, Act[], string[]]>([
    [
      'adds up',
      [
        ['repayment', '02-15', 330],
        ['repayment', '02-16', 5],
      ],
      ['P 300 I 18 O 12', 'O 5', 'overpaid 17.00'],
    ],
    [
      'is handed back in cash before anything settled is opened again',
      [
        ['repayment', '02-15', 330],
        ['refund', '02-20', 5],
      ],
      ['P 300 I 18 O 12', 'O 5', 'overpaid 7.00'],
    ],
    [
      'is handed back whole, and the rest of the refund opens the last installment',
      [
        ['repayment', '02-15', 330],
        ['refund', '02-20', 40],
      ],
      ['P 300 I 18 O 12', 'P 28 O 12', 'overpaid 0.00'],
    ],
    [
      'pays for what is charged back',
      [
        ['repayment', '02-15', 330],
        ['chargeback', '02-20', 5],
        ['creditBalanceRefund', '02-21', 4],
      ],
      ['P 300 I 18 O 12', 'O 5', 'O 4', 'overpaid 3.00'],
    ],
  ])('%s', (_, acts, answers) => {
    expect(laid(runOf300(), acts)).toEqual(answers);
  });

  it('is forgotten by the next payment that leaves nothing over, as in the reference', () => {
    // Paid early, only principal is taken: 330 leaves 30 over with all the interest open.
    const run = runOf300({ strategy: 'early-repayment-strategy' });
    const acts: Act[] = [
      ['repayment', '02-10', 330],
      ['repayment', '02-15', 5],
    ];
    expect(laid(run, acts)).toEqual(['P 300 O 30', 'I 5', 'overpaid 0.00']);
  });
});

describe('the income that an accrual activity states', () => {
  it.each([
    ['01-15', ''],
    ['01-16', 'I 6 F 12'],
    ['02-15', 'I 6 F 12'],
    ['02-16', 'I 6'],
    ['04-15', 'I 6'],
    ['04-16', ''],
  ])('on %s is that of the installment the day falls in: %s', (day, income) => {
    const run = runOf300();
    const [first] = run.rows;
    if (first) first.charged.fees = money(12);
    expect(laid(run, [['accrualActivity', day, 0]])).toEqual([income, 'overpaid 0.00']);
  });

  it('is its amount', () => {
    expect(layTransaction(runOf300(), bookedAs(['accrualActivity', '02-15', 99]))?.amount).toBe(money(6));
  });
});

describe('laid over the schedule', () => {
  it.each<TransactionType>(['disbursement', 'accrual', 'waiveCharges', 'reAge', 'recoveryRepayment'])(
    '%s leaves it as it is',
    (type) => {
      const run = runOf300();
      expect(layTransaction(run, bookedAs([type, '02-15', 50]))).toBeNull();
      expect(run).toEqual(runOf300());
    },
  );

  it('a write-off takes of a charge what is neither paid nor waived', () => {
    const charges = [
      feeOf({ id: 1 }),
      feeOf({ id: 2, paid: money(5) }),
      feeOf({ id: 3, paid: money(2), waived: money(3) }),
      feeOf({ id: 4, waived: money(12), isWaived: true }),
    ];
    layTransaction(runOf300({}, charges), bookedAs(['writeOff', '03-01', 0]));
    expect(charges.map(({ writtenOff }) => shown(writtenOff))).toEqual(['12.00', '7.00', '7.00', '0.00']);
  });

  it('a cash refund is refused when less was paid', () => {
    const refused = () =>
      laid(runOf300(), [
        ['repayment', '02-15', 30],
        ['refund', '02-20', 31],
      ]);
    expect(answerTo(refused)).toBe(
      'aborted payment_was_refunded: The money of this payment was handed back in a cash refund',
    );
  });
});
