/** What vectors expect, looked up in answers of the API: one row per `expect`. */
import {
  containsRows,
  matches,
  type Outcome,
  sameFields,
  sameRows,
  sameValue,
} from '../conformance/comparison.ts';
import type { Cell, Row } from '../conformance/format.ts';
import type { Fields } from '../conformance/operations.ts';
import type { ChargeTarget, TransactionTarget } from '../conformance/targets.ts';
import { EVENT_CHECKS } from './events.ts';
import {
  chargeAt,
  chargeRow,
  clientOf,
  loanOf,
  type Play,
  readCharges,
  readLoan,
  readTransactions,
  transactionAt,
  typeOf,
} from './played.ts';
import { add, journalTable, scheduleTable, totalsOf, transactionRow } from './tables.ts';

type Check = (play: Play, step: Fields) => Promise<Outcome>;

const STATUSES: Readonly<Record<string, string>> = {
  'Submitted and pending approval': 'SUBMITTED_AND_PENDING_APPROVAL',
  Approved: 'APPROVED',
  Active: 'ACTIVE',
  'Closed (obligations met)': 'CLOSED_OBLIGATIONS_MET',
  'Closed (written off)': 'CLOSED_WRITTEN_OFF',
  Overpaid: 'OVERPAID',
  Rejected: 'REJECTED',
  'Withdrawn by applicant': 'WITHDRAWN_BY_CLIENT',
};

const given = (step: Fields, names: readonly string[]): Row =>
  Object.fromEntries(names.filter((name) => step.given(name)).map((name) => [name, step.as<Cell>(name)]));

/** The fields that the step gives, against what the answer says. */
const compared = (step: Fields, actual: Row): Outcome => sameFields(given(step, Object.keys(actual)), actual);

const schedule: Check = async (play, step) => {
  const table = scheduleTable(await readLoan(play, step));
  const periods = table.filter((row) => row.nr !== 0).length;
  if (periods !== step.number('periods'))
    return { expected: `${step.number('periods')} periods`, actual: `${periods} periods`, table };
  return containsRows(step.as<Row[]>('rows'), table);
};

const transactions: Check = async (play, step) => {
  const table = (await readTransactions(play, step)).map(transactionRow);
  const rows = step.as<Row[]>('rows');
  const missing = containsRows(rows, table);
  if (missing || !step.as<boolean>('complete') || rows.length === table.length) return missing;
  return { expected: `${rows.length} transactions`, actual: `${table.length} transactions`, table };
};

const journal: Check = async (play, step) => {
  const named = step.as<{ readonly type: string; readonly date: string }>('transaction');
  const listed = await readTransactions(play, step);
  const outcomes = listed
    .filter((each) => typeOf(each) === named.type && each.date === named.date)
    .map((each) => containsRows(step.as<Row[]>('rows'), journalTable(play.deployment, each)));
  if (outcomes.length === 0)
    return { expected: named, actual: 'no such transaction', table: listed.map(transactionRow) };
  return outcomes.includes(null) ? null : (outcomes[0] ?? null);
};

const PAYMENTS: ReadonlySet<string> = new Set([
  'Repayment',
  'Merchant Issued Refund',
  'Payout Refund',
  'Goodwill Credit',
  'Charge Refund',
  'Charge Adjustment',
  'Down Payment',
  'Interest Payment Waiver',
  'Interest Refund',
]);
const REPAYMENTS: ReadonlySet<string> = new Set(['Repayment', 'Down Payment']);

const lastPayment: Check = async (play, step) => {
  const active = (await readTransactions(play, step)).filter(({ reversed }) => !reversed);
  const payment = active.filter(({ type }) => PAYMENTS.has(type)).at(-1);
  const repayment = active.filter(({ type }) => REPAYMENTS.has(type)).at(-1);
  return compared(step, {
    amount: payment?.amount ?? null,
    date: payment?.date ?? null,
    repaymentAmount: repayment?.amount ?? null,
    repaymentDate: repayment?.date ?? null,
  });
};

const chargesPaidBy: Check = async (play, step) => {
  const { type } = step.as<TransactionTarget>('transaction');
  const paying = (await readTransactions(play, step))
    .filter((each) => typeOf(each) === type && !each.reversed)
    .at(-1);
  const known = new Map((await readCharges(play, step)).map(({ id, name }) => [id, name]));
  const table = (paying?.charges ?? []).map(
    ({ chargeId, code, amount }): Row => ({ charge: code, name: known.get(chargeId) ?? null, amount }),
  );
  return containsRows(step.as<Row[]>('rows'), table);
};

