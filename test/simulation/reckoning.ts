/** The reports of the last closed day against the loans one by one: what differs, in words. */
import { cents, daysPastDue, isActive, share, sum } from '../independent.ts';
import { lastDayOf, type Outcome, type Read } from './outcome.ts';
import type { Movement } from './rows.ts';
import type { Plan } from './script.ts';

type Row = Readonly<Record<string, string | number | undefined>>;
const ALL = 'All products';

export function reckon(outcome: Outcome, plan: Plan): string[] {
  const day = lastDayOf(plan);
  return [
    ...portfolio(outcome, day),
    ...ageing(outcome, day),
    ...collections(outcome),
    ...movements(outcome),
    ...ledger(outcome),
  ];
}

const rowsOf = ({ reports }: Outcome, name: string): readonly Row[] =>
  (reports[name] ?? []) as readonly Row[];

/** What is reckoned here, beside what the report says. */
function compare(what: string, row: Row | undefined, reckoned: Readonly<Record<string, number>>): string[] {
  return Object.entries(reckoned)
    .filter(([key, amount]) => (row?.[key] ?? 0) !== amount)
    .map(([key, amount]) => `${what}: ${key} is ${row?.[key] ?? 'missing'}, reckoned ${amount}`);
}

/** One group for each product, one for all. */
function groups(read: readonly Read[]): [string, readonly Read[]][] {
  const names = [...new Set(read.map(({ loan }) => loan.loanProductName))];
  const byProduct = names.map((name): [string, readonly Read[]] => [
    name,
    read.filter(({ loan }) => loan.loanProductName === name),
  ]);
  return [...byProduct, [ALL, read]];
}

function portfolio(outcome: Outcome, day: string): string[] {
  const [summary, risk] = [rowsOf(outcome, 'portfolio-summary'), rowsOf(outcome, 'portfolio-at-risk')];
  return groups(outcome.read).flatMap(([product, of]) => {
    const active = of.filter(isActive).map(({ loan }) => loan);
    const late = (days: number) => active.filter((loan) => daysPastDue(loan, day) >= days);
    const chargedOff = of.filter(({ loan }) => loan.status === 'Active' && loan.chargedOff);
    const principal = sum(active.map((loan) => loan.principalOutstanding));
    const atRisk = [1, 30, 60, 90].map((days) => {
      const amount = sum(late(days).map((loan) => loan.principalOutstanding));
      return {
        [`atRisk${days}`]: amount,
        ...(principal > 0 && { [`par${days}`]: share(amount, principal) }),
      };
    });
    return [
      ...compare(
        `portfolio summary of ${product}`,
        summary.find((row) => row.product === product),
        {
          loans: active.length,
          loansPastDue: late(1).length,
          principal,
          interest: sum(active.map((loan) => loan.interestOutstanding)),
          fees: sum(active.map((loan) => loan.feesOutstanding)),
          penalties: sum(active.map((loan) => loan.penaltiesOutstanding)),
          total: sum(active.map((loan) => loan.totalOutstanding)),
          principalPastDueLoans: sum(late(1).map((loan) => loan.principalOutstanding)),
          loansChargedOff: chargedOff.length,
          principalChargedOff: sum(chargedOff.map(({ loan }) => loan.principalOutstanding)),
        },
      ),
      ...compare(
        `portfolio at risk of ${product}`,
        risk.find((row) => row.product === product && row.date === day),
        Object.assign({ principal }, ...atRisk),
      ),
    ];
  });
}

const RANGES = {
  current: [0, 0],
  days1to29: [1, 29],
  days30to59: [30, 59],
  days60to89: [60, 89],
  days90to179: [90, 179],
  days180: [180, 100_000],
} as const;

