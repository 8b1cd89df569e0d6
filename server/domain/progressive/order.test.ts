import { describe, expect, it } from 'vitest';
import type { LoanCharge } from '../charge.ts';
import { noPortions } from '../components.ts';
import { date } from '../date.ts';
import { newInstallment } from '../installment.ts';
import { answerTo } from '../life/story.ts';
import { money } from '../schedule/exampleLoan.ts';
import type { AllocationRule } from '../terms.ts';
import { DEFAULT_RULE } from './allocation.ts';
import {
  fee,
  inputOf,
  type Line,
  paidOf,
  principals,
  replay,
  rule,
  shown,
  splitOf,
  terms,
  transactionsOf,
  withInterest,
} from './exampleLoan.ts';
import { mergedHistory } from './history.ts';
import { replayProgressive } from './replay.ts';
import { renumber } from './schedule.ts';

const start: Line = ['disbursement', '2025-01-15', 400];
const penalty = (
  id: number,
  amount: number,
  on: { due: string; added: string; sequence?: number },
): LoanCharge => {
  const charge = fee(id, amount, on);
  return { ...charge, definition: { ...charge.definition, penalty: true } };
};

describe('a history in the order of its replay', () => {
  const order = (lines: Line[], charges: LoanCharge[] = []) =>
    mergedHistory(transactionsOf(lines), charges).map((step) =>
      step.kind === 'charge' ? `charge ${step.charge.id}` : `${step.transaction.type} ${step.transaction.id}`,
    );

  it.each<[string, Line[], LoanCharge[], string[]]>([
    [
      'by date',
      [
        ['repayment', '2025-03-01', 1],
        ['repayment', '2025-02-01', 1],
      ],
      [],
      ['repayment 2', 'repayment 1'],
    ],
    [
      'of one date by place',
      [
        ['repayment', '2025-02-01', 1, { sequence: 9 }],
        ['repayment', '2025-02-01', 1, { sequence: 5 }],
      ],
      [],
      ['repayment 2', 'repayment 1'],
    ],
    [
      'accrual activities at the end of their date',
      [
        ['accrualActivity', '2025-02-01', 1],
        ['repayment', '2025-02-01', 1],
        ['repayment', '2025-02-02', 1],
      ],
      [],
      ['repayment 2', 'accrualActivity 1', 'repayment 3'],
    ],
    [
      'a write-off at the very end',
      [
        ['writeOff', '2025-02-01', 1],
        ['repayment', '2025-03-01', 1],
      ],
      [fee(1, 5, { due: '2025-02-01', added: '2025-02-01', sequence: 99 })],
      ['charge 1', 'repayment 2', 'writeOff 1'],
    ],
    [
      'a charge on its due date, if it was added before',
      [
        ['repayment', '2025-01-31', 1],
        ['repayment', '2025-02-02', 1],
      ],
      [fee(1, 5, { due: '2025-02-01', added: '2025-03-01' })],
      ['repayment 1', 'charge 1', 'repayment 2'],
    ],
    [
      'else on the day it was added',
      [
        ['repayment', '2025-01-31', 1],
        ['repayment', '2025-02-02', 1],
      ],
      [fee(1, 5, { due: '2025-03-01', added: '2025-02-01' })],
      ['repayment 1', 'charge 1', 'repayment 2'],
    ],
    [
      'a charge before the transaction booked next',
      [['repayment', '2025-02-01', 1, { sequence: 15 }]],
      [fee(1, 5, { due: '2025-02-01', added: '2025-02-01', sequence: 15 })],
      ['charge 1', 'repayment 1'],
    ],
    [
      'and after the one booked before it',
      [['repayment', '2025-02-01', 1, { sequence: 14 }]],
      [fee(1, 5, { due: '2025-02-01', added: '2025-02-01', sequence: 15 })],
      ['repayment 1', 'charge 1'],
    ],
    [
      'without charges that stand in no schedule',
      [['repayment', '2025-02-01', 1]],
      [{ ...fee(1, 5, { due: '2025-02-01', added: '2025-02-01' }), active: false }],
      ['repayment 1'],
    ],
    [
      'a charge without due date on the day it was added',
      [
        ['repayment', '2025-02-01', 1],
        ['repayment', '2025-02-03', 1],
      ],
      [{ ...fee(1, 5, { due: '2025-02-01', added: '2025-02-02' }), dueDate: null }],
      ['repayment 1', 'charge 1', 'repayment 2'],
    ],
  ])('%s', (_, lines, charges, expected) => {
    expect(order(lines, charges)).toEqual(expected);
  });
});