const reverted: Check = async (play, step) => {
  const ofType = (await readTransactions(play, step)).filter((each) => typeOf(each) === step.text('type'));
  const position = step.given('position') ? step.as<number | 'last'>('position') : null;
  const found = step.given('date')
    ? ofType.filter((each) => each.date === step.text('date'))
    : [position === 'last' ? ofType.at(-1) : ofType[(position ?? 1) - 1]];
  const actual = found.map((each) => each?.reversed ?? null);
  return actual.includes(step.as<boolean>('value'))
    ? null
    : { expected: step.as('value'), actual: actual.join() };
};

const reversedOn: Check = async (play, step) => {
  const dates = (await readTransactions(play, step))
    .filter((each) => typeOf(each) === step.text('type'))
    .map((each) => each.reversedDate ?? null);
  return dates.includes(step.text('date')) ? null : { expected: step.text('date'), actual: dates };
};

const created: Check = async (play, step) => {
  const found = await transactionAt(play, step, step.as<TransactionTarget>('target'));
  const paymentType = play.deployment.paymentTypes.get(found.paymentTypeId ?? '') ?? null;
  return compared(step, { amount: found.amount, paymentType });
};

const readDelinquency = (play: Play, step: Fields) =>
  clientOf(play).loans.delinquency(Number(loanOf(play, step.loan).id));

const rangeOf = (play: Play, range: string | undefined): string =>
  range ?? play.deployment.folder.delinquency.noDelinquency;

const delinquencyOfLoan: Check = async (play, step) => {
  const found = await readDelinquency(play, step);
  return compared(step, {
    range: rangeOf(play, found.range),
    amount: found.overdueAmount,
    delinquentDate: found.delinquentSince ?? null,
    delinquentDays: found.delinquentDays,
    pastDueDays: found.daysPastDue,
  });
};

const delinquencyOfInstallments: Check = async (play, step) => {
  const { ranges } = play.deployment.folder.delinquency;
  const table = (await readDelinquency(play, step)).installments.map(
    ({ range, amount }): Row => ({
      rangeId: ranges.find(({ code }) => code === range)?.rangeId ?? null,
      range,
      amount,
    }),
  );
  return sameRows(step.as<Row[] | null>('rows') ?? [], table);
};

/** Compares only as many rows as there are, newest first, as the reference does. */
const delinquencyHistory: Check = async (play, step) => {
  const { history } = await readDelinquency(play, step);
  const table = history.map(
    ({ range, addedOn, liftedOn }): Row => ({ range, addedOn, liftedOn: liftedOn ?? null }),
  );
  const expected = step.as<Row[]>('rows');
  const wrong = table.some((row, index) => !matches(expected[index] ?? { range: '(no row)' }, row));
  const tooFew = table.length === 0 && expected.length > 0;
  return wrong || tooFew ? { expected, actual: table, table } : null;
};

const delinquencyActions: Check = async (play, step) => {
  const table = (await readDelinquency(play, step)).actions.map(
    ({ action, startDate, endDate }): Row => ({
      action: action.toUpperCase(),
      startDate,
      endDate: endDate ?? null,
    }),
  );
  return sameRows(step.as<Row[]>('rows'), table);
};

const delinquencyPauses: Check = async (play, step) => {
  const table = (await readDelinquency(play, step)).pauses.map(
    ({ active, startDate, endDate }): Row => ({ active, start: startDate, end: endDate }),
  );
  const expected = step.as<Row[]>('rows');
  if (expected.length !== table.length)
    return { expected: `${expected.length} pauses`, actual: `${table.length} pauses`, table };
  return containsRows(expected, table);
};

const VARIATIONS: Readonly<Record<string, string>> = {
  'Due date': 'DUE_DATE',
  'Extra terms': 'EXTEND_REPAYMENT_PERIOD',
  'Grace on principal': 'GRACE_ON_PRINCIPAL',
  'Grace on interest': 'GRACE_ON_INTEREST',
  'Interest rate': 'INTEREST_RATE',
  'Installment amount': 'EMI_AMOUNT',
};

const termVariations: Check = async (play, step) => {
  const items = await clientOf(play).loans.termVariations(Number(loanOf(play, step.loan).id));
  const table = items.map(
    ({ type, applicableFrom, date, value }): Row => ({
      type: VARIATIONS[type] ?? type,
      applicableFrom,
      amount: value ?? null,
      date: date ?? null,
      specificToInstallment: false,
    }),
  );
  if (table.length !== step.number('count'))
    return { expected: step.number('count'), actual: table.length, table };
  return containsRows(step.as<Row[]>('rows'), table);
};