function ageing(outcome: Outcome, day: string): string[] {
  const rows = rowsOf(outcome, 'ageing');
  const keyOf = (range: string): string =>
    range === 'days180'
      ? (Object.keys(rows[0] ?? {}).find((key) => /^days180.*Loans$/.test(key)) ?? '').slice(0, -5)
      : range;
  return groups(outcome.read).flatMap(([product, of]) => {
    const row = rows.find((each) => each.product === product);
    return Object.entries(RANGES).flatMap(([range, [from, to]]) => {
      const within = of.filter((seen) => {
        const days = daysPastDue(seen.loan, day);
        return isActive(seen) && days >= from && days <= to;
      });
      return compare(`ageing of ${product}`, row, {
        [`${keyOf(range)}Loans`]: within.length,
        [`${keyOf(range)}Principal`]: sum(within.map(({ loan }) => loan.principalOutstanding)),
      });
    });
  });
}

const moved = ({ read }: Outcome, types: readonly Movement['type'][]): Movement[] =>
  read.flatMap(({ movements }) => movements.filter(({ type }) => types.includes(type)));

function collections(outcome: Outcome): string[] {
  const rows = rowsOf(outcome, 'collections').filter(({ product }) => product === ALL);
  const asked = byDay(
    outcome.read.flatMap(({ loan }) => (loan.repaymentSchedule ?? []).filter(({ period }) => period > 0)),
    ({ dueDate }) => dueDate,
  );
  const paid = byDay(moved(outcome, ['repayment', 'downPayment']), ({ date }) => date);
  const days = [...new Set([...asked.keys(), ...paid.keys(), ...rows.map(({ date }) => String(date))])];
  return days.flatMap((day) => {
    const [due, payments] = [asked.get(day) ?? [], paid.get(day) ?? []];
    return compare(
      `collections of ${day}`,
      rows.find(({ date }) => date === day),
      {
        expectedPrincipal: sum(due.map(({ principalDue }) => principalDue)),
        expected: sum(due.map(({ totalDue }) => totalDue)),
        payments: payments.length,
        collectedPrincipal: sum(payments.map(({ principal }) => principal)),
        collected: sum(payments.map(({ amount }) => amount)),
      },
    );
  });
}

function byDay<T>(all: readonly T[], dayOf: (each: T) => string): Map<string, T[]> {
  const days = new Map<string, T[]>();
  for (const each of all) {
    const same = days.get(dayOf(each)) ?? [];
    same.push(each);
    days.set(dayOf(each), same);
  }
  return days;
}

function movements(outcome: Outcome): string[] {
  const total = (name: string, key: string): number =>
    sum(
      rowsOf(outcome, name)
        .filter(({ product }) => product === ALL)
        .map((row) => Number(row[key] ?? 0)),
    );
  const amountOf = (type: Movement['type']): number =>
    sum(moved(outcome, [type]).map(({ amount }) => amount));
  const reckoned = {
    disbursements: moved(outcome, ['disbursement']).length,
    amount: amountOf('disbursement'),
  };
  const lost = {
    writtenOff: amountOf('writeOff'),
    chargedOff: amountOf('chargeOff'),
  };
  return [
    ...Object.entries(reckoned).flatMap(([key, amount]) =>
      compare('disbursements', { [key]: total('disbursements', key) }, { [key]: amount }),
    ),
    ...Object.entries(lost).flatMap(([key, amount]) =>
      compare('losses', { [key]: total('losses', key) }, { [key]: amount }),
    ),
  ];
}

/** The ledger of the whole book is that of its loans: nothing was entered by hand. */
function ledger(outcome: Outcome): string[] {
  const { balances } = outcome;
  const net = (rows: readonly Row[]): Map<string, number> =>
    new Map(
      rows
        .filter(({ glCode }) => glCode !== undefined && glCode !== '')
        .map((row) => [String(row.glCode), cents(Number(row.debit ?? 0)) - cents(Number(row.credit ?? 0))]),
    );
  return ['trial-balance', 'trial balance'].flatMap((name) => {
    const shown = net(rowsOf(outcome, name));
    return [...new Set([...balances.keys(), ...shown.keys()])]
      .filter((code) => (balances.get(code) ?? 0) !== (shown.get(code) ?? 0))
      .map((code) => `${name}: ${code} holds ${shown.get(code)}, reckoned ${balances.get(code)} (cents)`);
  });
}