describe('what a replay books again', () => {
  /** As booked: every payment wholly principal. */
  const booked = (lines: Line[]): Line[] =>
    lines.map(([type, on, amount, own]) => [
      type,
      on,
      amount,
      { portions: { ...noPortions(), principal: type === 'disbursement' ? 0n : money(amount) }, ...own },
    ]);
  const again = (lines: Line[], more: Parameters<typeof inputOf>[0] | object = {}, newIds?: number[]) => {
    const input = inputOf({ lines: booked(lines), ...more });
    const { transactions, changed, nextSequence } = replayProgressive(
      newIds ? { ...input, newTransactionIds: new Set(newIds) } : input,
    );
    return [
      transactions.map(
        ({ id, sequence, laidAs }) => `${id} at ${sequence}${laidAs === undefined ? '' : ` from ${laidAs}`}`,
      ),
      changed,
      nextSequence,
    ];
  };
  const early = fee(1, 10, { due: '2025-02-10', added: '2025-02-20' });

  it('nothing that comes out as it was', () => {
    expect(again([start, ['repayment', '2025-02-15', 100], ['repayment', '2025-03-15', 100]])).toEqual([
      ['1 at 10', '2 at 20', '3 at 30'],
      [],
      1000,
    ]);
  });

  it('nor a charge-off of what was outstanding then as it is now', () => {
    expect(again([start, ['repayment', '2025-02-15', 100], ['chargeOff', '2025-03-01', 300]])[1]).toEqual([]);
  });

  it('what is split anew, and all that follows it on its date, to keep their order', () => {
    const lines: Line[] = [
      start,
      ['repayment', '2025-02-15', 100],
      ['repayment', '2025-02-15', 50],
      ['repayment', '2025-03-15', 50],
    ];
    expect(again(lines, { charges: [early] })).toEqual([
      ['1 at 10', '2 at 1000 from 20', '3 at 1001 from 30', '4 at 40'],
      [2, 3],
      1002,
    ]);
  });

  it('but a new transaction is only moved behind them', () => {
    const lines: Line[] = [start, ['repayment', '2025-02-15', 100], ['repayment', '2025-02-15', 50]];
    expect(again(lines, { charges: [early] }, [3])).toEqual([
      ['1 at 10', '2 at 1000 from 20', '3 at 1001 from 30'],
      [2],
      1002,
    ]);
    expect(again(lines, { charges: [early] }, [2, 3])).toEqual([['1 at 10', '2 at 20', '3 at 30'], [], 1000]);
  });

  it.each<[string, Line]>([
    ['another part is overpaid', ['repayment', '2025-02-15', 100, { overpaid: 1n }]],
    [
      'other components',
      ['repayment', '2025-02-15', 100, { portions: { ...noPortions(), fees: money(100) } }],
    ],
    [
      'the amount of a charge-off',
      ['chargeOff', '2025-02-15', 399, { portions: { ...noPortions(), principal: money(400) } }],
    ],
    [
      'what an overpayment settled at once',
      ['repayment', '2025-02-15', 100, { settledAtOnce: { ...noPortions(), interest: 1n } }],
    ],
  ])('where %s differs', (_, line) => {
    expect(again([start, line])[1]).toEqual([2]);
  });
});

