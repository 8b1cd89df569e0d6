import { describe, expect, it } from 'vitest';
import type { ChargeDefinition } from '../charge.ts';
import { date } from '../date.ts';
import { continued, fee, type Line, on, openOf, pay, storyTerms, tell } from '../life/story.ts';
import type { Loan, Tranche } from '../loan.ts';
import { amounts, exampleTerms, money, recalculation, shown } from '../schedule/exampleLoan.ts';
import type { LoanTerms } from '../terms.ts';
import { recalculated } from './outcome.ts';
import { differencesFromRebuilt } from './rebuild.ts';
import { recalculatesSchedule, replayInput, scheduled, withMaturity } from './replaying.ts';
import { countingTranches } from './scheduleInput.ts';

const PLAIN = { interestRatePerPeriod: '0' } as const;
const TODAY = on('2025-03-01');

const tranche = (amount: number, disbursedOn: string | null): Tranche => ({
  expectedOn: date('2025-01-15'),
  disbursedOn: disbursedOn === null ? null : date(disbursedOn),
  amount: money(amount),
});

describe('the tranches that a schedule is made of', () => {
  const drawn = tranche(100, '2025-01-15');
  const expected = tranche(200, null);
  const several = { multiDisburse: true, disallowExpectedDisbursements: false };

  it.each<[string, Partial<LoanTerms>, Tranche[], number[]]>([
    ['before the disbursement those expected', {}, [expected, tranche(50, null)], [200, 50]],
    ['after it those paid out', {}, [drawn, expected], [100]],
    ['and those still to come, where the loan expects them', several, [drawn, expected], [100, 200]],
    [
      'not where it keeps no list of them',
      { ...several, disallowExpectedDisbursements: true },
      [drawn, expected],
      [100],
    ],
    ['nor where there is only one', { ...several, multiDisburse: false }, [drawn, expected], [100]],
  ])('%s', (_, own, tranches, amounts) => {
    const { loan } = tell(own, []);
    expect(countingTranches({ ...loan, tranches }).map(({ amount }) => Number(amount) / 100)).toEqual(
      amounts,
    );
  });
});

describe('a schedule follows payments', () => {
  const recalculating = {
    interestRecalculation: recalculation(),
    interestType: 'DECLINING_BALANCE',
    interestCalculationPeriod: 'DAILY',
  } as const;
  const { loan } = tell(recalculating, []);
  it.each<[string, Loan, boolean]>([
    ['where interest is recalculated', loan, true],
    ['not otherwise', tell({}, []).loan, false],
    ['not before the disbursement', { ...loan, disbursedOn: null }, false],
    ['not once it is charged off', { ...loan, chargedOffOn: date('2025-02-01') }, false],
    ['not while it is non-performing', { ...loan, isNonPerforming: true }, false],
    [
      'not a progressive one: it is made in the replay',
      { ...loan, terms: { ...loan.terms, scheduleType: 'PROGRESSIVE' } },
      false,
    ],
  ])('%s', (_, each, answer) => {
    expect(recalculatesSchedule(each)).toBe(answer);
    if (!answer)
      expect(
        recalculated(
          {
            ...each,
            terms: { ...each.terms, interestRecalculation: answer ? each.terms.interestRecalculation : null },
          },
          TODAY,
        ).terms.interestRecalculation,
      ).toBeNull();
  });

  it.each<[string, Partial<Loan>]>([
    ['closed', { status: 'closed' }],
    ['charged off', { chargedOffOn: date('2025-02-01') }],
    ['non-performing', { isNonPerforming: true }],
  ])('and is left alone at close of business when the loan is %s', (_, state) => {
    const still = { ...loan, ...state };
    expect(recalculated(still, TODAY)).toBe(still);
  });

  it('and is made anew at close of business when it is not', () => {
    expect(recalculated(loan, TODAY)).not.toBe(loan);
    const { loan: fixed } = tell({}, []);
    expect(recalculated(fixed, TODAY)).toBe(fixed);
  });
});

describe('from which date the schedule is made anew: 5000 at 18 %, 4 monthly rows, daily interest', () => {
  const own = {
    ...exampleTerms({ interestCalculationPeriod: 'DAILY' }),
    interestRecalculation: recalculation(),
    overdueCharges: [fee(2, { code: 'LATE', time: 'OVERDUE', penalty: true })],
  };
  const early: Line = ['2025-02-05', pay(2000)];
  const undone = (day: string): Line => ['2025-03-20', { kind: 'reverse', transactionId: 2, on: date(day) }];
  const edited: Line = [
    '2025-03-20',
    { kind: 'adjust', transactionId: 2, amount: money(100), on: date('2025-03-20') },
  ];
  const penalised: Line = [
    '2025-02-25',
    { kind: 'closeBusinessDay', day: date('2025-02-24'), steps: ['APPLY_CHARGE_TO_OVERDUE_LOANS'] },
  ];
  it.each<[string, Line[], string[]]>([
    ['2000 paid early in the first row', [early], ['2000.00 + 66.57', '988.31 + 41.42']],
    // 5000 for 28 days, as nothing is paid.
    ['undone: from its own date', [early, undone('2025-02-05')], ['1220.13 + 76.44', '1227.53 + 69.04']],
    [
      'also where the undo is dated later',
      [early, undone('2025-03-20')],
      ['1220.13 + 76.44', '1227.53 + 69.04'],
    ],
    ['edited: likewise', [early, edited], ['1220.13 + 76.44', '1227.53 + 69.04']],
    // 5000 for 31 days and 3779.87 for 28, though the first row has been overdue for 10 days.
    ['a penalty by itself: from no date', [penalised], ['1220.13 + 76.44', '1244.38 + 52.19']],
  ])('%s', (_, lines, rows) => {
    expect(amounts(tell(own, lines).loan.installments).slice(0, 2)).toEqual(rows);
  });
});

