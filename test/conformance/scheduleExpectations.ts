/** Expectations on the schedule: its rows, its totals, its dates. */
import { isDueAtDisbursement } from '../../server/domain/charges/landing.ts';
import { isMet } from '../../server/domain/installment.ts';
import { type Money, sum, toJsonNumber } from '../../server/domain/money.ts';
import { type ScheduleRow, scheduleRows } from '../../server/domain/statement/summary.ts';
import { containsRows, type Outcome, sameFields, sameValue } from './comparison.ts';
import type { Cell, Row } from './format.ts';
import type { Fields } from './operations.ts';
import { type Book, bookOf, type World } from './world.ts';

type Check = (world: World, step: Fields) => Outcome;

const numberOf = (book: Book) => (amount: Money) => toJsonNumber(amount, book.loan.terms.currency);

export function scheduleTable(book: Book): Row[] {
  const money = numberOf(book);
  return scheduleRows(book.loan).map((row) =>
    row.period === 0 ? disbursementRow(row, book, money) : installmentRow(row, money),
  );
}

function disbursementRow(row: ScheduleRow, { loan }: Book, money: (amount: Money) => number): Row {
  const open = loan.disbursedOn === null;
  return {
    nr: 0,
    date: row.dueDate,
    balance: money(row.principalBalance),
    fees: money(row.feesDue),
    due: money(row.totalDue),
    paid: open ? null : money(row.totalPaid),
    outstanding: open ? money(row.totalOutstanding) : null,
  };
}

const installmentRow = (row: ScheduleRow, money: (amount: Money) => number): Row => ({
  nr: row.period,
  days: row.days,
  date: row.dueDate,
  paidDate: row.paidDate,
  balance: money(row.principalBalance),
  principal: money(row.principalDue),
  interest: money(row.interestDue),
  fees: money(row.feesDue),
  penalties: money(row.penaltiesDue),
  due: money(row.totalDue),
  paid: money(row.totalPaid),
  inAdvance: money(row.paidInAdvance),
  late: money(row.paidLate),
  waived: money(row.totalWaived),
  outstanding: money(row.totalOutstanding),
});

const schedule: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const table = scheduleTable(book);
  const periods = table.filter((row) => row.nr !== 0).length;
  if (periods !== step.number('periods'))
    return { expected: `${step.number('periods')} periods`, actual: `${periods} periods`, table };
  return containsRows(step.as<Row[]>('rows'), table);
};

/** Fields of the expectation that say what to compare, without the one that names it. */
const comparedFields = (step: Fields, names: readonly string[]): Row =>
  Object.fromEntries(names.filter((name) => step.given(name)).map((name) => [name, step.as(name)]));

const totals: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const money = numberOf(book);
  const rows = scheduleRows(book.loan);
  const taken = book.loan.charges.filter((charge) => charge.active && isDueAtDisbursement(charge));
  const feesTaken = sum(taken.map((charge) => charge.amount));
  const paidTaken = sum(taken.map((charge) => charge.paid));
  const installments = rows.filter((row) => row.period !== 0);
  const over = (part: (row: ScheduleRow) => Money) => sum(installments.map(part));
  const actual: Row = {
    principal: money(over((row) => row.principalDue)),
    interest: money(over((row) => row.interestDue)),
    fees: money(over((row) => row.feesDue) + feesTaken),
    penalties: money(over((row) => row.penaltiesDue)),
    due: money(over((row) => row.totalDue) + feesTaken),
    paid: money(over((row) => row.totalPaid) + paidTaken),
    inAdvance: money(over((row) => row.paidInAdvance)),
    late: money(over((row) => row.paidLate)),
    waived: money(over((row) => row.totalWaived)),
    outstanding: money(over((row) => row.totalOutstanding) + feesTaken - paidTaken),
  };
  return sameFields(comparedFields(step, Object.keys(actual)), actual);
};

/** Every installment but the last has the principal divided by their number, in units, half down. */
const equalPrincipal: Check = (world, step) => {
  const { loan } = bookOf(world, step.loan);
  const unit = 10n ** BigInt(loan.terms.currency.decimals);
  const total = sum(loan.installments.map((row) => row.charged.principal));
  const count = BigInt(loan.installments.length);
  const share = ((2n * total - 1n + count * unit) / (2n * count * unit)) * unit;
  const expected = loan.installments.map((_, index) =>
    index === loan.installments.length - 1 ? total - share * (count - 1n) : share,
  );
  const actual = loan.installments.map((row) => row.charged.principal);
  return expected.join() === actual.join() ? null : { expected: expected.join(), actual: actual.join() };
};

export const SCHEDULE_CHECKS: Readonly<Record<string, Check>> = {
  schedule,
  'schedule-totals': totals,
  'equal-principal-distribution': equalPrincipal,
  'all-installments-paid': (world, step) =>
    sameValue(step.as('value'), bookOf(world, step.loan).loan.installments.every(isMet)),
  'fixed-length': (world, step) =>
    sameValue(step.only<Cell>(), bookOf(world, step.loan).loan.terms.fixedLength),
  maturity: (world, step) => {
    const { actualMaturity, expectedMaturity } = bookOf(world, step.loan).loan;
    const actual = { actual: actualMaturity, expected: expectedMaturity };
    return sameFields(comparedFields(step, ['actual', 'expected']), actual);
  },
  'term-variations': (world, step) => {
    const book = bookOf(world, step.loan);
    const table = book.loan.variations.map((variation) => ({
      type: VARIATION_NAMES[variation.kind],
      applicableFrom: variation.applicableFrom,
      amount: variation.numberValue === null ? null : Number(variation.numberValue),
      date: variation.dateValue,
      specificToInstallment: false,
    }));
    if (table.length !== step.number('count'))
      return { expected: step.number('count'), actual: table.length, table };
    return containsRows(step.as<Row[]>('rows'), table);
  },
};

const VARIATION_NAMES = {
  dueDate: 'DUE_DATE',
  extraTerms: 'EXTEND_REPAYMENT_PERIOD',
  graceOnPrincipal: 'GRACE_ON_PRINCIPAL',
  graceOnInterest: 'GRACE_ON_INTEREST',
  interestRate: 'INTEREST_RATE',
  installmentAmount: 'EMI_AMOUNT',
} as const;