describe('charges that payments settle', () => {
  const charges = () => [
    fee(1, 10, { due: '2025-02-10', added: '2025-01-20' }),
    fee(2, 6, { due: '2025-02-12', added: '2025-01-20' }),
    fee(3, 8, { due: '2025-03-01', added: '2025-01-20' }),
    penalty(4, 5, { due: '2025-02-11', added: '2025-01-20' }),
  ];
  const laid = (...lines: Line[]) => replay({ lines: [start, ...lines], charges: charges() });
  const paidBy = (result: ReturnType<typeof laid>, id: number) =>
    result.transactions
      .find((each) => each.id === id)
      ?.chargesPaid.map(({ chargeId, amount }) => `${chargeId}: ${shown(amount)}`);
  const onCharges = (result: ReturnType<typeof laid>) => result.charges.map(({ paid }) => shown(paid));

  it.each<[string, Line[], string[] | undefined, number[]]>([
    [
      'those of the row, oldest first, penalties before',
      [['repayment', '2025-02-15', 17]],
      ['4: 5', '1: 10', '2: 2'],
      [10, 2, 0, 5],
    ],
    ['row by row', [['repayment', '2025-03-15', 129]], ['4: 5', '1: 10', '2: 6', '3: 8'], [10, 6, 8, 5]],
    ['none of another row', [['repayment', '2025-02-15', 121]], ['4: 5', '1: 10', '2: 6'], [10, 6, 0, 5]],
  ])('%s', (_, lines, links, paid) => {
    const result = laid(...lines);
    expect(paidBy(result, 2)).toEqual(links);
    expect(onCharges(result)).toEqual(paid);
  });

  it('are opened again by a cash refund', () => {
    const result = laid(['repayment', '2025-02-01', 129], ['refund', '2025-02-05', 129]);
    expect(onCharges(result)).toEqual([0, 0, 0, 0]);
    expect(paidBy(result, 3)).toEqual(['3: -8', '2: -6', '1: -10', '4: -5']);
    expect(paidOf(result)).toEqual(['0/0', '0/0', '0/0', '0/0']);
  });

  it('are settled out of what was overpaid, as far as it reaches', () => {
    const late = fee(5, 12, { due: '2025-05-20', added: '2025-03-20', sequence: 99 });
    const result = replay({
      lines: [start, ['repayment', '2025-02-15', 437]],
      charges: [...charges(), late],
    });
    expect(splitOf(result, 2)).toEqual({ principal: 400, fees: 32, penalties: 5 });
    expect(paidBy(result, 2)).toEqual(['4: 5', '1: 10', '2: 6', '3: 8', '5: 8']);
    expect(shown(result.overpaid)).toBe(0);
  });

  it('are settled by a disbursement that uses an overpayment up, too', () => {
    const result = replay({
      lines: [
        start,
        ['repayment', '2025-02-15', 410],
        ['creditBalanceRefund', '2025-02-16', 4],
        ['disbursement', '2025-03-01', 90],
      ],
    });
    expect(splitOf(result, 4)).toEqual({ overpaid: 6 });
    expect(principals(result)).toEqual([100, 130, 130, 130]);
    expect(paidOf(result)).toEqual(['100/0', '106/0', '100/0', '100/0']);
  });
});

describe('cash handed back', () => {
  it('comes out of what is overpaid first', () => {
    const result = replay({ lines: [start, ['repayment', '2025-01-20', 430], ['refund', '2025-01-25', 50]] });
    expect(splitOf(result, 3)).toEqual({ principal: 20, overpaid: 30 });
    expect(result.overpaid).toBe(0n);
    expect(paidOf(result)).toEqual(['100/0', '100/0', '100/0', '80/0']);
  });

  it('is refused beyond what was paid', () => {
    const refused = () =>
      replay({ lines: [start, ['repayment', '2025-01-20', 30], ['refund', '2025-01-25', 31]] });
    expect(answerTo(refused)).toBe(
      'aborted payment_was_refunded: The money of this payment was handed back in a cash refund',
    );
  });

  it('of an interest-bearing loan bears interest again', () => {
    const result = replay({
      terms: withInterest,
      lines: [
        ['disbursement', '2025-01-15', 2000],
        ['repayment', '2025-02-01', 512.56],
        ['refund', '2025-02-08', 501.59],
      ],
      on: '2025-02-08',
    });
    // Of 501.59 the interest of 10.97 goes back first, so that 10.97 of principal stay paid.
    expect(splitOf(result, 3)).toEqual({ interest: 10.97, principal: 490.62 });
    // 17 days of 2000 (10.97), 7 of 1498.41 (3.38), 7 of 1989.03 (4.49); then a month of 1506.28.
    const figures = result.installments.map(
      ({ charged }) => `${shown(charged.principal)} + ${shown(charged.interest)}`,
    );
    expect(figures.slice(0, 2)).toEqual(['493.72 + 18.84', '497.5 + 15.06']);
  });
});

describe('kinds of payment with rules of their own', () => {
  const own = (transactionType: string): AllocationRule => ({ ...rule('LAST_INSTALLMENT'), transactionType });
  it.each<[Line[0], string]>([
    ['repayment', 'REPAYMENT'],
    ['merchantIssuedRefund', 'MERCHANT_ISSUED_REFUND'],
    ['payoutRefund', 'PAYOUT_REFUND'],
    ['goodwillCredit', 'GOODWILL_CREDIT'],
    ['interestPaymentWaiver', 'INTEREST_PAYMENT_WAIVER'],
    ['chargeAdjustment', 'CHARGE_ADJUSTMENT'],
    ['downPayment', 'DOWN_PAYMENT'],
  ])('%s follows %s', (type, name) => {
    const lines: Line[] = [start, [type, '2025-01-20', 30]];
    const paid = (kind: string) =>
      paidOf(replay({ terms: { allocationRules: [rule('NEXT_INSTALLMENT'), own(kind)] }, lines }));
    expect(paid(name)).toEqual(['0/0', '0/0', '0/0', '30/0']);
    expect(paid('OTHER')).toEqual(['30/0', '0/0', '0/0', '0/0']);
  });

  it('without any rule follow the usual order', () => {
    expect(DEFAULT_RULE.order.slice(0, 4).map(({ dueType, component }) => `${dueType} ${component}`)).toEqual(
      ['PAST_DUE penalties', 'PAST_DUE fees', 'PAST_DUE principal', 'PAST_DUE interest'],
    );
  });
});