export const CHECKS: Readonly<Record<string, Check>> = {
  ...EVENT_CHECKS,
  schedule,
  'schedule-totals': async (play, step) => compared(step, totalsOf(await readLoan(play, step))),
  'all-installments-paid': async (play, step) => {
    const { repaymentSchedule } = await readLoan(play, step);
    const all = repaymentSchedule.filter(({ period }) => period > 0).every(({ complete }) => complete);
    return sameValue(step.as('value'), all);
  },
  'fixed-length': async (play, step) => {
    const { fixedLength } = await clientOf(play).loanProducts.get(loanOf(play, step.loan).productId);
    return sameValue(step.only<Cell>(), fixedLength ?? null);
  },
  maturity: async (play, step) => {
    const { actualMaturityDate, maturityDate } = await readLoan(play, step);
    return compared(step, { actual: actualMaturityDate ?? null, expected: maturityDate ?? null });
  },
  'term-variations': termVariations,
  transactions,
  journal,
  charges: async (play, step) =>
    containsRows(step.as<Row[]>('rows'), (await readCharges(play, step)).map(chargeRow)),
  'charge-amount': async (play, step) => {
    const { amount } = await chargeAt(play, step, step.as<ChargeTarget>('charge'));
    return sameValue(step.number('amount'), amount);
  },
  'charges-paid-by': chargesPaidBy,
  'last-payment': lastPayment,
  'transaction-created': created,
  'transaction-reverted': reverted,
  'transaction-reversed-on': reversedOn,
  'transaction-count': async (play, step) => {
    const found = (await readTransactions(play, step)).filter((each) => typeOf(each) === step.text('type'));
    return sameValue(step.number('count'), found.length);
  },
  'total-repayment-transactions': async (play, step) => {
    const paid = (await readTransactions(play, step)).filter(
      ({ type, reversed }) => REPAYMENTS.has(type) && !reversed,
    );
    return sameValue(step.number('amount'), add(...paid.map(({ amount }) => amount)));
  },
  'last-response': async (play, step) => {
    const { lastResponse } = play;
    if (!lastResponse) return { expected: 'a response', actual: null };
    const fields = given(step, ['servedFromCache', 'amount', 'client']);
    return sameFields(step.given('client') ? { ...fields, loan: step.loan } : fields, lastResponse);
  },
  status: async (play, step) =>
    sameValue(step.text('value'), STATUSES[(await readLoan(play, step)).status] ?? null),
  outstanding: async (play, step) =>
    sameValue(step.number('amount'), (await readLoan(play, step)).totalOutstanding),
  overpaid: async (play, step) => {
    const { totalOverpaid, totalOutstanding } = await readLoan(play, step);
    const actual = { overpaid: totalOverpaid, outstanding: totalOutstanding };
    return sameFields({ overpaid: step.number('amount'), outstanding: 0 }, actual);
  },
  overdue: async (play, step) => sameValue(step.number('amount'), (await readLoan(play, step)).totalOverdue),
  'charged-off': async (play, step) => {
    const { chargedOff, chargedOffDate } = await readLoan(play, step);
    return compared(step, { value: chargedOff, on: chargedOffDate ?? null });
  },
  'closed-on': async (play, step) =>
    sameValue(step.as('date'), (await readLoan(play, step)).closedDate ?? null),
  // The day that it carries besides is that of an event, which nobody enforces.
  delinquency: async (play, step) =>
    sameValue(step.text('range'), rangeOf(play, (await readDelinquency(play, step)).range)),
  'delinquency-loan': delinquencyOfLoan,
  'delinquency-installments': delinquencyOfInstallments,
  'delinquency-history': delinquencyHistory,
  'delinquency-actions': delinquencyActions,
  'delinquency-pauses': delinquencyPauses,
  'next-payment-due-date': async (play, step) =>
    sameValue(step.as('date'), (await readLoan(play, step)).nextDueDate ?? null),
  'last-closed-business-date': async (play, step) => {
    const { closedThrough } = await clientOf(play).closeOfBusiness.ofLoan(loanOf(play, step.loan).id);
    return sameValue(step.as('date'), closedThrough ?? null);
  },
  'business-date': async (play, step) =>
    sameValue(step.text('date'), (await clientOf(play).businessDate.get()).date),
};