describe('a percentage follows the schedule', () => {
  const share = (own: Partial<ChargeDefinition> = {}) =>
    fee(10, { calculation: 'PERCENT_OF_AMOUNT', ...own });
  const add = (definition: ChargeDefinition, due = '2025-02-10'): Line => [
    '2025-01-20',
    { kind: 'addCharge', definition, dueDate: date(due) },
  ];
  /** 300 of which 10 % is 30; as if 600 had been lent, 60. */
  const amounts = (loan: Loan, own: Partial<Loan['charges'][number]> = {}) => {
    const charges = loan.charges.map((charge) => ({ ...charge, ...own }));
    const doubled = {
      ...loan,
      charges,
      tranches: loan.tranches.map((each) => ({ ...each, amount: each.amount * 2n })),
    };
    return scheduled(doubled, TODAY).charges.map(({ amount }) => shown(amount));
  };
  const charged = (definition = share()) => tell(PLAIN, [add(definition)]).loan;
  const definition = (own: Partial<ChargeDefinition>) => ({ definition: { ...share(), ...own } });

  it.each<[string, string[], Partial<Loan['charges'][number]>]>([
    ['of the principal', ['60.00'], {}],
    ['unless it is waived', ['30.00'], { isWaived: true }],
    ['unless it was taken off', ['30.00'], { active: false }],
    ['unless it is an overdue penalty', ['30.00'], definition({ time: 'OVERDUE' })],
    [
      'unless the disbursement paid it',
      ['30.00'],
      { ...definition({ time: 'DISBURSEMENT' }), paid: money(30) },
    ],
    ['as one that a disbursement will pay', ['60.00'], definition({ time: 'DISBURSEMENT' })],
    ['even when something was paid of it', ['60.00'], { paid: money(5) }],
    ['a flat amount stays', ['30.00'], definition({ calculation: 'FLAT' })],
  ])('%s', (_, expected, own) => {
    expect(amounts(charged(), own)).toEqual(expected);
  });
});

describe('the maturity', () => {
  it('is the last due date, wherever it stands; once closed the actual one stays', () => {
    const { loan } = tell({}, []);
    const shuffled = { ...loan, installments: [...loan.installments].reverse() };
    const state = { actualMaturity: date('2025-02-01'), expectedMaturity: null };
    expect(withMaturity({ ...shuffled, ...state })).toMatchObject({
      expectedMaturity: '2025-04-15',
      actualMaturity: '2025-04-15',
    });
    expect(withMaturity({ ...shuffled, ...state, status: 'closed' })).toMatchObject({
      expectedMaturity: '2025-04-15',
      actualMaturity: '2025-02-01',
    });
    expect(withMaturity({ ...loan, installments: [] })).toMatchObject({
      expectedMaturity: null,
      actualMaturity: null,
    });
  });
});