describe('rows', () => {
  it('start with the first disbursement, else where the first is expected, else where the terms say', () => {
    const tranche = (expectedOn: string, amount: number) => ({
      expectedOn: date(expectedOn),
      disbursedOn: null,
      amount: money(amount),
    });
    const due = (tranches: ReturnType<typeof tranche>[], lines: Line[] = []) =>
      replayProgressive({ ...inputOf({ lines }), tranches }).installments.map(
        (row) => `${row.due.slice(5)} ${shown(row.charged.principal)}`,
      );
    expect(due([])).toEqual(['02-15 100', '03-15 100', '04-15 100', '05-15 100']);
    expect(due([tranche('2025-02-10', 100), tranche('2025-02-01', 300)])).toEqual([
      '03-01 100',
      '04-01 100',
      '05-01 100',
      '06-01 100',
    ]);
    expect(due([tranche('2025-02-01', 300)], [['disbursement', '2025-01-20', 200]])).toEqual([
      '02-20 50',
      '03-20 50',
      '04-20 50',
      '05-20 50',
    ]);
  });

  it('stand by due date: of one date the normal one, the down payment, the additional one', () => {
    const row = (kind: 'normal' | 'downPayment' | 'additional', due: string) =>
      newInstallment({ number: 0, kind, from: date('2025-01-15'), due: date(due) });
    const list = [
      row('additional', '2025-02-15'),
      row('downPayment', '2025-02-15'),
      row('normal', '2025-03-15'),
      row('normal', '2025-02-15'),
      row('downPayment', '2025-01-15'),
    ];
    renumber(list);
    expect(list.map(({ number, kind, due }) => `${number} ${kind} ${due.slice(5)}`)).toEqual([
      '1 downPayment 01-15',
      '2 normal 02-15',
      '3 downPayment 02-15',
      '4 additional 02-15',
      '5 normal 03-15',
    ]);
  });

  it('in multiples: what a share was rounded by falls to the last row', () => {
    const own = { installmentAmountInMultiplesOf: 1, principal: money(1000), numberOfRepayments: 3 };
    expect(principals(replay({ terms: own, lines: [['disbursement', '2025-01-15', 1000]] }))).toEqual([
      333, 333, 334,
    ]);
  });

  it('take the down payment off what they share', () => {
    const downPayment = { enabled: true, percentage: '25', automatic: false };
    const lines: Line[] = [start, ['disbursement', '2025-02-15', 120]];
    expect(principals(replay({ terms: { downPayment }, lines }))).toEqual([100, 75, 30, 105, 105, 105]);
  });

  it('keep the income recognised on them: normal ones by place, others by kind and date', () => {
    const downPayment = { enabled: true, percentage: '25', automatic: false };
    const charges = [fee(1, 12, { due: '2025-06-20', added: '2025-01-20' })];
    const input = inputOf({ terms: { downPayment }, lines: [start], charges });
    const first = replayProgressive(input).installments;
    expect(first.map(({ kind }) => kind)).toEqual([
      'downPayment',
      'normal',
      'normal',
      'normal',
      'normal',
      'additional',
    ]);
    const before = first.map((row) => ({ ...row, accrued: { ...row.accrued, fees: BigInt(row.number) } }));
    const anew = (changed: typeof before, more: Line[] = []) =>
      replayProgressive({
        ...inputOf({ terms: { downPayment }, lines: [start, ...more], charges }),
        installments: changed,
      }).installments.map(({ accrued }) => accrued.fees);
    expect(anew(before)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(anew(before, [['disbursement', '2025-03-01', 40]])).toEqual([1n, 2n, 0n, 3n, 4n, 5n, 6n]);
    const stretched = before.map((row) =>
      row.kind === 'additional' ? { ...row, due: date('2025-07-01') } : row,
    );
    expect(anew(stretched)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  });

  it('a disbursement needs a row that falls due after it', () => {
    const late = () =>
      replay({ terms: terms(), lines: [start, ['disbursement', '2025-05-15', 10]], on: '2025-05-15' });
    expect(answerTo(late)).toBe(
      'permission_denied disbursement_after_last_installment: A disbursement needs an installment that falls due after it',
    );
    expect(
      answerTo(() => replay({ lines: [start, ['disbursement', '2025-05-14', 10]], on: '2025-05-15' })),
    ).toBe('accepted');
  });
});
