/** Expectations on the state of a loan: status, amounts, delinquency, the days that were closed. */
import { type CivilDate, parseDate } from '../../server/domain/date.ts';
import { nextPaymentDueDate } from '../../server/domain/delinquency/arrears.ts';
import {
  currentTag,
  delinquencyByRange,
  delinquencyOf,
} from '../../server/domain/delinquency/classification.ts';
import { effectivePauses } from '../../server/domain/delinquency/pauses.ts';
import { totalOutstanding } from '../../server/domain/installment.ts';
import { sum, toJsonNumber } from '../../server/domain/money.ts';
import { containsRows, matches, type Outcome, sameFields, sameRows, sameValue } from './comparison.ts';
import type { Cell, Row } from './format.ts';
import type { Fields } from './operations.ts';
import { STATUS_NAMES } from './translation.ts';
import { type Book, bookOf, contextOf, type World } from './world.ts';

type Check = (world: World, step: Fields) => Outcome;

const numberIn = (book: Book, amount: bigint): number => toJsonNumber(amount, book.loan.terms.currency);

const outstandingOf = (book: Book): bigint => sum(book.loan.installments.map(totalOutstanding));

function overdueOn({ loan }: Book, businessDate: CivilDate): bigint {
  return sum(loan.installments.filter((row) => row.due < businessDate).map(totalOutstanding));
}

const rangeOf = (world: World, { loan }: Book): string =>
  currentTag(loan)?.rangeCode ?? world.folder.delinquency.noDelinquency;

const delinquencyOfLoan: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const found = delinquencyOf(book.loan, world.businessDate);
  const actual: Row = {
    range: rangeOf(world, book),
    amount: numberIn(book, found.overdueAmount),
    delinquentDate: found.delinquentDate,
    delinquentDays: found.delinquentDays,
    pastDueDays: found.pastDueDays,
  };
  return sameFields(given(step, Object.keys(actual)), actual);
};

const given = (step: Fields, names: readonly string[]): Row =>
  Object.fromEntries(names.filter((name) => step.given(name)).map((name) => [name, step.as<Cell>(name)]));

const delinquencyOfInstallments: Check = (world, step) => {
  const book = bookOf(world, step.loan);
  const table = delinquencyByRange(book.loan).map(
    ({ range, amount }): Row => ({
      rangeId: world.folder.delinquency.ranges.find((each) => each.code === range.code)?.rangeId ?? null,
      range: range.code,
      amount: numberIn(book, amount),
    }),
  );
  return sameRows(step.as<Row[] | null>('rows') ?? [], table);
};

/**
 * The source compares only as many rows as there are, newest first; rows it expects beyond them go unnoticed.
 */
const history: Check = (world, step) => {
  const { loan } = bookOf(world, step.loan);
  const table = [...loan.delinquencyTags]
    .reverse()
    .map(({ rangeCode, addedOn, liftedOn }): Row => ({ range: rangeCode, addedOn, liftedOn }));
  const expected = step.as<Row[]>('rows');
  const wrong = table.find((row, index) => !matches(expected[index] ?? NOTHING, row));
  const tooFew = table.length === 0 && expected.length > 0;
  return wrong || tooFew ? { expected, actual: table, table } : null;
};

/** Matches no row. */
const NOTHING: Row = { range: '(no further row)' };

const actions: Check = (world, step) => {
  const { loan } = bookOf(world, step.loan);
  const table = loan.delinquencyActions.map(
    ({ action, startDate, endDate }): Row => ({ action, startDate, endDate }),
  );
  return sameRows(step.as<Row[]>('rows'), table);
};

const pauses: Check = (world, step) => {
  const { businessDate } = world;
  const table = effectivePauses(bookOf(world, step.loan).loan.delinquencyActions).map(
    ({ start, end }): Row => ({ active: start <= businessDate && businessDate <= end, start, end }),
  );
  const expected = step.as<Row[]>('rows');
  if (expected.length !== table.length)
    return { expected: `${expected.length} pauses`, actual: `${table.length} pauses`, table };
  return containsRows(expected, table);
};

export const STATE_CHECKS: Readonly<Record<string, Check>> = {
  status: (world, step) => sameValue(step.text('value'), STATUS_NAMES[bookOf(world, step.loan).loan.status]),
  outstanding: (world, step) => {
    const book = bookOf(world, step.loan);
    return sameValue(step.number('amount'), numberIn(book, outstandingOf(book)));
  },
  overpaid: (world, step) => {
    const book = bookOf(world, step.loan);
    const actual = {
      overpaid: numberIn(book, book.loan.overpaid),
      outstanding: numberIn(book, outstandingOf(book)),
    };
    return sameFields({ overpaid: step.number('amount'), outstanding: 0 }, actual);
  },
  overdue: (world, step) => {
    const book = bookOf(world, step.loan);
    return sameValue(step.number('amount'), numberIn(book, overdueOn(book, world.businessDate)));
  },
  'charged-off': (world, step) => {
    const { chargedOffOn } = bookOf(world, step.loan).loan;
    return sameFields(given(step, ['value', 'on']), { value: chargedOffOn !== null, on: chargedOffOn });
  },
  'closed-on': (world, step) => sameValue(step.as('date'), bookOf(world, step.loan).loan.closedOn),
  delinquency: (world, step) => {
    const book = bookOf(world, step.loan);
    const actual = { range: rangeOf(world, book), delinquentDate: book.delinquentDate };
    return sameFields(given(step, ['range', 'delinquentDate']), actual);
  },
  'delinquency-loan': delinquencyOfLoan,
  'delinquency-installments': delinquencyOfInstallments,
  'delinquency-history': history,
  'delinquency-actions': actions,
  'delinquency-pauses': pauses,
  'next-payment-due-date': (world, step) => {
    const { settings } = contextOf(world);
    const { loan } = bookOf(world, step.loan);
    return sameValue(
      step.as('date'),
      nextPaymentDueDate(loan, world.businessDate, settings.nextPaymentDueDate),
    );
  },
  'last-closed-business-date': (world, step) =>
    sameValue(step.as('date'), bookOf(world, step.loan).loan.lastClosedBusinessDate),
  'business-date': (world, step) => sameValue(parseDate(step.text('date')), world.businessDate),
  locked: (world, step) => sameValue(step.only<Cell>(), bookOf(world, step.loan).locked),
};