describe('income recognised on a row', () => {
  it('stays with it when the schedule is made anew, and is no other row’s', () => {
    const { loan } = tell({ downPayment: { enabled: true, percentage: '25', automatic: false } }, []);
    const installments = loan.installments.map((row) => ({
      ...row,
      accrued: { ...row.accrued, interest: BigInt(row.number) },
    }));
    const anew = scheduled({ ...loan, installments }, TODAY).installments;
    expect(anew.map(({ accrued }) => accrued.interest)).toEqual([1n, 2n, 3n, 4n]);
    const others = installments.map((row) => ({ ...row, kind: 'additional' as const }));
    expect(
      scheduled({ ...loan, installments: others }, TODAY).installments.map(({ accrued }) => accrued.interest),
    ).toEqual([0n, 0n, 0n, 0n]);
  });

  it('stays on the additional row as well', () => {
    const { loan } = tell(PLAIN, [
      ['2025-02-20', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-04-25') }],
    ]);
    const installments = loan.installments.map((row) => ({
      ...row,
      accrued: { ...row.accrued, fees: BigInt(row.number) },
    }));
    expect(
      scheduled({ ...loan, installments }, TODAY).installments.map(({ accrued }) => accrued.fees),
    ).toEqual([1n, 2n, 3n, 4n]);
  });
});

it('transactions are new from the number that the decision started with', () => {
  const { loan } = tell(PLAIN, [
    ['2025-02-15', pay(10)],
    ['2025-02-16', pay(10)],
  ]);
  const known = (newFrom?: number) => [
    ...(replayInput(loan, { ...TODAY, ...(newFrom === undefined ? {} : { newFrom }) }).newTransactionIds ??
      []),
  ];
  expect([known(), known(3), known(4)]).toEqual([[1, 2, 3], [3], []]);
});

describe('charges of a loan that recalculates interest', () => {
  /** 5000 at 18 %, daily: installment 1296.57, interest of row 2 52.19 when row 1 is paid on its day. */
  const terms = exampleTerms({
    interestCalculationPeriod: 'DAILY',
    interestRecalculation: recalculation(),
    accounting: storyTerms().accounting,
  });
  const closing: Line = [
    '2025-03-14',
    { kind: 'closeBusinessDay', day: date('2025-03-14'), steps: ['LOAN_INTEREST_RECALCULATION'] },
  ];
  const paid: Line = ['2025-02-15', pay('1296.57')];
  const add = (due = '2025-02-10'): Line => [
    '2025-01-20',
    { kind: 'addCharge', definition: fee(100), dueDate: date(due) },
  ];
  const second = (...lines: Line[]) => {
    const row = tell(terms, [...lines, closing]).loan.installments[1];
    return row && `${shown(row.charged.principal)} + ${shown(row.charged.interest)}`;
  };

  it.each<[string, Line[], string]>([
    ['none: paid on its day', [paid], '1244.38 + 52.19'],
    // 100 of the principal stay unpaid and bear interest: (3779.87 + 100) x 28 days of 365 = 53.57.
    ['a fee in the row is paid first', [add(), paid], '1243.00 + 53.57'],
    ['not one that falls into another row', [add('2025-03-10'), paid], '1244.38 + 52.19'],
    [
      'nor one that is waived',
      [add(), ['2025-01-21', { kind: 'waiveCharge', chargeId: 1 }], paid],
      '1244.38 + 52.19',
    ],
  ])('%s', (_, lines, expected) => {
    expect(second(...lines)).toBe(expected);
  });
});

describe('a loan that is not what its history makes of it', () => {
  const story = () =>
    tell(PLAIN, [
      ['2025-01-20', { kind: 'addCharge', definition: fee(12), dueDate: date('2025-02-10') }],
      ['2025-02-15', pay(330)],
    ]);
  const differences = (own: Partial<Loan>) =>
    differencesFromRebuilt({ ...story().loan, ...own }, on('2025-02-15'));
  const named = (own: Partial<Loan>) => differences(own).map((each) => each.split(':')[0]);

  it('is told apart by what differs', () => {
    const { loan } = story();
    const [first, ...others] = loan.installments;
    const [charge] = loan.charges;
    const [disbursed, payment] = loan.transactions;
    expect(named({})).toEqual([]);
    expect(differences({ status: 'active' })).toEqual(['status: active, rebuilt overpaid']);
    expect(differences({ overpaid: 7n })).toEqual(['overpaid: 7, rebuilt 1800']);
    expect(named({ installments: first ? [{ ...first, late: 1n }, ...others] : [] })).toEqual([
      'installments 1',
    ]);
    expect(named({ charges: charge ? [{ ...charge, paid: 0n }] : [] })).toEqual(['charges 1']);
    expect(
      named({ transactions: disbursed && payment ? [disbursed, { ...payment, overpaid: 0n }] : [] }),
    ).toContain('transactions 2');
  });

  it('shows what stands and what should', () => {
    const [difference] = differences({
      charges: story().loan.charges.map((each) => ({ ...each, paid: 5n })),
    });
    expect(difference).toMatch(
      /^charges 1: \{"active":true,"amount":"1200n",.*"paid":"5n",.*\}, rebuilt \{.*"paid":"1200n",/,
    );
  });

  it('is not told apart by the order of fields', () => {
    const { loan } = story();
    const turned = <T extends object>(each: T): T => Object.fromEntries(Object.entries(each).reverse()) as T;
    expect(named({ installments: loan.installments.map(turned), charges: loan.charges.map(turned) })).toEqual(
      [],
    );
  });

  it('is found with rows too many', () => {
    const { loan } = story();
    const [row] = loan.installments;
    expect(
      named({ installments: row ? [...loan.installments, { ...row, kind: 'additional' }] : [] }),
    ).toEqual(['installments 4']);
    expect(
      differences({ installments: row ? [...loan.installments, { ...row, kind: 'additional' }] : [] })[0],
    ).toMatch(/, rebuilt nothing$/);
  });

  it('and one given up stays so', () => {
    const written = continued(tell(PLAIN, []), [
      ['2025-03-01', { kind: 'writeOff', on: date('2025-03-01') }],
    ]).loan;
    expect(differencesFromRebuilt(written, TODAY)).toEqual([]);
    expect(openOf(written)).toEqual(['0/0/0/0', '0/0/0/0', '0/0/0/0']);
  });
});
